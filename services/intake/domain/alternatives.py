"""Those who are not kept get somewhere to go: calls that fit their needs, and people who help. Staff edit the draft.

The calls come from the watch with the reason it gave; a call that closes before today is not proposed.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from kernel.contracts.funding_watch import Verdict
from kernel.contracts.intake import Project
from kernel.contracts.label import Adviser

MOST = 4
"""Calls in an answer: more would not be read."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """A call that the watch proposed for a need of a dossier; project facts only."""

    candidacy_id: UUID
    call_key: str
    title: str
    funders: tuple[str, ...]
    url: str
    closes_on: date | None
    need: str
    verdict: Verdict
    score: float
    reason: str
    at: datetime


def best(proposals: Iterable[Proposal], today: date) -> list[Proposal]:
    """The ones worth a letter, the surest first."""
    useful = [p for p in proposals if p.verdict != "non" and (p.closes_on is None or p.closes_on >= today)]
    return sorted(useful, key=lambda p: (p.verdict != "eligible", -p.score, p.call_key))[:MOST]


def helpers_of(project: Project, advisers: Sequence[Adviser]) -> list[Adviser]:
    """Who may help: those for everybody, and those for a kind of need or an agglomeration of this project."""
    kinds = {need.kind for need in project.needs}
    return [
        one
        for one in advisers
        if (not one.needs or kinds & set(one.needs)) and (not one.epcis or project.epci_code in one.epcis)
    ]


def draft(project: Project, proposals: Sequence[Proposal], advisers: Sequence[Adviser]) -> str:
    """What the answer could propose, as plain text; empty where nothing is known."""
    parts = []
    if proposals:
        calls = "\n".join(map(_call, proposals))
        parts.append(f"Ces appels pourraient répondre à vos besoins, à vérifier avant de candidater :\n{calls}")
    helping = helpers_of(project, advisers)
    if helping:
        people = "\n".join(f"- {one.name} : {one.about}{f' ({one.reach})' if one.reach else ''}" for one in helping)
        parts.append(f"Vous pouvez aussi en parler avec :\n{people}")
    return "\n\n".join(parts)


def _call(one: Proposal) -> str:
    until = f", jusqu’au {one.closes_on:%d/%m/%Y}" if one.closes_on else ", sans date limite"
    by = f" ({', '.join(one.funders)})" if one.funders else ""
    return f"- {one.title}{by}{until}. {one.reason} {one.url}"
