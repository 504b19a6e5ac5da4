"""A dossier is what a porteur wrote, a candidacy is its life in a wave: it moves by the table of states.

Every change says who made it and why, and comes back with the events and the journal lines that tell it.
The contact's address appears in `ContactDeclared` and nowhere else.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from intake.domain.journal import Act, Entry
from intake.domain.refusals import Refused
from intake.domain.states import State, after_decision, check_move
from kernel.contracts.envelope import Event
from kernel.contracts.intake import (
    CandidacyNotRetained,
    CandidacyPreselected,
    CandidacySubmitted,
    CandidacyWithdrawn,
    ContactDeclared,
    Project,
)
from kernel.contracts.intake_life import CandidacyReceivedLate, CandidacyRevised
from kernel.contracts.scoring import Committee, OpinionValue, Outcome

PORTEUR = "Porteur du projet"
CALENDAR = "Calendrier du label"
"""Who asks and reminds where nobody does: what it writes answers nobody."""
"""How records name the applicant: never by a person's name."""


@dataclass(frozen=True, slots=True)
class Contact:
    """Where to write about a dossier: a function, and an address that no log or list shows."""

    role: str
    email: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Dossier:
    """All that the form asks. `grid` pairs a sub-criterion with a level from 0 to 4."""

    project: Project
    contact: Contact
    identifier: str | None
    partners: tuple[str, ...]
    contractor: str
    perimeter: str
    key_figures: tuple[str, ...]
    calendar: tuple[str, ...]
    grid: tuple[tuple[str, int], ...]
    documents: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Decision:
    """What people decided in scoring. The latest one counts, whatever the order of arrival."""

    at: datetime
    outcome: Outcome
    reason: str
    by: str


@dataclass(frozen=True, slots=True)
class Opinion:
    """What a committee said. The latest one of a committee counts."""

    at: datetime
    opinion: OpinionValue
    reason: str
    by: str
    committee: Committee


@dataclass(frozen=True, slots=True)
class Candidacy:
    """A dossier in a wave. `decision` may be known before `state` lets it apply: it waits here."""

    id: UUID
    number: str
    wave_id: UUID
    submitted_at: datetime
    dossier: Dossier
    state: State = "depose"
    decision: Decision | None = None
    revision: int = 1
    taken_from: UUID | None = None
    """The dossier of an earlier wave that this one takes up again."""


@dataclass(frozen=True, slots=True)
class Change:
    """A candidacy after an act, with what is told of it and what the journal keeps."""

    candidacy: Candidacy
    events: tuple[Event, ...]
    entries: tuple[Entry, ...]


def number_of(prefix: str, year: int, rank: int) -> str:
    """`LE-2026-0001`: four digits at least, more when a year has more dossiers."""
    return f"{prefix}-{year}-{rank:04d}"


def submit(candidacy: Candidacy) -> Change:
    """What a dossier that has just been saved tells: itself, and (apart) where to write about it."""
    entry = _entry(candidacy, "depot", candidacy.submitted_at, PORTEUR, "Formulaire en ligne")
    return Change(candidacy, (_submitted(candidacy), _contact(candidacy)), (entry,))


def submit_late(candidacy: Candidacy) -> Change:
    """What a dossier that came after the closing tells: that it is here, and where to write about it; no more."""
    late = replace(candidacy, state="hors_delai")
    told = CandidacyReceivedLate(
        candidacy_id=candidacy.id,
        number=candidacy.number,
        title=candidacy.dossier.project.title,
        wave_id=candidacy.wave_id,
        submitted_at=candidacy.submitted_at,
    )
    entry = _entry(candidacy, "depot_tardif", candidacy.submitted_at, PORTEUR, "Formulaire en ligne")
    return Change(late, (told, _contact(candidacy)), (entry,))


def accept_late(candidacy: Candidacy, by: str, reason: str, at: datetime) -> Change:
    """The team takes a late dossier: for everybody else it is submitted, at the moment when it came."""
    entry = _entry(candidacy, "retard_accepte", at, by, reason)
    return _moved(candidacy, "depose", _submitted(candidacy), entry)


def refuse_late(candidacy: Candidacy, by: str, reason: str, at: datetime) -> Change:
    """The team does not take a late dossier; its porteur reads why."""
    told = CandidacyNotRetained(candidacy_id=candidacy.id, at=at, by=by, reason=reason)
    return _moved(candidacy, "non_retenu", told, _entry(candidacy, "retard_refuse", at, by, reason))


def _submitted(candidacy: Candidacy) -> CandidacySubmitted:
    return CandidacySubmitted(
        candidacy_id=candidacy.id,
        number=candidacy.number,
        wave_id=candidacy.wave_id,
        submitted_at=candidacy.submitted_at,
        project=candidacy.dossier.project,
    )


def _contact(candidacy: Candidacy) -> ContactDeclared:
    contact = candidacy.dossier.contact
    return ContactDeclared(candidacy_id=candidacy.id, role=contact.role, email=contact.email)


def revise(candidacy: Candidacy, dossier: Dossier, by: str, what: str, at: datetime) -> Change:
    """The porteur sent the dossier again; `what` names the parts that changed. Their rules are `revision`'s."""
    revised = replace(candidacy, dossier=dossier, revision=candidacy.revision + 1)
    told: list[Event] = [
        CandidacyRevised(candidacy_id=candidacy.id, revision=revised.revision, at=at, by=by, project=dossier.project)
    ]
    if dossier.contact != candidacy.dossier.contact:
        told.append(ContactDeclared(candidacy_id=candidacy.id, role=dossier.contact.role, email=dossier.contact.email))
    key = f"modification:{revised.revision}"
    entry = Entry(candidacy.id, at, by, "modification", f"Version {revised.revision} : {what}", key)
    return Change(revised, tuple(told), (entry,))


def preselect(candidacy: Candidacy, by: str, reason: str, at: datetime) -> Change:
    """Staff and partners keep the candidacy."""
    told = CandidacyPreselected(candidacy_id=candidacy.id, at=at, by=by, reason=reason)
    return _moved(candidacy, "preselectionne", told, _entry(candidacy, "preselection", at, by, reason))


def decline(candidacy: Candidacy, by: str, reason: str, at: datetime) -> Change:
    """Staff and partners do not keep the candidacy in this wave."""
    told = CandidacyNotRetained(candidacy_id=candidacy.id, at=at, by=by, reason=reason)
    return _moved(candidacy, "non_retenu", told, _entry(candidacy, "non_retenu", at, by, reason))


def withdraw(candidacy: Candidacy, reason: str, at: datetime) -> Change:
    """The porteur takes the dossier back."""
    told = CandidacyWithdrawn(candidacy_id=candidacy.id, at=at, reason=reason)
    return _moved(candidacy, "retire", told, _entry(candidacy, "retrait", at, PORTEUR, reason))


def latest(known: Decision | None, heard: Decision) -> Decision:
    """The decision that counts; ties are settled by the words, so that any order of arrival agrees."""
    if known is None:
        return heard
    return max(known, heard, key=lambda d: (d.at, d.outcome, d.reason, d.by))


def latest_opinion(known: Opinion | None, heard: Opinion) -> Opinion:
    """The opinion of a committee that counts, by the same rule as `latest`."""
    if known is None:
        return heard
    return max(known, heard, key=lambda o: (o.at, o.opinion, o.reason, o.by))


def hear_decision(candidacy: Candidacy, decision: Decision) -> Candidacy:
    """Take note of a decision: it applies at once where the state allows it, else when it will."""
    counted = latest(candidacy.decision, decision)
    return replace(candidacy, decision=counted, state=after_decision(candidacy.state, counted.outcome))


def check_reason(reason: str) -> None:
    """An act without its reason is refused: the porteur reads it, and so will those who come later."""
    if not reason.strip():
        raise Refused("Écrivez le motif : le porteur du projet le lira.")


def _moved(candidacy: Candidacy, to: State, told: Event, entry: Entry) -> Change:
    check_reason(entry.reason)
    check_move(candidacy.state, to)
    outcome = candidacy.decision.outcome if candidacy.decision else None
    return Change(replace(candidacy, state=after_decision(to, outcome)), (told,), (entry,))


def _entry(candidacy: Candidacy, act: Act, at: datetime, by: str, reason: str) -> Entry:
    return Entry(candidacy.id, at, by, act, reason, key=act)
