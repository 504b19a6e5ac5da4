"""A decision is a chain of people: the experts propose, the publisher decides, the Grand forum approves, staff release.

What may follow what is a table. Nothing leaves before the forum's approval; another outcome after it needs another
vote, other words do not. Every act says who, when and why in the dossier's journal.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from uuid import UUID

from kernel.contracts.scoring import Outcome
from scoring.domain import rulings
from scoring.domain.dossier import Dossier
from scoring.domain.rulings import ChainAct, Decide, Entry, NotYours, Officer, Refused, objection_to_reason
from scoring.domain.votes import Vote


class Stage(StrEnum):
    """Where the decision on a dossier is."""

    A_PROPOSER = "a_proposer"
    PROPOSE = "propose"
    DECIDE = "decide"
    APPROUVE = "approuve"
    RETENU = "retenu"
    NOTIFIE = "notifie"


STAGES: dict[Stage, str] = {
    Stage.A_PROPOSER: "À proposer",
    Stage.PROPOSE: "Proposé",
    Stage.DECIDE: "Décidé, à approuver",
    Stage.APPROUVE: "Approuvé, prêt à partir",
    Stage.RETENU: "Approuvé, suspendu",
    Stage.NOTIFIE: "Notifié",
}

OWNERS: dict[Stage, str] = {
    Stage.A_PROPOSER: "le comité d'expertise, qui propose",
    Stage.PROPOSE: "le Pôle, qui décide",
    Stage.DECIDE: "le Grand forum, qui approuve",
    Stage.APPROUVE: "l'équipe du Label, qui relit puis libère les lettres",
    Stage.RETENU: "l'équipe du Label, qui règle ce qui a fait suspendre l'envoi",
    Stage.NOTIFIE: "le porteur, qui a reçu sa lettre",
}


@dataclass(frozen=True, slots=True)
class Move:
    """`source` becomes `target` by `act`, which these roles may do."""

    source: Stage
    act: ChainAct
    target: Stage
    roles: frozenset[str]


_STAFF, _PROPOSERS = frozenset({"staff"}), frozenset({"staff", "expert"})
TABLE: tuple[Move, ...] = (
    Move(Stage.A_PROPOSER, "proposition", Stage.PROPOSE, _PROPOSERS),
    Move(Stage.PROPOSE, "proposition", Stage.PROPOSE, _PROPOSERS),
    Move(Stage.PROPOSE, "decision_pole", Stage.DECIDE, _STAFF),
    Move(Stage.DECIDE, "decision_pole", Stage.DECIDE, _STAFF),
    Move(Stage.DECIDE, "approbation", Stage.APPROUVE, _STAFF),
    Move(Stage.DECIDE, "renvoi", Stage.PROPOSE, _STAFF),
    Move(Stage.APPROUVE, "retouche", Stage.APPROUVE, _STAFF),
    Move(Stage.APPROUVE, "suspension", Stage.RETENU, _STAFF),
    Move(Stage.APPROUVE, "decision_pole", Stage.DECIDE, _STAFF),
    Move(Stage.APPROUVE, "decision", Stage.NOTIFIE, _STAFF),
    Move(Stage.RETENU, "retouche", Stage.RETENU, _STAFF),
    Move(Stage.RETENU, "reprise", Stage.APPROUVE, _STAFF),
    Move(Stage.RETENU, "decision_pole", Stage.DECIDE, _STAFF),
)
_MOVES = {(move.source, move.act): move for move in TABLE}

TOO_SOON: dict[ChainAct, str] = {
    "proposition": "Une décision est déjà prise après cette proposition : elle ne change plus.",
    "decision_pole": "La décision attend la proposition du comité d'expertise.",
    "approbation": "Le Grand forum approuve ce que le Pôle a décidé : ce dossier n'en est pas là.",
    "renvoi": "Le Grand forum renvoie ce que le Pôle a décidé : ce dossier n'en est pas là.",
    "retouche": "La lettre se relit une fois la décision approuvée par le Grand forum.",
    "suspension": "Cet envoi ne peut pas être suspendu : il n'est pas prêt à partir.",
    "reprise": "Cet envoi n'est pas suspendu.",
    "decision": "Rien ne part avant l'approbation du Grand forum.",
}


@dataclass(frozen=True, slots=True)
class Said:
    """An outcome with its reasons, and what to mature where the project is not labelled."""

    outcome: Outcome
    reason: str
    maturing: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Ruling:
    """The chain of one dossier; `vote_id` once the forum approved, `hidden` the quotes that staff keep back."""

    candidacy_id: UUID
    stage: Stage = Stage.A_PROPOSER
    proposal: Said | None = None
    decision: Said | None = None
    vote_id: UUID | None = None
    held: str = ""
    hidden: frozenset[str] = frozenset()
    key: str | None = None

    @property
    def told(self) -> str:
        """The reasons as the porteur reads them, with what to mature."""
        said = self.decision
        if said is None:
            return ""
        return f"{said.reason}\nÀ faire mûrir : {said.maturing}" if said.maturing else said.reason


@dataclass(frozen=True, slots=True)
class Retouch:
    """The wish to write a letter anew; `hidden` are the quotes that staff keep back."""

    candidacy_id: UUID
    reason: str
    maturing: str
    hidden: frozenset[str]
    by: Officer


GROUNDS_MAX, MATURING_MAX = 3_000, 1_500
"""Characters: both fit on the letter's page and in the event's reason."""


def objection_to_grounds(reason: str) -> str | None:
    """What to do about the reasons of a decision, None when they will do."""
    if len(reason.strip()) > GROUNDS_MAX:
        return f"Raccourcissez le motif : {len(reason.strip())} caractères, {GROUNDS_MAX} au plus"
    return objection_to_reason(reason)


def objection_to_maturing(outcome: str, maturing: str) -> str | None:
    """What to do about « à faire mûrir », which only a labelled project may lack."""
    if outcome == "labellise" and not maturing.strip():
        return None
    if objection_to_reason(maturing) or len(maturing.strip()) > MATURING_MAX:
        return "Dites en 10 à 1 500 caractères ce que le projet doit faire mûrir, et quand revenir"
    return None


def _objection(dossier: Dossier, ruling: Ruling, act: ChainAct, role: str) -> Refused | None:
    if not any(move.act == act and role in move.roles for move in TABLE):
        return NotYours("Votre rôle ne permet pas cet acte : l'équipe du Label peut le faire.")
    if objection := rulings.objection_to_decision(dossier, "staff"):
        return objection
    if (ruling.stage, act) not in _MOVES:
        return Refused(TOO_SOON[act])
    return None


def check(dossier: Dossier, ruling: Ruling, act: ChainAct, role: str) -> None:
    """Raises `Refused` when `role` may not do `act` on this dossier now."""
    if objection := _objection(dossier, ruling, act, role):
        raise objection


def can(dossier: Dossier, ruling: Ruling, act: ChainAct, role: str) -> bool:
    """Whether `check` would pass."""
    return _objection(dossier, ruling, act, role) is None


def propose(dossier: Dossier, ruling: Ruling, wish: Decide, at: datetime) -> tuple[Ruling, Entry]:
    """The experts' proposal, or its correction. Raises `Refused`."""
    moved = _moved(dossier, ruling, "proposition", wish.by)
    said = _said(wish, at)
    return replace(moved, proposal=said), _entry("proposition", said)


def decide(dossier: Dossier, ruling: Ruling, wish: Decide, at: datetime) -> tuple[Ruling, Entry]:
    """What the publisher decided; the forum has to approve it, again if it had. Raises `Refused`."""
    moved = _moved(dossier, ruling, "decision_pole", wish.by)
    said = _said(wish, at)
    return replace(moved, decision=said, vote_id=None, held=""), _entry("decision_pole", said)


def put_to_vote(dossier: Dossier, ruling: Ruling, vote: Vote, by: Officer) -> tuple[Ruling, Entry]:
    """What the forum said of it: approved, or sent back to be decided again. Raises `Refused`."""
    act: ChainAct = "approbation" if vote.approved else "renvoi"
    moved = _moved(dossier, ruling, act, by)
    entry = _entry(act, replace(_decided(ruling), reason=vote.words, by=by.name, at=vote.at))
    if vote.approved:
        return replace(moved, vote_id=vote.id), entry
    return replace(moved, decision=None), entry


def retouch(dossier: Dossier, ruling: Ruling, wish: Retouch, at: datetime) -> tuple[Ruling, Entry]:
    """Other words for the same outcome. Raises `Refused`."""
    moved = _moved(dossier, ruling, "retouche", wish.by)
    outcome = _decided(ruling).outcome
    said = _said(Decide(dossier.candidacy_id, outcome, wish.reason, wish.by, wish.maturing), at)
    return replace(moved, decision=said, hidden=wish.hidden), _entry("retouche", said)


def hold(dossier: Dossier, ruling: Ruling, reason: str, by: Officer, at: datetime) -> tuple[Ruling, Entry]:
    """Keep one back while the others leave. Raises `Refused`."""
    moved = _moved(dossier, ruling, "suspension", by)
    _check_reason(reason)
    entry = _entry("suspension", replace(_decided(ruling), reason=reason.strip(), by=by.name, at=at))
    return replace(moved, held=reason.strip()), entry


def resume(dossier: Dossier, ruling: Ruling, by: Officer, at: datetime) -> tuple[Ruling, Entry]:
    """Let it leave with the next release. Raises `Refused`."""
    moved = _moved(dossier, ruling, "reprise", by)
    words = "L'envoi n'est plus suspendu."
    return replace(moved, held=""), _entry("reprise", replace(_decided(ruling), reason=words, by=by.name, at=at))


def released(dossier: Dossier, ruling: Ruling, key: str, by: Officer) -> tuple[Ruling, Decide]:
    """The end of the chain, and the wish that makes it the dossier's decision. Raises `Refused`."""
    moved = replace(_moved(dossier, ruling, "decision", by), key=key)
    return moved, Decide(dossier.candidacy_id, _decided(ruling).outcome, ruling.told, by)


def rehearsed(rulings_of: Iterable[Ruling]) -> str:
    """The digest of what would leave: a release says which rehearsal it was read on."""
    leaving = sorted(
        (str(r.candidacy_id), _decided(r).outcome, r.told, *sorted(r.hidden))
        for r in rulings_of
        if r.stage is Stage.APPROUVE
    )
    return sha256(repr(leaving).encode()).hexdigest()[:16]


def mermaid() -> str:
    """The table as a Mermaid state diagram, ending with a line break."""
    lines = ["stateDiagram-v2"]
    lines += [f'    state "{STAGES[stage]}" as {stage}' for stage in Stage]
    lines.append(f"    [*] --> {Stage.A_PROPOSER}")
    lines += [f"    {move.source} --> {move.target}: {move.act}" for move in TABLE]
    return "\n".join(lines) + "\n"


def _moved(dossier: Dossier, ruling: Ruling, act: ChainAct, by: Officer) -> Ruling:
    check(dossier, ruling, act, by.role)
    return replace(ruling, stage=_MOVES[ruling.stage, act].target)


def _decided(ruling: Ruling) -> Said:
    if ruling.decision is None:
        raise ValueError(f"ruling of {ruling.candidacy_id} is at {ruling.stage} without a decision")
    return ruling.decision


def _said(wish: Decide, at: datetime) -> Said:
    for objection in (objection_to_grounds(wish.reason), objection_to_maturing(wish.outcome, wish.maturing)):
        if objection:
            raise Refused(objection + ".")
    return Said(wish.outcome, wish.reason.strip(), wish.maturing.strip(), wish.by.name, at)


def _check_reason(reason: str) -> None:
    if objection := objection_to_reason(reason):
        raise Refused(objection + ".")


def _entry(act: ChainAct, said: Said) -> Entry:
    return Entry(said.at, said.by, act, None, said.outcome, said.reason)
