"""A sitting is one committee's work in one wave: frozen dossiers, a frozen grid, phases that people turn.

A juror says before opening a dossier what ties them to it; whoever is tied does not mark it, nor read it here.
Each juror reads the dossiers in an order of their own, the same at every visit.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Literal, get_args
from uuid import UUID

from kernel.contracts.scoring import Committee
from scoring.domain.grids import Grid
from scoring.domain.rulings import NotYours, Officer, Refused


class Phase(StrEnum):
    """Where a sitting is: marks given alone, then discussed, then closed for good."""

    NOTATION = "notation"
    DISCUSSION = "discussion"
    CLOSE = "close"


PHASES: dict[Phase, str] = {
    Phase.NOTATION: "Notation, chacun pour soi",
    Phase.DISCUSSION: "Discussion et secondes notes",
    Phase.CLOSE: "Close",
}

AFTER: dict[Phase, Phase] = {Phase.NOTATION: Phase.DISCUSSION, Phase.DISCUSSION: Phase.CLOSE}

Tie = Literal["aucun", "membre", "partenaire", "financier", "personnel", "autre"]
TIES: dict[Tie, str] = {
    "aucun": "Aucun lien : je peux noter ce dossier",
    "membre": "Je travaille pour le porteur, ou je siège dans ses instances",
    "partenaire": "Ma structure est partenaire ou prestataire du projet",
    "financier": "J'ai un intérêt financier dans ce projet",
    "personnel": "J'ai un lien familial ou personnel avec le projet",
    "autre": "Un autre lien pourrait faire douter de mon impartialité",
}
KNOWN_TIES: tuple[Tie, ...] = get_args(Tie)

SEAT_OF: dict[str, Committee] = {"partner": "technique", "expert": "expertise"}
"""The committee in which a role marks. The students have no account."""


@dataclass(frozen=True, slots=True)
class Frozen:
    """A dossier as it was when the sitting opened."""

    candidacy_id: UUID
    number: str
    title: str
    porteur: str
    commune: str
    revision: str
    funders: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Sitting:
    """One committee in one wave; `seed` is that of every draw made about it."""

    id: UUID
    wave_id: UUID
    committee: Committee
    grid: Grid
    phase: Phase
    seed: int
    opened_at: datetime
    opened_by: str
    marks_until: date
    meets_on: date
    dossiers: tuple[Frozen, ...] = ()

    def dossier(self, candidacy_id: UUID) -> Frozen:
        """Raises `NotYours` for a dossier that is not in this sitting."""
        found = next((frozen for frozen in self.dossiers if frozen.candidacy_id == candidacy_id), None)
        if found is None:
            raise NotYours("Ce dossier ne fait pas partie de cette séance.")
        return found


@dataclass(frozen=True, slots=True)
class Declared:
    """What a juror said of their ties to a dossier; `lifted` once staff had a reason to set it aside."""

    tie: Tie
    note: str
    at: datetime
    lifted: bool = False

    @property
    def recuses(self) -> bool:
        return self.tie != "aucun" and not self.lifted


@dataclass(frozen=True, slots=True)
class Seat:
    """A juror's place; `person` is None until they come."""

    id: UUID
    sitting_id: UUID
    person: str | None
    name: str
    seed: int
    came_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class OpenSitting:
    """The wish to open a sitting on the dossiers of a wave that are in instruction."""

    wave_id: UUID
    committee: Committee
    marks_until: date
    meets_on: date
    by: Officer


@dataclass(frozen=True, slots=True)
class Juror:
    """Who marks; `key` is their identifier, or role and name for a link that an operator made."""

    key: str
    name: str
    role: str

    @classmethod
    def of(cls, person_id: str, name: str, role: str) -> "Juror":
        return cls(person_id or f"{role}:{name}", name, role)

    def sits_in(self, sitting: Sitting) -> bool:
        return SEAT_OF.get(self.role) == sitting.committee


def in_order(seat: Seat, dossiers: Iterable[Frozen]) -> list[Frozen]:
    """The dossiers in the juror's own order, which depends on nothing but the seat's seed."""

    def place(frozen: Frozen) -> str:
        return hashlib.sha256(f"{seat.seed}:{frozen.candidacy_id}".encode()).hexdigest()

    return sorted(dossiers, key=place)


def next_phase(phase: Phase, seen: str) -> Phase:
    """The phase after `phase`, for who saw `seen` on the page. Raises `Refused`."""
    if seen != phase:
        raise Refused("La séance a changé de phase depuis que vous avez ouvert cette page. Regardez où elle en est.")
    if phase not in AFTER:
        raise Refused("Cette séance est close : elle ne change plus.")
    return AFTER[phase]


def check_opening(wish: OpenSitting, dossiers: Sequence[Frozen]) -> None:
    """Raises `Refused` when the sitting would be about nothing, or its dates do not follow."""
    if wish.by.role != "staff":
        raise NotYours("Une séance est ouverte par l'équipe du Label.")
    if not dossiers:
        raise Refused("Aucun dossier de cette vague n'est en instruction : la séance n'aurait rien à noter.")
    if wish.meets_on < wish.marks_until:
        raise Refused("La réunion vient après la date limite des notes : corrigez l'une des deux dates.")


def check_open(sitting: Sitting, declared: Declared | None) -> None:
    """Raises `NotYours` when the juror is tied to the dossier. Undeclared is for the pages to ask."""
    if declared is not None and declared.recuses:
        raise NotYours("Vous avez déclaré un lien avec ce dossier : il n'est plus dans votre liste.")
    if sitting.phase is Phase.CLOSE:
        raise Refused("Cette séance est close : les notes ne changent plus.")


def likely_ties(name: str, frozen: Frozen, *, near: bool = False) -> list[str]:
    """Sentences about what names suggest, and mail domains where `near`; the juror decides."""
    mine = _words(name)
    found = []
    if near:
        found.append("Votre adresse électronique et celle du contact du projet sont du même organisme.")
    if mine and mine == _words(frozen.porteur):
        found.append("Votre structure porte le même nom que le porteur du projet.")
    commune = _words(frozen.commune)
    if commune and commune <= mine:
        found.append(f"Le projet se trouve à {frozen.commune}, que votre nom cite.")
    if any(mine and mine == _words(funder) for funder in frozen.funders):
        found.append("Votre structure est nommée dans le plan de financement.")
    return found


_EMPTY = frozenset({"de", "du", "des", "la", "le", "les", "d", "l", "et", "ville", "commune"})


def _words(text: str) -> frozenset[str]:
    plain = "".join(c if c.isalnum() else " " for c in text.casefold())
    return frozenset(plain.split()) - _EMPTY
