"""The short forms of a dossier on the staff's desk; each comes back with its words on an error."""

from dataclasses import dataclass
from datetime import date

from intake.domain.draft import SECTIONS
from intake.domain.revision import Wish
from intake.forms.candidacy import ToCorrect
from intake.forms.reading import Reader
from intake.forms.staff import REASON
from intake.forms.values import YEARS, Wrong
from intake.forms.words import Words

NOTE = 4_000


@dataclass(frozen=True, slots=True)
class Late:
    """What staff decide on a dossier that came late, and why."""

    taken: bool
    reason: str


def day(typed: str) -> date:
    """A day as a date field sends it, `2026-03-12`, or as people write it, `12/03/2026`."""
    text = typed.strip()
    try:
        found = date(*map(int, reversed(text.split("/")))) if "/" in text else date.fromisoformat(text)
    except (ValueError, TypeError):
        raise Wrong("Choisissez un jour, par exemple 12/03/2026.") from None
    if found.year not in YEARS:
        raise Wrong("L’année doit être comprise entre 2000 et 2100.")
    return found


def read_correction(words: Words) -> Wish | ToCorrect:
    """The fields `partie`, `demande` and `echeance`."""
    reader = Reader(words)
    section = reader.choice("partie", words["partie"], SECTIONS, "Choisissez la partie du dossier à corriger.")
    reason = reader.text("demande", REASON, "Écrivez ce qu’il faut corriger : le porteur du projet le lira.")
    due_on = reader.value("echeance", words["echeance"], day)
    return ToCorrect(reader.errors) if reader.errors or due_on is None else Wish(section, reason, due_on)


def read_late(words: Words) -> Late | ToCorrect:
    """The fields `retard` and `motif_retard`."""
    reader = Reader(words)
    choice = reader.choice("retard", words["retard"], {"accepte", "refuse"}, "Choisissez : pris ou non.")
    reason = reader.text("motif_retard", REASON, "Écrivez le motif : le porteur du projet le lira.")
    return ToCorrect(reader.errors) if reader.errors else Late(choice == "accepte", reason)


def read_note(words: Words) -> str | ToCorrect:
    """The field `note`."""
    reader = Reader(words)
    text = reader.text("note", NOTE, "Écrivez la note.")
    return ToCorrect(reader.errors) if reader.errors else text
