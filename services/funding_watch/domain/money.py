"""What a project costs, what it has, and how much a call may bring: the terms of a plan, before any is made.

The rule kept here: what was refused or only thought of pays for nothing, and no amount is guessed.
"""

from dataclasses import dataclass
from typing import Literal

from kernel.contracts.intake import Project

PUBLIC_SHARE = 0.8
"""Most public money in an investment led by a local authority: it brings 20 % of the public funding itself.

Code général des collectivités territoriales, article L. 1111-10, III.
"""
LOCAL_AUTHORITIES = frozenset({"commune", "epci", "syndicat_mixte", "departement", "region"})
ABSURD = 1_000_000_000
"""Euros from which a need is taken for a mistake of typing, and not counted."""
OWN_WORDS = ("autofinancement", "fonds propres", "ressources propres", "apport")
PRIVATE_WORDS = ("fondation", "mécén", "banque", "prêt", "emprunt", "crowdfunding", "financement participatif", "privé")


@dataclass(frozen=True, slots=True)
class Post:
    """A need with its cost in euros."""

    number: int
    purpose: str
    cost: int
    investment: bool = True


@dataclass(frozen=True, slots=True)
class Offer:
    """A call that fits some needs. Rates in percent, amounts in euros for the whole project; None: not stated."""

    key: str
    title: str
    needs: frozenset[int]
    sure: bool
    rate: int | None = None
    least: int | None = None
    most: int | None = None
    public: bool = True

    @property
    def is_quantified(self) -> bool:
        """Whether the call says how much it may pay; what it does not say is never guessed."""
        return self.rate is not None or self.most is not None


@dataclass(frozen=True, slots=True)
class Funding:
    """What the project costs and what it has already, in euros. `public` and `private` are granted or asked for."""

    cost: int
    own: int
    public: int
    private: int
    form: str
    posts: tuple[Post, ...]

    @property
    def missing(self) -> int:
        """What nobody pays for yet."""
        return max(0, self.cost - self.own - self.public - self.private)

    @property
    def public_room(self) -> int | None:
        """Public money that may still be added; None where the law sets no ceiling for this porteur."""
        if self.form not in LOCAL_AUTHORITIES or not any(post.investment for post in self.posts):
            return None
        return max(0, int(PUBLIC_SHARE * (self.cost - self.private)) - self.public)


def funding_of(project: Project) -> Funding:
    """The plan de financement as sums: what was refused or only thought of pays for nothing.

    Without a budget the project costs what its needs cost.
    """
    posts = tuple(
        Post(need.number, need.purpose, need.amount, need.kind == "investissement")
        for need in project.needs
        if need.amount and 0 < need.amount < ABSURD
    )
    sums = {"own": 0, "private": 0, "public": 0}
    for line in project.plan:
        if line.state in {"acquis", "demande"}:
            sums[_whose(line.funder, project.porteur)] += max(0, line.amount or 0)
    cost = project.budget or sum(post.cost for post in posts)
    return Funding(cost, form=project.porteur_form, posts=posts, **sums)


def _whose(funder: str, porteur: str) -> Literal["own", "private", "public"]:
    name = funder.casefold()
    if name == porteur.casefold() or any(word in name for word in OWN_WORDS):
        return "own"
    return "private" if any(word in name for word in PRIVATE_WORDS) else "public"
