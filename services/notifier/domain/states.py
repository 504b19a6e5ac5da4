"""The states of a delivery are a table: what is not in it does not happen, and the diagram is drawn from it.

*Sent* is said only after the mail server's 250; *delivered* and *bounced* only from a receipt of the other side.
"""

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """Where a delivery is."""

    EN_ATTENTE_ADRESSE = "en_attente_adresse"
    A_ENVOYER = "a_envoyer"
    EN_COURS = "en_cours"
    ENVOYE = "envoye"
    REMIS = "remis"
    REJETE = "rejete"
    PLAINTE = "plainte"
    ECHEC = "echec"
    ANNULE = "annule"


class Step(StrEnum):
    """What makes a delivery go from one state to the next."""

    KNOWN = "known"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    CLAIMED = "claimed"
    ACCEPTED = "accepted"
    POSTPONED = "postponed"
    REFUSED = "refused"
    GIVEN_BACK = "given_back"
    ASKED_AGAIN = "asked_again"
    DELIVERED = "delivered"
    BOUNCED = "bounced"
    COMPLAINED = "complained"


@dataclass(frozen=True, slots=True)
class Meaning:
    """What people read of a state, the tone and the shape of its badge, and who has to do something about it."""

    label: str
    tone: str
    shape: str
    owner: str


MEANINGS: dict[State, Meaning] = {
    State.EN_ATTENTE_ADRESSE: Meaning(
        "En attente d’adresse", "amber", "clock", "la plateforme, qui attend l’adresse et le dossier du porteur"
    ),
    State.A_ENVOYER: Meaning("À envoyer", "blue", "arrow", "la plateforme, qui enverra le message à l’heure dite"),
    State.EN_COURS: Meaning("En cours d’envoi", "blue", "half", "la plateforme, qui parle au serveur de courriel"),
    State.ENVOYE: Meaning("Envoyé", "green", "check", "le serveur de courriel du destinataire"),
    State.REMIS: Meaning("Remis", "green", "person", "la personne qui l’a reçu"),
    State.REJETE: Meaning("Rejeté", "brick", "warning", "l’équipe, qui corrige l’adresse ou téléphone, puis renvoie"),
    State.PLAINTE: Meaning("Signalé indésirable", "amber", "warning", "l’équipe, qui téléphone avant d’écrire encore"),
    State.ECHEC: Meaning("Échec", "brick", "cross", "l’équipe, qui corrige l’adresse ou téléphone, puis renvoie"),
    State.ANNULE: Meaning(
        "Arrêté", "neutral", "ring", "personne : le dossier a été retiré, ou le lien est échu, avant l’envoi"
    ),
}


@dataclass(frozen=True, slots=True)
class Transition:
    """`source` becomes `target` by `step`."""

    source: State
    step: Step
    target: State


TABLE: tuple[Transition, ...] = (
    Transition(State.EN_ATTENTE_ADRESSE, Step.KNOWN, State.A_ENVOYER),
    Transition(State.EN_ATTENTE_ADRESSE, Step.WITHDRAWN, State.ANNULE),
    Transition(State.A_ENVOYER, Step.WITHDRAWN, State.ANNULE),
    Transition(State.A_ENVOYER, Step.CLAIMED, State.EN_COURS),
    Transition(State.EN_COURS, Step.CLAIMED, State.EN_COURS),
    Transition(State.EN_COURS, Step.ACCEPTED, State.ENVOYE),
    Transition(State.EN_COURS, Step.POSTPONED, State.A_ENVOYER),
    Transition(State.EN_COURS, Step.GIVEN_BACK, State.A_ENVOYER),
    Transition(State.EN_COURS, Step.REFUSED, State.ECHEC),
    Transition(State.EN_COURS, Step.WITHDRAWN, State.ANNULE),
    Transition(State.EN_COURS, Step.EXPIRED, State.ANNULE),
    Transition(State.ENVOYE, Step.DELIVERED, State.REMIS),
    Transition(State.ENVOYE, Step.BOUNCED, State.REJETE),
    Transition(State.REMIS, Step.BOUNCED, State.REJETE),
    Transition(State.ENVOYE, Step.COMPLAINED, State.PLAINTE),
    Transition(State.REMIS, Step.COMPLAINED, State.PLAINTE),
    Transition(State.ECHEC, Step.ASKED_AGAIN, State.A_ENVOYER),
    Transition(State.REJETE, Step.ASKED_AGAIN, State.A_ENVOYER),
)

FINAL: frozenset[State] = frozenset({State.PLAINTE, State.ANNULE})
TAKEN: frozenset[State] = frozenset({State.ENVOYE, State.REMIS, State.REJETE, State.PLAINTE})
"""The states of a message that a mail server took."""

_NEXT = {(transition.source, transition.step): transition.target for transition in TABLE}


class ImpossibleStep(ValueError):
    """A step that the table does not name. The message is for people, in French."""


def can_follow(state: State, step: Step) -> bool:
    """Whether `step` is possible in `state`."""
    return (state, step) in _NEXT


def follow(state: State, step: Step) -> State:
    """The state after `step`. Raises `ImpossibleStep`."""
    target = _NEXT.get((state, step))
    if target is None:
        label = MEANINGS[state].label
        raise ImpossibleStep(f"Ce message est dans l’état « {label} » : l’action demandée n’est pas possible.")
    return target


def mermaid() -> str:
    """The table as a Mermaid state diagram, ending with a line break."""
    lines = ["stateDiagram-v2"]
    lines += [f'    state "{MEANINGS[state].label}" as {state}' for state in State]
    lines.append(f"    [*] --> {State.EN_ATTENTE_ADRESSE}")
    lines += [f"    {t.source} --> {t.target}: {t.step}" for t in TABLE]
    lines += [f"    {state} --> [*]" for state in State if state in FINAL]
    return "\n".join(lines) + "\n"
