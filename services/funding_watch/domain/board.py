"""The board of matches: a row a project and call, filtered by what stands in the address, the pressing first.

The rule kept here: an address is a view. Whoever mails one mails the same rows.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal
from uuid import UUID

from funding_watch.domain.call import FundingCall
from funding_watch.domain.matching import Proposal
from funding_watch.domain.projects import Candidacy
from funding_watch.domain.triage import OPEN, STATE_WORDS, Reason, State, Triage
from funding_watch.domain.words import folded

Which = Literal["a_trier", "tout"] | State
WHICH_WORDS: Mapping[str, str] = dict([("a_trier", "À trier"), ("tout", "Tout"), *STATE_WORDS.items()])
TO_SORT: frozenset[State] = frozenset({"nouveau", "a_etudier"})
VIEWS: Mapping[str, tuple[str, str]] = {
    "a_trier": ("À trier", ""),
    "a_moi": ("Pour moi", "etat=tout&pour=moi"),
    "en_retard": ("En retard", "etat=tout&retard=oui"),
    "porteurs": ("Chez les porteurs", "etat=transmis"),
    "deposes": ("Candidatures déposées", "etat=depose"),
    "obtenus": ("Obtenus", "etat=obtenu"),
    "ecartes": ("Écartés", "etat=ecarte"),
}
"""Name → words, and the address that is the view."""


@dataclass(frozen=True, slots=True)
class Row:
    """A match with what a reader needs to decide; `proposal` is None where people chose the call by hand."""

    triage: Triage
    candidacy: Candidacy
    call: FundingCall
    proposal: Proposal | None
    rank: int | None

    @property
    def title(self) -> str:
        return self.candidacy.facts.title if self.candidacy.facts else ""

    def is_late(self, today: date) -> bool:
        """Whether somebody wanted it looked at before today."""
        due_on = self.triage.due_on
        return due_on is not None and due_on < today and self.triage.state in OPEN


@dataclass(frozen=True, slots=True)
class Filters:
    """What a view lets through; an empty field lets everything through."""

    which: Which = "a_trier"
    project: UUID | None = None
    call: str = ""
    person: str = ""
    late: bool = False
    reason: Reason | None = None
    text: str = ""


def select(rows: Iterable[Row], filters: Filters, today: date) -> list[Row]:
    """The rows of a view: late ones first, then the nearest deadline, then the best score."""
    words = folded(filters.text).split()
    chosen = [row for row in rows if _passes(row, filters, today) and _says(row, words)]
    return sorted(chosen, key=lambda row: _pressing(row, today))


def _passes(row: Row, filters: Filters, today: date) -> bool:
    triage = row.triage
    return (
        _is_in(triage.state, filters.which)
        and filters.project in {None, triage.candidacy_id}
        and filters.call in {"", triage.call_key}
        and filters.person in {"", triage.assigned_to}
        and filters.reason in {None, triage.reason}
        and (not filters.late or row.is_late(today))
    )


def _is_in(state: State, which: Which) -> bool:
    return which == "tout" or (state in TO_SORT if which == "a_trier" else state == which)


def _says(row: Row, words: list[str]) -> bool:
    if not words:
        return True
    told = folded(" ".join((row.title, row.call.title, *row.call.funders)))
    return all(word in told for word in words)


def _pressing(row: Row, today: date) -> tuple[bool, bool, date, float, str]:
    closes_on = row.call.closes_on
    gone = closes_on is None or closes_on < today
    score = row.proposal.score if row.proposal else 1.0
    return not row.is_late(today), gone, closes_on or date.max, -score, str(row.triage.match_id)
