"""The states of a dossier are a table: what is not in it does not happen, and the diagram is drawn from it.

The order of events is never assumed. Whatever the table does not name leaves the state as it is, so a late
or repeated event is harmless.
"""

from dataclasses import dataclass
from enum import StrEnum

from kernel.contracts.envelope import Event
from kernel.contracts.intake import (
    CandidacyNotRetained,
    CandidacyPreselected,
    CandidacySubmitted,
    CandidacyWithdrawn,
)
from kernel.contracts.scoring import DecisionTaken


class State(StrEnum):
    """Where a dossier is. `INCONNU` lasts as long as no event about it was read."""

    INCONNU = "inconnu"
    RECU = "recu"
    EN_INSTRUCTION = "en_instruction"
    HORS_INSTRUCTION = "hors_instruction"
    DECIDE = "decide"
    RETIRE = "retire"


@dataclass(frozen=True, slots=True)
class Meaning:
    """What people read of a state, and who has to do something about it."""

    label: str
    owner: str


MEANINGS: dict[State, Meaning] = {
    State.INCONNU: Meaning("Inconnu", "la plateforme, qui attend le contenu du dossier"),
    State.RECU: Meaning("Reçu", "l'équipe du Label, qui présélectionne"),
    State.EN_INSTRUCTION: Meaning("En instruction", "les trois comités, puis l'équipe du Label"),
    State.HORS_INSTRUCTION: Meaning("Non retenu", "l'équipe du Label, qui propose d'autres pistes au porteur"),
    State.DECIDE: Meaning("Décidé", "l'équipe du Label, qui accompagne le porteur"),
    State.RETIRE: Meaning("Retiré", "le porteur, qui a repris son dossier"),
}


@dataclass(frozen=True, slots=True)
class Transition:
    """`source` becomes `target` when `event` is known."""

    source: State
    event: type[Event]
    target: State


TABLE: tuple[Transition, ...] = (
    Transition(State.INCONNU, CandidacySubmitted, State.RECU),
    Transition(State.INCONNU, CandidacyPreselected, State.EN_INSTRUCTION),
    Transition(State.INCONNU, CandidacyNotRetained, State.HORS_INSTRUCTION),
    Transition(State.INCONNU, CandidacyWithdrawn, State.RETIRE),
    Transition(State.RECU, CandidacyPreselected, State.EN_INSTRUCTION),
    Transition(State.RECU, CandidacyNotRetained, State.HORS_INSTRUCTION),
    Transition(State.RECU, CandidacyWithdrawn, State.RETIRE),
    Transition(State.EN_INSTRUCTION, CandidacyNotRetained, State.HORS_INSTRUCTION),
    Transition(State.EN_INSTRUCTION, DecisionTaken, State.DECIDE),
    Transition(State.EN_INSTRUCTION, CandidacyWithdrawn, State.RETIRE),
    Transition(State.HORS_INSTRUCTION, CandidacyPreselected, State.EN_INSTRUCTION),
    Transition(State.HORS_INSTRUCTION, CandidacyWithdrawn, State.RETIRE),
    Transition(State.DECIDE, CandidacyWithdrawn, State.RETIRE),
)

_NEXT = {(transition.source, transition.event): transition.target for transition in TABLE}


def follow(state: State, event: type[Event]) -> State:
    """The state after `event`; the same one where the table has nothing to say."""
    return _NEXT.get((state, event), state)


def mermaid() -> str:
    """The table as a Mermaid state diagram, ending with a line break."""
    lines = ["stateDiagram-v2"]
    lines += [f'    state "{MEANINGS[state].label}" as {state}' for state in State]
    lines.append(f"    [*] --> {State.INCONNU}")
    lines += [f"    {t.source} --> {t.target}: {t.event.__name__}" for t in TABLE]
    return "\n".join(lines) + "\n"
