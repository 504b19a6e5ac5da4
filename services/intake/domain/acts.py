"""An act on several dossiers waits a little before it is done, so that it can be called back; then it is done once.

It is kept with everything it needs: whoever restarts the machine in between finds it where it was. A dossier that
the act no longer applies to (taken back meanwhile) is told apart; the others are done.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Literal, get_args
from uuid import UUID

from intake.domain.refusals import Refused

Kind = Literal["confier", "etiqueter", "lu", "message", "preselection"]
KINDS: tuple[Kind, ...] = get_args(Kind)
State = Literal["prevu", "fait", "annule"]
STATES: tuple[State, ...] = get_args(State)

WINDOW = timedelta(minutes=5)
"""Long enough to see a slip, short enough that nobody waits for it."""
MOST = 200
"""Dossiers in one act; a year of the label has far fewer."""

WORDS: Mapping[Kind, str] = MappingProxyType(
    {
        "confier": "Confier les dossiers",
        "etiqueter": "Ajouter une étiquette",
        "lu": "Marquer comme lus",
        "message": "Écrire aux porteurs",
        "preselection": "Décider la présélection",
    }
)
BATCH: tuple[Kind, ...] = ("confier", "etiqueter", "lu", "message")
"""What the list offers; a preselection is decided on its board."""


@dataclass(frozen=True, slots=True)
class Step:
    """What is done to one dossier, in the words of the form."""

    candidacy_id: UUID
    words: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Result:
    """What became of a step; `said` is why it was not done."""

    candidacy_id: UUID
    said: str = ""

    @property
    def is_done(self) -> bool:
        return not self.said


@dataclass(frozen=True, slots=True)
class Act:
    """An act, done at `due_at` unless it is called back before."""

    id: UUID
    kind: Kind
    by: str
    planned_at: datetime
    due_at: datetime
    steps: tuple[Step, ...]
    state: State = "prevu"
    ended_at: datetime | None = None
    results: tuple[Result, ...] = ()

    @property
    def left(self) -> list[Result]:
        """What could not be done."""
        return [one for one in self.results if not one.is_done]


def plan(act_id: UUID, kind: Kind, steps: Sequence[Step], by: str, at: datetime) -> Act:
    """The act to come; its dossiers in one order, so that two acts never wait for each other."""
    if not steps:
        raise Refused("Choisissez au moins un dossier.")
    if len(steps) > MOST:
        raise Refused(f"{MOST} dossiers au plus à la fois : vous en avez choisi {len(steps)}.")
    by_dossier = {step.candidacy_id: step for step in steps}
    ordered = tuple(by_dossier[key] for key in sorted(by_dossier))
    return Act(act_id, kind, by, at, at + WINDOW, ordered)


def cancel(act: Act, at: datetime) -> Act:
    """The act called back. Refuses one that has been done."""
    if act.state == "fait":
        raise Refused("Trop tard : cet acte a été exécuté. Son résultat est ci-dessous.")
    return replace(act, state="annule", ended_at=act.ended_at or at)


def is_due(act: Act, at: datetime) -> bool:
    """Whether the act is to be done now."""
    return act.state == "prevu" and at >= act.due_at


def done(act: Act, results: Sequence[Result], at: datetime) -> Act:
    """The act after it was done."""
    return replace(act, state="fait", ended_at=at, results=tuple(results))
