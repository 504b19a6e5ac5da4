"""What the calls may bring to a project's needs: the terms on which a montage is made, each with what it rests on.

The rule kept here: only money is counted that a call says it gives, for a need that it answers and does not refuse;
loans, advice and calls without a figure are shown apart, and so is every need that cannot be counted.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from funding_watch.domain.call import FundingCall
from funding_watch.domain.eligibility import Check, Place, check_project, is_made_for, verdict_of
from funding_watch.domain.exclusions import Exclusion, exclusions
from funding_watch.domain.lessons import Lessons
from funding_watch.domain.matching import THRESHOLD, Fit, fit_of
from funding_watch.domain.money import ABSURD, PRIVATE_WORDS, Offer
from funding_watch.domain.relevance import MADE_FOR, queries_of, relevant_calls
from funding_watch.domain.stock import Index
from kernel.contracts.funding_watch import Verdict
from kernel.contracts.intake import Need, Project

PARIS = ZoneInfo("Europe/Paris")
MOST_CALLS = 40
"""Calls that a plan is sought among, the closest to the needs: more would not be filed, and the solver stays quick."""
MONEY = frozenset({"subvention", "prix", "autre"})
"""Kinds of aid that are money given; an advance or a loan is paid back, advice is not money."""
INSTRUCTION = timedelta(days=120)
"""From a deadline to an answer: what French funders usually take; shown as an estimate."""


@dataclass(frozen=True, slots=True)
class Track:
    """A call that answers some needs. `fits`: number of the need → how."""

    call: FundingCall
    offer: Offer
    fits: Mapping[int, Fit]
    answer_by: date | None
    """When an answer may be expected, by an estimate; None where the call has no deadline."""

    @property
    def verdict(self) -> Verdict:
        return verdict_of(self.checks)

    @property
    def checks(self) -> tuple[Check, ...]:
        """Of the need that the call answers best."""
        return max(self.fits.values(), key=lambda fit: fit.score).checks

    @property
    def is_money(self) -> bool:
        """Whether it gives money that is not paid back."""
        return not self.call.kinds or bool(MONEY & set(self.call.kinds))


@dataclass(frozen=True, slots=True)
class Table:
    """All that a montage of a project is made from."""

    tracks: tuple[Track, ...]
    exclusive: tuple[Exclusion, ...]
    uncounted: tuple[tuple[Need, str], ...]
    """Needs that no plan can count, and why."""

    @property
    def offers(self) -> list[Offer]:
        """Those that may be counted."""
        return [track.offer for track in self.tracks if track.is_money]

    def of(self, key: str) -> Track | None:
        """The track of a call."""
        return next((track for track in self.tracks if track.call.key == key), None)


def table(
    project: Project,
    index: Index,
    place: Place,
    now: datetime,
    *,
    lessons: Lessons,
    settled: Collection[str] = (),
    obtained: Collection[FundingCall] = (),
) -> Table:
    """The calls that answer the project's needs at `now`, the closest first, and what cannot be counted.

    `settled`: calls that already gave their answer to this project; `obtained`: those that gave money.
    """
    found = _answering(project, index, place, now, lessons)
    left = [fits for fits in found if next(iter(fits.values())).entry.call.key not in settled]
    tracks = tuple(_track(fits, project) for fits in left[:MOST_CALLS])
    alone = exclusions([track.call for track in tracks], place.cumulations, obtained, now.astimezone(PARIS).date())
    return Table(tracks, tuple(alone), tuple(_uncounted(project)))


def _answering(project: Project, index: Index, place: Place, now: datetime, lessons: Lessons) -> list[dict[int, Fit]]:
    """For each call that nobody refuses, the needs that it is close enough to, by number; the closest call first."""
    found: list[tuple[float, str, dict[int, Fit]]] = []
    queries = queries_of(project, index.statistics)
    least = THRESHOLD * min((query.weight for query in queries), default=1.0)
    for key, relevant in relevant_calls(queries, index, place, least):
        entry = index.entries[key]
        common = check_project(entry.call, project, place, now)
        if key in lessons.aside or verdict_of(common) == "non":
            continue
        more = MADE_FOR if is_made_for(entry.call, place) else 0.0
        share = lessons.share(entry.call, index.statistics)
        fits = {}
        for query, score in relevant:
            fit = fit_of(entry, query, common, score)
            if fit and (fit.score / query.weight + more) * share >= THRESHOLD:
                fits[query.need.number] = fit
        if fits:
            found.append((-max(fit.score for fit in fits.values()) * share, key, fits))
    return [fits for _, _, fits in sorted(found, key=lambda one: one[:2])]


def _track(fits: Mapping[int, Fit], project: Project) -> Track:
    call = next(iter(fits.values())).entry.call
    answer_by = call.closes_on + INSTRUCTION if call.closes_on else None
    verdict = verdict_of(max(fits.values(), key=lambda fit: fit.score).checks)
    early = any(_begins_before(need, answer_by) for need in project.needs if need.number in fits)
    offer = Offer(
        key=call.key,
        title=call.title,
        needs=frozenset(fits),
        sure=verdict == "eligible" and not early,
        rate=call.rate_max or None,
        least=call.amount_min or None,
        most=call.amount_max or None,
        public=not is_private(call.funders),
    )
    return Track(call, offer, dict(fits), answer_by)


def is_private(funders: Collection[str]) -> bool:
    """Whether all of the funders are foundations, banks or patrons: their money is outside the public ceiling."""
    return bool(funders) and all(any(word in name.casefold() for word in PRIVATE_WORDS) for name in funders)


def _begins_before(need: Need, answer_by: date | None) -> bool:
    """Whether the need is to begin before an answer may be expected: the money may then come too late."""
    if not need.begins or answer_by is None:
        return False
    return need.begins < f"{answer_by:%Y-%m}"


def _uncounted(project: Project) -> Iterable[tuple[Need, str]]:
    for need in project.needs:
        if need.amount is None or need.amount == 0:
            yield need, "sans montant : à demander au porteur"
        elif need.amount < 0:
            yield need, f"montant négatif ({need.amount} €) : à corriger par le porteur"
        elif need.amount >= ABSURD:
            yield need, f"montant démesuré ({need.amount} €) : à vérifier avec le porteur"
