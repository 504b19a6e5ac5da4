"""A machine never decides: an opinion and a decision carry who, when and why, and each rule has two voices.

`check_…` raises a French sentence that a page can show; `can_…` asks the same rule. A decision waits for the
three opinions and is taken once; once it is taken, or the dossier withdrawn, nobody adds an opinion.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal
from uuid import UUID

from kernel.contracts.scoring import Committee, DecisionTaken, OpinionRecorded, OpinionValue, Outcome
from scoring.domain.committees import readable_states, seats
from scoring.domain.dossier import Decision, Dossier, Opinion
from scoring.domain.states import State
from scoring.domain.words import OPINION_BY, listed

REASON_MIN = 10
"""Characters under which a reason says nothing."""
REASON_MAX = 5_000

ChainAct = Literal[
    "proposition", "decision_pole", "approbation", "renvoi", "retouche", "suspension", "reprise", "decision"
]
JournalAct = Literal["avis", "correction", ChainAct]


class Refused(Exception):
    """A rule says no; the message is a French sentence for the person who asked."""


class NotYours(Refused):
    """The person's role does not give them this."""


class AlreadyDecided(Refused):
    """People have decided; `decision` is theirs."""

    def __init__(self, decision: Decision) -> None:
        super().__init__("Une décision est déjà prise sur ce dossier. Elle n'est prise qu'une fois.")
        self.decision = decision


@dataclass(frozen=True, slots=True)
class Officer:
    """Who acts: the name that the record will show, and the role that gives the right."""

    name: str
    role: str


@dataclass(frozen=True, slots=True)
class GiveOpinion:
    """The wish to record what a committee said."""

    candidacy_id: UUID
    committee: Committee
    opinion: OpinionValue
    reason: str
    by: Officer


@dataclass(frozen=True, slots=True)
class Decide:
    """The wish to record what people propose or decide; `maturing` is what to ripen before a label."""

    candidacy_id: UUID
    outcome: Outcome
    reason: str
    by: Officer
    maturing: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the journal. `about` is the committee of an opinion; `value` the opinion or the outcome."""

    at: datetime
    by: str
    act: JournalAct
    about: Committee | None
    value: OpinionValue | Outcome
    reason: str


def objection_to_reason(reason: str) -> str | None:
    """What to do about `reason`, None when it will do."""
    length = len(reason.strip())
    if length < REASON_MIN:
        return f"Écrivez le motif en {REASON_MIN} caractères au moins : il restera dans le dossier"
    if length > REASON_MAX:
        return f"Raccourcissez le motif : {length} caractères, {REASON_MAX} au plus"
    return None


def _objection_to_work(dossier: Dossier) -> Refused | None:
    """Why nobody may add anything to the dossier now."""
    if dossier.state is State.RETIRE:
        return Refused("Ce dossier est retiré par son porteur : il ne reçoit plus ni avis ni décision.")
    if dossier.decision is not None:
        return AlreadyDecided(dossier.decision)
    if dossier.state is not State.EN_INSTRUCTION:
        return Refused("Ce dossier n'est pas en instruction : il ne reçoit ni avis ni décision.")
    if dossier.submission is None:
        return Refused("Le contenu de ce dossier n'est pas encore arrivé. Revenez dans quelques minutes.")
    return None


def _objection_to_opinion(dossier: Dossier, committee: Committee, role: str) -> Refused | None:
    if committee not in seats(role):
        return NotYours(f"Votre rôle ne permet pas d'enregistrer {OPINION_BY[committee]}.")
    return _objection_to_work(dossier)


def objection_to_decision(dossier: Dossier, role: str) -> Refused | None:
    """Why `role` may not record a decision on this dossier now; None when they may."""
    if role != "staff":
        return NotYours("La décision est enregistrée par l'équipe du Label.")
    if objection := _objection_to_work(dossier):
        return objection
    if missing := dossier.missing_opinions():
        words = listed([OPINION_BY[committee] for committee in missing])
        return Refused(f"La décision attend les trois avis. Il manque {words}.")
    return None


def check_opinion(dossier: Dossier, committee: Committee, role: str) -> None:
    """Raises `Refused` when `role` may not record the opinion of `committee` on this dossier now."""
    if objection := _objection_to_opinion(dossier, committee, role):
        raise objection


def can_give_opinion(dossier: Dossier, committee: Committee, role: str) -> bool:
    """Whether `check_opinion` would pass."""
    return _objection_to_opinion(dossier, committee, role) is None


def check_decision(dossier: Dossier, role: str) -> None:
    """Raises `Refused` when `role` may not record a decision on this dossier now."""
    if objection := objection_to_decision(dossier, role):
        raise objection


def can_decide(dossier: Dossier, role: str) -> bool:
    """Whether `check_decision` would pass."""
    return objection_to_decision(dossier, role) is None


def check_reading(dossier: Dossier, role: str) -> None:
    """Raises `NotYours` when `role` may not open this dossier."""
    if not can_read(dossier, role):
        raise NotYours("Ce dossier n'est pas, ou n'est plus, soumis à votre comité.")


def can_read(dossier: Dossier, role: str) -> bool:
    """Whether `role` may open this dossier."""
    return dossier.state in readable_states(role)


def _check_reason(reason: str) -> str:
    if objection := objection_to_reason(reason):
        raise Refused(objection + ".")
    return reason.strip()


def give_opinion(
    dossier: Dossier, wish: GiveOpinion, at: datetime
) -> tuple[Dossier, list[OpinionRecorded], list[Entry]]:
    """Add the opinion, as a correction where the committee has spoken already.

    The same opinion for the same reason by the same person is a form sent twice: nothing is added.
    Raises `Refused`.
    """
    check_opinion(dossier, wish.committee, wish.by.role)
    reason = _check_reason(wish.reason)
    known = dossier.opinion_of(wish.committee)
    if known and (known.value, known.reason, known.by) == (wish.opinion, reason, wish.by.name):
        return dossier, [], []
    opinion = Opinion(wish.committee, wish.opinion, reason, wish.by.name, at)
    event = OpinionRecorded(
        candidacy_id=dossier.candidacy_id,
        committee=opinion.committee,
        opinion=opinion.value,
        reason=reason,
        by=opinion.by,
        at=at,
    )
    entry = Entry(at, opinion.by, "correction" if known else "avis", wish.committee, opinion.value, reason)
    return replace(dossier, opinions=(*dossier.opinions, opinion)), [event], [entry]


def decide(
    dossier: Dossier, wish: Decide, at: datetime, key: str = ""
) -> tuple[Dossier, list[DecisionTaken], list[Entry]]:
    """Record what people decided; `key` opens its letter. Raises `Refused`, `AlreadyDecided` in particular."""
    check_decision(dossier, wish.by.role)
    reason = _check_reason(wish.reason)
    decision = Decision(wish.outcome, reason, wish.by.name, at)
    event = DecisionTaken(
        candidacy_id=dossier.candidacy_id, outcome=wish.outcome, reason=reason, by=wish.by.name, at=at, key=key
    )
    return (
        replace(dossier, decision=decision),
        [event],
        [Entry(at, decision.by, "decision", None, decision.outcome, reason)],
    )
