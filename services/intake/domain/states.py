"""A candidacy moves only where this table lets it; the words, the owner and the diagram come from here too.

The first states are intake's own; the last three come from the decision, which people take in scoring.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal, get_args

from intake.domain.refusals import Refused, permits
from kernel.contracts.scoring import Outcome

State = Literal["hors_delai", "depose", "preselectionne", "non_retenu", "retire", "labellise", "nomine", "en_attente"]
Owner = Literal["equipe", "comites", "porteur", "personne"]
Tone = Literal["green", "blue", "amber", "brick", "neutral"]

STATES: tuple[State, ...] = get_args(State)
OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)

TRANSITIONS: Mapping[State, frozenset[State]] = MappingProxyType(
    {
        "hors_delai": frozenset({"depose", "non_retenu", "retire"}),
        "depose": frozenset({"preselectionne", "non_retenu", "retire"}),
        "preselectionne": frozenset({"labellise", "nomine", "en_attente"}),
        "non_retenu": frozenset(),
        "retire": frozenset(),
        "labellise": frozenset(),
        "nomine": frozenset(),
        "en_attente": frozenset(),
    }
)


@dataclass(frozen=True, slots=True)
class Words:
    """How a state is told. `owner` is who must act next; `next` is what the porteur reads about it."""

    label: str
    tone: Tone
    owner: Owner
    next: str


WORDS: Mapping[State, Words] = MappingProxyType(
    {
        "hors_delai": Words(
            "Reçu hors délai",
            "amber",
            "equipe",
            "Votre dossier est arrivé après la clôture : l’équipe décide si elle le prend et vous répond.",
        ),
        "depose": Words("Déposé", "blue", "equipe", "L’équipe et ses partenaires lisent les candidatures de la vague."),
        "preselectionne": Words(
            "Présélectionné",
            "green",
            "comites",
            "Le comité technique, le comité lycéen puis le comité d’expertise donnent leur avis.",
        ),
        "non_retenu": Words(
            "Non retenu",
            "neutral",
            "porteur",
            "Votre projet n’est pas retenu dans cette vague. L’équipe peut vous indiquer d’autres appuis.",
        ),
        "retire": Words("Retiré", "neutral", "personne", "Vous avez retiré ce dossier : rien d’autre ne suit."),
        "labellise": Words(
            "Labellisé", "green", "porteur", "L’équipe vous contacte pour préparer l’accord d’engagements."
        ),
        "nomine": Words("Nominé", "amber", "porteur", "L’équipe prépare avec vous le chemin qui mène au label."),
        "en_attente": Words(
            "En attente",
            "amber",
            "porteur",
            "L’équipe vous dit ce qui reste à mûrir et quand revenir dans une prochaine vague.",
        ),
    }
)


def check_move(state: State, to: State) -> None:
    """Refuse a move that the table does not have."""
    if to not in TRANSITIONS[state]:
        raise Refused(f"Ce dossier est « {WORDS[state].label} » : il ne peut pas devenir « {WORDS[to].label} ».")


def can_move(state: State, to: State) -> bool:
    """Whether the table has the move."""
    return permits(check_move, state, to)


def after_decision(state: State, outcome: Outcome | None) -> State:
    """The state once `outcome` is known; unchanged where the table does not let the decision apply (yet).

    A decision that corrects an earlier one starts again from the preselection, so that the order in which
    the two are heard of does not matter.
    """
    ground: State = "preselectionne" if state in OUTCOMES else state
    return outcome if outcome is not None and can_move(ground, outcome) else state


def mermaid() -> str:
    """The table as a Mermaid state diagram."""
    lines = ["stateDiagram-v2", "    [*] --> depose", "    [*] --> hors_delai"]
    lines += [f"    {state} : {WORDS[state].label}" for state in STATES]
    lines += [f"    {state} --> {to}" for state in STATES for to in STATES if to in TRANSITIONS[state]]
    lines += [f"    {state} --> [*]" for state in STATES if not TRANSITIONS[state]]
    return "\n".join(lines) + "\n"
