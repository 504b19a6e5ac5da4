"""A plan that adds up: the set of calls that pays for most of what is missing, under the rules of the money.

The rule kept here: no figure without what it rests on. An amount is bounded by the need, the rate, the floor and
the ceiling that the call states; what a call does not state is never invented, the call is then listed apart.
The solver proposes, people file: nothing here is a promise of a funder.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Literal

import highspy

from funding_watch.domain.exclusions import Exclusion
from funding_watch.domain.money import Funding, Offer, Post

Aim = Literal["largest", "surest", "fewest"]
AIMS: tuple[Aim, ...] = ("largest", "surest", "fewest")

SECONDS = 2.0
"""What the solver may take; a plan of ten needs and forty calls takes milliseconds."""
ENOUGH = 0.9
"""Share of the largest sum that the plan with the fewest files must reach."""
DOUBTFUL = 0.5
"""What a euro of a call whose eligibility is still to check counts for, where the surest plan is looked for."""
EFFORT = 1e-4
"""Share of the sum looked for that one more file must bring, so that no file is opened for a few euros."""
CENT = 1e-6
GAP = 1e-6
"""Share of the best sum within which a plan is taken for the best: less than a euro of a million."""


@dataclass(frozen=True, slots=True)
class Grant:
    """Money of a call for a need; `rests_on` says what bounds it, in French."""

    key: str
    need: int
    amount: int
    rests_on: str


@dataclass(frozen=True, slots=True)
class Montage:
    """A plan. `proved` is False where the solver stopped before it was sure that no plan is better."""

    aim: Aim
    grants: tuple[Grant, ...]
    missing: int
    proved: bool

    @property
    def total(self) -> int:
        return sum(grant.amount for grant in self.grants)

    @property
    def files(self) -> tuple[str, ...]:
        """The calls to apply to."""
        return tuple(dict.fromkeys(grant.key for grant in self.grants))

    @property
    def to_find(self) -> int:
        """What the porteur still has to find, its own share included."""
        return self.missing - self.total


def plans(
    funding: Funding, offers: Sequence[Offer], exclusive: Collection[Exclusion] = (), seconds: float = SECONDS
) -> list[Montage]:
    """One plan an aim, without repeating a plan that two aims share; empty where nothing can be paid for.

    `exclusive`: calls of which only some may be taken together. Every plan respects every ceiling.
    """
    quantified = (offer for offer in offers if offer.is_quantified and _posts(funding, offer))
    usable = sorted(quantified, key=lambda offer: offer.key)  # of equal plans, the same one whatever order they come in
    if not usable or not funding.missing:
        return []
    found: list[Montage] = []
    best = 0
    for aim in AIMS:
        made = _Model(funding, usable, exclusive, seconds).solve(aim, best)
        best = best or (made.total if made else 0)
        if made and made.grants and _adds(made, found):
            found.append(made)
    return found


def _adds(made: Montage, found: Sequence[Montage]) -> bool:
    """Whether a plan is worth showing beside those that are; the fewest files must be fewer."""
    if made.aim == "fewest" and any(len(other.files) <= len(made.files) for other in found):
        return False
    return all(made.grants != other.grants for other in found)


def unquantified(funding: Funding, offers: Sequence[Offer]) -> list[Offer]:
    """Calls that fit and do not say how much they pay: to be asked, never counted."""
    return [offer for offer in offers if not offer.is_quantified and offer.needs & {p.number for p in funding.posts}]


def breaks(
    funding: Funding, offers: Sequence[Offer], grants: Sequence[Grant], exclusive: Collection[Exclusion] = ()
) -> list[str]:
    """What a plan written by hand breaks, in French sentences; empty where it holds."""
    said = []
    for offer in offers:
        mine = [grant for grant in grants if grant.key == offer.key and grant.amount]
        said += _breaks_of(funding, offer, mine)
    for post in funding.posts:
        paid = sum(grant.amount for grant in grants if grant.need == post.number)
        if paid > post.cost:
            said.append(f"« {post.purpose} » coûte {_euros(post.cost)} et recevrait {_euros(paid)}.")
    total = sum(grant.amount for grant in grants)
    if total > funding.missing:
        said.append(f"Il manque {_euros(funding.missing)} : {_euros(total)} est plus que nécessaire.")
    public = {offer.key for offer in offers if offer.public}
    room, asked = funding.public_room, sum(grant.amount for grant in grants if grant.key in public)
    if room is not None and asked > room:
        said.append(f"L’argent public dépasserait 80 % : {_euros(asked)} demandés, {_euros(room)} possibles.")
    return said + _together(offers, {grant.key for grant in grants if grant.amount}, exclusive)


def _together(offers: Sequence[Offer], taken: Collection[str], exclusive: Collection[Exclusion]) -> list[str]:
    said, titles = [], {offer.key: offer.title for offer in offers}
    for one in exclusive:
        joined = sorted(one.keys & set(taken))
        if len(joined) > one.most:
            named, whose = (
                ", ".join(f"« {titles.get(key, key)} »" for key in joined),
                f" ({one.why})" if one.why else "",
            )
            said.append(f"{'Ne se cumulent pas' if one.most else 'Ne peut plus être demandé'} : {named}{whose}.")
    return said


def _breaks_of(funding: Funding, offer: Offer, grants: Sequence[Grant]) -> list[str]:
    said, total = [], sum(grant.amount for grant in grants)
    costs = {post.number: post.cost for post in funding.posts}
    for grant in grants:
        if grant.need not in offer.needs or grant.need not in costs:
            said.append(f"« {offer.title} » n’a pas été retenu pour le besoin {grant.need}.")
        elif offer.rate is not None and grant.amount * 100 > offer.rate * costs[grant.need]:
            said.append(f"« {offer.title} » paie {offer.rate} % au plus de {_euros(costs[grant.need])}.")
    if offer.most is not None and total > offer.most:
        said.append(f"« {offer.title} » donne {_euros(offer.most)} au plus.")
    if offer.least is not None and grants and total < offer.least:
        said.append(f"« {offer.title} » ne donne pas moins de {_euros(offer.least)}.")
    return said


def _posts(funding: Funding, offer: Offer) -> list[Post]:
    return [post for post in funding.posts if post.number in offer.needs]


def _bound(offer: Offer, post: Post) -> int:
    """The most that the call may bring to the need, in whole euros."""
    by_rate = post.cost if offer.rate is None else offer.rate * post.cost // 100
    return min(by_rate, post.cost if offer.most is None else offer.most)


class _Model:
    """The plan as a mixed integer programme: an amount a call and need, and whether a file is opened a call."""

    def __init__(
        self, funding: Funding, offers: Sequence[Offer], exclusive: Collection[Exclusion], seconds: float
    ) -> None:
        self.funding, self.offers = funding, offers
        self.solver = highspy.Highs()  # type: ignore[no-untyped-call]  # it has no annotations
        self.solver.silent()
        self.solver.setOptionValue("time_limit", seconds)
        self.solver.setOptionValue("threads", 1)
        self.solver.setOptionValue("mip_rel_gap", GAP)
        self.opened = {offer.key: self.solver.addBinary() for offer in offers}
        self.paid = {
            (offer.key, post.number): self.solver.addVariable(0, _bound(offer, post))
            for offer in offers
            for post in _posts(funding, offer)
        }
        self._limit_calls()
        self._limit_sums()
        for one in exclusive:
            rivals = [self.opened[key] for key in sorted(one.keys) if key in self.opened]
            if len(rivals) > one.most:
                self.solver.addConstr(self._sum(rivals) <= one.most)

    def solve(self, aim: Aim, best: int) -> Montage | None:
        """The plan for the aim, None where no plan exists; `best` is the largest sum known."""
        files = self._sum(list(self.opened.values()))
        effort = EFFORT * max(1, self.funding.missing)
        if aim == "fewest":
            self.solver.addConstr(self._sum(list(self.paid.values())) >= ENOUGH * best)
            self.solver.minimize(files - self._sum(list(self.paid.values())) * (0.5 / max(1, self.funding.missing)))
        else:
            worth = {offer.key: 1.0 if aim == "largest" or offer.sure else DOUBTFUL for offer in self.offers}
            gained = self._sum([worth[key] * amount for (key, _), amount in self.paid.items()])
            self.solver.maximize(gained - effort * files)
        return self._read(aim)

    def _limit_calls(self) -> None:
        for offer in self.offers:
            amounts = [self.paid[offer.key, post.number] for post in _posts(self.funding, offer)]
            most = sum(_bound(offer, post) for post in _posts(self.funding, offer))
            ceiling = most if offer.most is None else min(most, offer.most)
            self.solver.addConstr(self._sum(amounts) <= ceiling * self.opened[offer.key])
            self.solver.addConstr(self._sum(amounts) >= (offer.least or 1) * self.opened[offer.key])

    def _limit_sums(self) -> None:
        for post in self.funding.posts:
            mine = [amount for (_, number), amount in self.paid.items() if number == post.number]
            if mine:
                self.solver.addConstr(self._sum(mine) <= post.cost)
        self.solver.addConstr(self._sum(list(self.paid.values())) <= self.funding.missing)
        if self.funding.public_room is not None:
            public = {offer.key for offer in self.offers if offer.public}
            amounts = [amount for (key, _), amount in self.paid.items() if key in public]
            if amounts:
                self.solver.addConstr(self._sum(amounts) <= self.funding.public_room)

    def _sum(self, terms: Sequence[highspy.highs.highs_linear_expression]) -> highspy.highs.highs_linear_expression:
        return self.solver.qsum(terms)

    def _read(self, aim: Aim) -> Montage | None:
        status = self.solver.getModelStatus()
        if self.solver.getInfo().primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
            return None
        grants = []
        for (key, number), variable in self.paid.items():
            amount = int(self.solver.val(variable) + CENT)
            if amount:
                grants.append(Grant(key, number, amount, self._rests_on(key, number, amount)))
        return Montage(aim, tuple(grants), self.funding.missing, status == highspy.HighsModelStatus.kOptimal)

    def _rests_on(self, key: str, number: int, amount: int) -> str:
        offer = next(offer for offer in self.offers if offer.key == key)
        cost = next(post.cost for post in self.funding.posts if post.number == number)
        if offer.rate is not None and amount == offer.rate * cost // 100:
            return f"{offer.rate} % de {_euros(cost)}"
        if offer.most is not None and amount == offer.most:
            return f"le plafond de l’appel, {_euros(offer.most)}"
        if amount == cost:
            return f"le coût du besoin, {_euros(cost)}"
        return f"ce qui reste à financer, dans la limite de {_euros(_bound(offer, Post(number, '', cost)))}"


def _euros(amount: int) -> str:
    return f"{amount:,}".replace(",", "\u202f") + "\u202f€"
