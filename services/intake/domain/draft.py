"""A draft loses no word: two versions of an answer that crossed are both kept until a person chooses.

A save says on which revision of the answer it was written. On the latest, it follows; on an older one it is
kept beside the stored answer, as a rival, unless both say the same.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from types import MappingProxyType

from intake.domain.refusals import Refused

KEPT = timedelta(days=365)
"""How long a draft that nobody touches is kept; see `intake.domain.retention`."""
MOST_RIVALS = 10
GRID = "grille-"

SECTIONS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "projet": ("titre", "resume", "description", "themes", "chiffres_cles"),
        "porteur": (
            "porteur_nom",
            "porteur_forme",
            "porteur_identifiant",
            "contact_fonction",
            "contact_courriel",
            "partenaires",
            "maitre_oeuvre",
        ),
        "territoire": ("commune", "perimetre"),
        "calendrier": ("stade", "calendrier"),
        "budget": ("budget", "plan"),
        "besoins": ("besoin",),
        "grille": (),
        "documents": ("documents",),
    }
)
"""Section → its answers, in the order of the page; those of the grid are the label's criteria."""
TITLES: Mapping[str, str] = MappingProxyType(
    {
        "projet": "Le projet",
        "porteur": "Le porteur et ses partenaires",
        "territoire": "Le territoire",
        "calendrier": "Le calendrier",
        "budget": "Le budget et le plan de financement",
        "besoins": "Les besoins",
        "grille": "Où vous situez le projet",
        "documents": "Les documents",
        "verification": "Vérifier et envoyer",
    }
)


class AlreadySent(Refused):
    """The draft became a dossier: it takes no more words."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer as typed. Revisions count from 1; 0 is an answer that nobody wrote yet."""

    value: str = ""
    revision: int = 0
    saved_at: datetime | None = None
    rivals: tuple[str, ...] = ()
    """Versions written on an older revision, oldest first, until a person chooses."""


@dataclass(frozen=True, slots=True)
class Save:
    """A value written on revision `base`; `settles` are the rivals that the person saw and decided about."""

    value: str
    base: int
    settles: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Merged:
    """The answer after a save; `conflict` where the value stands beside it and not in it."""

    answer: Answer
    conflict: bool


def merge(stored: Answer, save: Save, at: datetime) -> Merged:
    """Raises `Refused` where more versions wait than a person can compare: the newest stays with its writer."""
    waiting = tuple(rival for rival in stored.rivals if rival not in save.settles)
    if save.value == stored.value:
        others = tuple(rival for rival in waiting if rival != stored.value)
        return Merged(replace(stored, rivals=others), conflict=False)
    waiting = tuple(rival for rival in waiting if rival != save.value)
    if save.base == stored.revision:
        return Merged(Answer(save.value, stored.revision + 1, at, waiting), conflict=False)
    if not save.value.strip():
        return Merged(replace(stored, rivals=waiting), conflict=True)  # a deletion has no words to lose
    if len(waiting) >= MOST_RIVALS:
        raise Refused(
            f"{MOST_RIVALS} versions de cette réponse attendent déjà un choix : rechargez la page et choisissez."
        )
    return Merged(replace(stored, rivals=(*waiting, save.value)), conflict=True)


def section_of(name: str) -> str | None:
    """The section where an answer is asked; None for a name that no section has."""
    if name.startswith(GRID):
        return "grille"
    return next((section for section, names in SECTIONS.items() if name in names), None)
