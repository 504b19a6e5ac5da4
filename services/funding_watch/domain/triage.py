"""What people make of a match: a table of states, who may go where, and how a step is taken back.

The rule kept here: a machine never moves a match. Every step bears a name, a moment and, where a call is set
aside, a reason; taking a step back is a step too, so the history never loses anything.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Literal, get_args
from uuid import UUID

from funding_watch.domain.wording import NARROW
from kernel.contracts.triage import FundingAnswer, TriageState

State = TriageState
STATES: tuple[State, ...] = get_args(State)
Reason = Literal[
    "clos",
    "mauvais_territoire",
    "mauvais_beneficiaire",
    "mauvais_theme",
    "trop_petit",
    "deja_demande",
    "pas_interesse",
    "autre",
]
REASONS: tuple[Reason, ...] = get_args(Reason)
Actor = Literal["staff", "partner", "applicant"]
ACTORS: tuple[Actor, ...] = get_args(Actor)
Act = Literal["etat", "annulation", "note", "affectation", "echeance", "rappel"]
ACTS: tuple[Act, ...] = get_args(Act)

STATE_WORDS: Mapping[State, str] = {
    "nouveau": "Nouveau",
    "a_etudier": "À étudier",
    "transmis": "Transmis au porteur",
    "depose": "Candidature déposée",
    "obtenu": "Obtenu",
    "refuse": "Refusé",
    "ecarte": "Écarté",
}
REASON_WORDS: Mapping[Reason, str] = {
    "clos": "L’appel est clos",
    "mauvais_territoire": "Pas pour ce territoire",
    "mauvais_beneficiaire": "Pas pour ce porteur",
    "mauvais_theme": "Hors sujet",
    "trop_petit": "Montant trop petit",
    "deja_demande": "Déjà demandé",
    "pas_interesse": "Le porteur n’en veut pas",
    "autre": "Autre raison",
}

MOVES: Mapping[State, Mapping[State, frozenset[Actor]]] = {
    "nouveau": {
        "a_etudier": frozenset({"staff", "partner"}),
        "transmis": frozenset({"staff"}),
        "depose": frozenset({"staff", "partner"}),
        "ecarte": frozenset({"staff", "partner"}),
    },
    "a_etudier": {
        "nouveau": frozenset({"staff", "partner"}),
        "transmis": frozenset({"staff"}),
        "depose": frozenset({"staff", "partner"}),
        "ecarte": frozenset({"staff", "partner"}),
    },
    "transmis": {
        "a_etudier": frozenset({"staff"}),
        "depose": frozenset({"staff", "partner", "applicant"}),
        "obtenu": frozenset({"staff", "applicant"}),
        "refuse": frozenset({"staff", "applicant"}),
        "ecarte": frozenset({"staff", "applicant"}),
    },
    "depose": {
        "transmis": frozenset({"staff"}),
        "obtenu": frozenset({"staff", "partner", "applicant"}),
        "refuse": frozenset({"staff", "partner", "applicant"}),
        "ecarte": frozenset({"staff", "applicant"}),
    },
    "obtenu": {"depose": frozenset({"staff"}), "refuse": frozenset({"staff"})},
    "refuse": {"depose": frozenset({"staff"}), "obtenu": frozenset({"staff"})},
    "ecarte": {"nouveau": frozenset({"staff", "partner"}), "a_etudier": frozenset({"staff", "partner"})},
}
"""From → to → whose step it is. What is not here does not happen; taking back is `undone`."""


def mermaid() -> str:
    """The table as a Mermaid state diagram, ending with a line break; who may take a step stands on it."""
    lines = ["stateDiagram-v2", *(f'    state "{label}" as {state}' for state, label in STATE_WORDS.items())]
    lines.append("    [*] --> nouveau")
    for source, moves in MOVES.items():
        lines += [f"    {source} --> {to}: {', '.join(sorted(actors))}" for to, actors in moves.items()]
    return "\n".join(lines) + "\n"


OPEN: frozenset[State] = frozenset({"nouveau", "a_etudier", "transmis", "depose"})
"""Where something may still be expected."""
ANSWERS: Mapping[FundingAnswer, tuple[State, Reason | None]] = {
    "depose": ("depose", None),
    "obtenu": ("obtenu", None),
    "refuse": ("refuse", None),
    "pas_interesse": ("ecarte", "pas_interesse"),
}
LONGEST_NOTE = 2_000


class Refused(ValueError):
    """A step that the table does not have; its text is a French sentence for a page."""


@dataclass(frozen=True, slots=True)
class Who:
    """Who takes a step: a function or an organisation, and their role."""

    name: str
    role: Actor


@dataclass(frozen=True, slots=True)
class Step:
    """Where somebody wants a match to go. `amount` in whole euros, where something was obtained."""

    to: State
    reason: Reason | None = None
    words: str = ""
    amount: int | None = None


@dataclass(frozen=True, slots=True)
class Triage:
    """What people made of a match so far; `turn` counts the lines of its history."""

    match_id: UUID
    candidacy_id: UUID
    call_key: str
    state: State = "nouveau"
    reason: Reason | None = None
    words: str = ""
    amount: int | None = None
    turn: int = 0
    by: str = ""
    at: datetime | None = None
    assigned_to: str = ""
    assigned_name: str = ""
    due_on: date | None = None

    @property
    def is_shown_to_porteur(self) -> bool:
        """Whether the porteur reads it: forwarded, or answered since."""
        return self.state in {"transmis", "depose", "obtenu", "refuse"} or self.reason == "pas_interesse"

    @property
    def answer(self) -> FundingAnswer | None:
        """The state as an answer to the call, None before there is one."""
        found = (said for said, (state, why) in ANSWERS.items() if (state, why) == (self.state, self.reason))
        return next(found, None)


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the history of a match; `state` and what follows are how the match stood after it."""

    act: Act
    by: str
    role: Actor
    at: datetime
    state: State
    reason: Reason | None = None
    words: str = ""
    amount: int | None = None
    about: str = ""
    """Whom it was given to, or the day it is due, as text."""


def steps_from(state: State, role: Actor) -> list[State]:
    """Where this role may take a match from `state`, in the order of the table."""
    return [to for to in STATES if role in MOVES[state].get(to, ())]


def steps_of(role: Actor) -> list[State]:
    """Where this role may take some match, in the order of the table."""
    return [to for to in STATES if any(role in moves.get(to, ()) for moves in MOVES.values())]


def check_step(before: Triage, step: Step, role: Actor) -> None:
    """Raises `Refused` where the table has no such step for this role, or its reason does not go with it."""
    if role not in MOVES[before.state].get(step.to, frozenset()):
        raise Refused(
            f"De « {STATE_WORDS[before.state]} » on ne passe pas à « {STATE_WORDS[step.to]} »"
            + (" sans l’équipe du Label." if "staff" in MOVES[before.state].get(step.to, ()) else ".")
        )
    if (step.to == "ecarte") != (step.reason is not None):
        raise Refused(
            "Dites pourquoi cet appel est écarté." if step.to == "ecarte" else "Une raison ne va qu’à un écart."
        )
    if len(step.words) > LONGEST_NOTE:
        raise Refused(f"Ces mots ont {len(step.words)} caractères{NARROW}; {LONGEST_NOTE} au plus.")
    if step.amount is not None and (step.to != "obtenu" or step.amount <= 0):
        raise Refused(f"Un montant obtenu est un nombre d’euros, pas {step.amount}.")


def can_step(before: Triage, step: Step, role: Actor) -> bool:
    """The same rule as a question."""
    try:
        check_step(before, step, role)
    except Refused:
        return False
    return True


def moved(before: Triage, step: Step, who: Who, at: datetime) -> tuple[Triage, Line]:
    """The match after a step, and the line to write. Raises `Refused`."""
    check_step(before, step, who.role)
    line = Line("etat", who.name, who.role, at, step.to, step.reason, step.words, step.amount)
    return _after(before, line), line


def undone(before: Triage, history: Sequence[Line], who: Who, at: datetime) -> tuple[Triage, Line]:
    """The match as it stood before its last step. Raises `Refused` where nothing is left to take back."""
    stood = standing(history)
    if len(stood) < 2:
        raise Refused("Il n’y a rien à annuler : cet appel n’a pas bougé.")
    if who.role == "partner" and "partner" not in MOVES[stood[-2].state].get(stood[-1].state, ()):
        raise Refused("Seule l’équipe du Label peut annuler cette étape.")
    back = stood[-2]
    line = Line("annulation", who.name, who.role, at, back.state, back.reason, back.words, back.amount)
    return _after(before, line), line


def standing(history: Sequence[Line]) -> list[Line]:
    """How the match stood, from « nouveau » to now, without what was taken back."""
    if not history:
        return []
    stood = [Line("etat", "", "staff", history[0].at, "nouveau")]
    for line in history:
        if line.act == "etat":
            stood.append(line)
        elif line.act == "annulation" and len(stood) > 1:
            stood.pop()
    return stood


def noted(before: Triage, words: str, who: Who, at: datetime) -> tuple[Triage, Line]:
    """A note, which moves nothing. Raises `Refused` for an empty or endless one."""
    if not words or len(words) > LONGEST_NOTE:
        raise Refused(f"Une note a entre 1 et {LONGEST_NOTE} caractères, celle-ci {len(words)}.")
    line = replace(_as_it_stands(before, "note", who, at), words=words)
    return replace(before, turn=before.turn + 1), line


def assigned(before: Triage, to: tuple[str, str], who: Who, at: datetime) -> tuple[Triage, Line]:
    """The match given to a person (id, name); empty for nobody."""
    line = replace(_as_it_stands(before, "affectation", who, at), about=to[1])
    return replace(before, turn=before.turn + 1, assigned_to=to[0], assigned_name=to[1]), line


def dated(before: Triage, due_on: date | None, who: Who, at: datetime) -> tuple[Triage, Line]:
    """The day by which somebody wants it looked at; None takes it off. Raises `Refused` for a day gone by."""
    if due_on is not None and due_on < at.date():
        raise Refused(f"Cette date est passée ({due_on:%d/%m/%Y}) : choisissez un jour à venir.")
    line = replace(_as_it_stands(before, "echeance", who, at), about=due_on.isoformat() if due_on else "")
    return replace(before, turn=before.turn + 1, due_on=due_on), line


def reminds(triage: Triage, due_on: date) -> bool:
    """Whether an appointment made for `due_on` still means something."""
    return triage.due_on == due_on and triage.state in OPEN


def was_reminded(triage: Triage, at: datetime) -> bool:
    """Whether somebody may have been reminded of a day that has come."""
    return triage.due_on is not None and triage.due_on <= at.date()


def _as_it_stands(triage: Triage, act: Act, who: Who, at: datetime) -> Line:
    return Line(act, who.name, who.role, at, triage.state, triage.reason, amount=triage.amount)


def _after(before: Triage, line: Line) -> Triage:
    return replace(
        before,
        state=line.state,
        reason=line.reason,
        words=line.words,
        amount=line.amount,
        turn=before.turn + 1,
        by=line.by,
        at=line.at,
    )


def reminded(before: Triage, due_on: date, who: Who, at: datetime) -> tuple[Triage, Line]:
    """The day came while the match was still waiting."""
    line = replace(_as_it_stands(before, "rappel", who, at), about=due_on.isoformat())
    return replace(before, turn=before.turn + 1), line
