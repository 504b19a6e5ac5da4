"""The two forms of the staff's desk: a wave and a preselection; both come back with their words on an error."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from intake.domain.wave import Calendar
from intake.forms import values
from intake.forms.candidacy import ToCorrect
from intake.forms.reading import Reader
from intake.forms.words import Words
from kernel.contracts.label import Label

REASON = 4_000
QUOTA = "Écrivez le nombre de dossiers que la vague retiendra, par exemple 10."


@dataclass(frozen=True, slots=True)
class Choice:
    """What staff decide on a candidacy at the preselection, and why."""

    decision: Literal["retenu", "non_retenu"]
    reason: str


def read_wave(words: Words, label: Label) -> Calendar | ToCorrect:
    """A wave's calendar; the quota is the label's where it is left empty."""
    reader = Reader(words)
    title = reader.line("title", 160, "Donnez un titre à la vague.")
    opens_at = reader.value("opens_at", words["opens_at"], values.moment)
    closes_at = reader.value("closes_at", words["closes_at"], values.moment)
    quota = reader.checked("quota", words["quota"], 20) or str(label.quota)
    if not (quota.isascii() and quota.isdecimal() and len(quota) <= 4):
        reader.wrong("quota", QUOTA)
    if reader.errors or opens_at is None or closes_at is None:
        return ToCorrect(reader.errors)
    return Calendar(title, opens_at, closes_at, int(quota))


@dataclass(frozen=True, slots=True)
class Extension:
    """A later closing, and why."""

    closes_at: datetime
    reason: str


def read_extension(words: Words) -> Extension | ToCorrect:
    """The fields `nouvelle_cloture` and `motif_prolongation`."""
    reader = Reader(words)
    closes_at = reader.value("nouvelle_cloture", words["nouvelle_cloture"], values.moment)
    reason = reader.text("motif_prolongation", REASON, "Écrivez pourquoi la vague est prolongée.")
    return ToCorrect(reader.errors) if reader.errors or closes_at is None else Extension(closes_at, reason)


def read_choice(words: Words) -> Choice | ToCorrect:
    """A preselection: kept or not, with the reason."""
    reader = Reader(words)
    known = {"retenu", "non_retenu"}
    decision = reader.choice("decision", words["decision"], known, "Choisissez : retenu ou non retenu.")
    reason = reader.text("motif", REASON, "Écrivez le motif : le porteur du projet le lira.")
    if reader.errors:
        return ToCorrect(reader.errors)
    return Choice("retenu" if decision == "retenu" else "non_retenu", reason)


def read_reason(words: Words, missing: str) -> str | ToCorrect:
    """A reason alone, in the field `motif`."""
    reader = Reader(words)
    reason = reader.text("motif", REASON, missing)
    return ToCorrect(reader.errors) if reader.errors else reason
