"""A dossier is what is known of it: its state follows from the facts, whatever the order they came in.

Each kind of fact is kept once, the newest of its kind; reading the same events in any order, any number of
times, gives the same dossier. Opinions are all kept: the last one of a committee counts.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal
from uuid import UUID

from kernel.contracts.intake import (
    CandidacyNotRetained,
    CandidacyPreselected,
    CandidacySubmitted,
    CandidacyWithdrawn,
    Project,
)
from kernel.contracts.intake_life import CandidacyRevised
from kernel.contracts.scoring import Committee, OpinionValue, Outcome
from scoring.domain.committees import COMMITTEES
from scoring.domain.states import State

ActKind = Literal["preselection", "non_retenue", "retrait"]
Told = CandidacySubmitted | CandidacyRevised | CandidacyPreselected | CandidacyNotRetained | CandidacyWithdrawn

PORTEUR = "Porteur du projet"
"""Who withdraws: the event names nobody, since only the porteur may."""


@dataclass(frozen=True, slots=True, order=True)
class Act:
    """Something that people did: when, who, why. Ordered by time, then by its words."""

    at: datetime
    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class Submission:
    """What the porteur sent."""

    at: datetime
    number: str
    wave_id: UUID
    project: Project

    @property
    def rank(self) -> tuple[datetime, str, str]:
        """Tells the newest of two submissions apart, even of the same instant."""
        return self.at, self.number, self.project.model_dump_json()


@dataclass(frozen=True, slots=True)
class Revised:
    """What the porteur changed since; the highest revision counts. What was sent first is revision 1."""

    revision: int
    project: Project


@dataclass(frozen=True, slots=True)
class Opinion:
    """What a committee said."""

    committee: Committee
    value: OpinionValue
    reason: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Decision:
    """What people decided. `by` is a person's name as the session gives it, never a machine's."""

    outcome: Outcome
    reason: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Dossier:
    """Everything that scoring knows of a candidacy; `opinions` from the oldest to the newest.

    `submission` holds the project as it now stands, once a revision of it is known.
    """

    candidacy_id: UUID
    submission: Submission | None = None
    revised: Revised | None = None
    acts: Mapping[ActKind, Act] = field(default_factory=dict)
    opinions: tuple[Opinion, ...] = ()
    decision: Decision | None = None

    @property
    def state(self) -> State:
        """The porteur's will first, then the decision, then the last word of the selection."""
        if "retrait" in self.acts:
            return State.RETIRE
        if self.decision is not None:
            return State.DECIDE
        kept, left = self.acts.get("preselection"), self.acts.get("non_retenue")
        if kept and (left is None or kept.at >= left.at):
            return State.EN_INSTRUCTION
        if left:
            return State.HORS_INSTRUCTION
        return State.RECU if self.submission else State.INCONNU

    @property
    def name(self) -> str:
        """What to call the dossier on a page, before its content arrived too."""
        if self.submission is None:
            return f"Dossier en attente de son contenu ({str(self.candidacy_id)[:8]})"
        return self.submission.project.title

    def opinion_of(self, committee: Committee) -> Opinion | None:
        """The opinion of `committee` that counts."""
        return next((o for o in reversed(self.opinions) if o.committee == committee), None)

    def replaced_opinions(self, committee: Committee) -> tuple[Opinion, ...]:
        """What `committee` said before it corrected itself, the oldest first."""
        return tuple(o for o in self.opinions if o.committee == committee)[:-1]

    def missing_opinions(self) -> tuple[Committee, ...]:
        """The committees that have not spoken, in their order."""
        return tuple(c for c in COMMITTEES if self.opinion_of(c) is None)


def learn(dossier: Dossier, fact: Told) -> Dossier:
    """The dossier that knows `fact` too. Gives the same whatever the order and the repetitions."""
    match fact:
        case CandidacySubmitted():
            new = Submission(fact.submitted_at, fact.number, fact.wave_id, fact.project)
            old = dossier.submission
            return _up_to_date(replace(dossier, submission=new if old is None or new.rank > old.rank else old))
        case CandidacyRevised():
            known = dossier.revised
            if known is not None and known.revision >= fact.revision:
                return dossier
            return _up_to_date(replace(dossier, revised=Revised(fact.revision, fact.project)))
        case CandidacyPreselected():
            return _with_act(dossier, "preselection", Act(fact.at, fact.by, fact.reason))
        case CandidacyNotRetained():
            return _with_act(dossier, "non_retenue", Act(fact.at, fact.by, fact.reason))
        case CandidacyWithdrawn():
            return _with_act(dossier, "retrait", Act(fact.at, PORTEUR, fact.reason))


def _up_to_date(dossier: Dossier) -> Dossier:
    if dossier.submission is None or dossier.revised is None:
        return dossier
    return replace(dossier, submission=replace(dossier.submission, project=dossier.revised.project))


def _with_act(dossier: Dossier, kind: ActKind, act: Act) -> Dossier:
    known = dossier.acts.get(kind)
    return replace(dossier, acts={**dossier.acts, kind: act if known is None else max(known, act)})
