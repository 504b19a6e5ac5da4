"""A dossier that was sent may change where its state, or a request of the team, opens it; each version is kept.

Until the preselection everything may be changed. Afterwards only what the team asks to correct; once labelled or
nominated, the budget and the needs at any time, since the funding watch lives on them.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType
from typing import Literal
from uuid import UUID

from intake.domain.draft import SECTIONS, TITLES, section_of
from intake.domain.refusals import Refused
from intake.domain.states import State

Outcome = Literal["rendue", "retiree"]

LIVING = ("budget", "besoins")
"""What moves for as long as a project lives."""
OPEN: Mapping[State, tuple[str, ...]] = MappingProxyType(
    {"hors_delai": tuple(SECTIONS), "depose": tuple(SECTIONS), "labellise": LIVING, "nomine": LIVING}
)
CORRECTABLE: frozenset[State] = frozenset({"hors_delai", "depose", "preselectionne", "nomine", "en_attente"})
"""States in which the team may ask for a correction."""


@dataclass(frozen=True, slots=True)
class Correction:
    """What the team asks of a section. `outcome` is None as long as it is asked."""

    id: UUID
    candidacy_id: UUID
    section: str
    reason: str
    due_on: date
    asked_by: str
    asked_at: datetime
    outcome: Outcome | None = None
    closed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Wish:
    """What staff want corrected, why, and by which day."""

    section: str
    reason: str
    due_on: date


def sections_open(state: State, asked: Collection[str]) -> tuple[str, ...]:
    """The sections that may be changed, in the order of the dossier; `asked` are those to correct."""
    free = OPEN.get(state, ())
    wanted = asked if state in CORRECTABLE else ()
    return tuple(section for section in SECTIONS if section in free or section in wanted)


def changed(before: Mapping[str, str], after: Mapping[str, str]) -> tuple[str, ...]:
    """The names of the answers that differ, in the order of the dossier."""
    names = dict.fromkeys([*before, *after])
    found = [name for name in names if before.get(name, "") != after.get(name, "")]
    order = list(SECTIONS)
    return tuple(sorted(found, key=lambda name: order.index(section_of(name) or order[-1])))


def check_changes(names: Collection[str], opened: Collection[str]) -> tuple[str, ...]:
    """The sections that changed. Refuses where nothing did, or where one is not open (any more)."""
    sections = tuple(dict.fromkeys(section_of(name) or "" for name in names))
    if not sections:
        raise Refused("Aucune réponse n’a changé : il n’y a rien à renvoyer.")
    shut = [TITLES[section] for section in sections if section not in opened]
    if shut:
        raise Refused(
            f"Cette partie ne peut plus être modifiée : {', '.join(shut)}. Vos réponses restent dans ce brouillon ; "
            "écrivez à l’équipe, qui peut vous demander une correction."
        )
    return sections


def check_asked(state: State, wish: Wish, today: date, asked: Collection[str]) -> None:
    """Refuse a request that nobody could answer, or that is already there."""
    if state not in CORRECTABLE:
        raise Refused("Ce dossier ne peut plus être corrigé dans son état actuel.")
    if wish.section not in SECTIONS:
        raise Refused("Choisissez la partie du dossier à corriger.")
    if wish.section in asked:
        raise Refused(f"Une correction de la partie « {TITLES[wish.section]} » est déjà demandée.")
    if not wish.reason.strip():
        raise Refused("Écrivez ce qu’il faut corriger : le porteur du projet le lira.")
    if wish.due_on < today:
        raise Refused("La date limite est passée : choisissez un jour à venir.")
