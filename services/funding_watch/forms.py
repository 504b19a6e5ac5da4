"""What people type on the pages of the watch, read into the domain's words; errors are French, beside the field."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import cast
from uuid import UUID

from funding_watch.domain.board import WHICH_WORDS, Filters, Which
from funding_watch.domain.triage import LONGEST_NOTE, REASONS, STATES, Reason, State, Step
from kernel.contracts.triage import Decoding

Typed = Mapping[str, str]
MOST_EUROS = 1_000_000_000
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
LONGEST_PART = 4_000
PARTS: Mapping[str, tuple[str, str]] = {
    "in_short": ("En bref", "Ce que l’aide permet, en deux phrases"),
    "who": ("Pour qui", "Qui peut candidater, et qui ne peut pas"),
    "how_much": ("Combien", "Taux, plafond, plancher, et ce que l’on obtient d’habitude"),
    "prepare": ("Quoi préparer", "Pièces, délibération, études, délais"),
    "traps": ("Les pièges", "Ce qui fait refuser un dossier"),
    "contact": ("Qui appeler", "Un service et son standard, pas une personne"),
}
"""Of a décryptage: field → its title and what to write there."""


@dataclass(frozen=True, slots=True)
class Errors:
    """What is to be corrected, by field."""

    by_field: Mapping[str, str]


def filters_of(asked: Typed, myself: str) -> Filters:
    """The view that an address names; an unknown value is no filter."""
    which, reason = asked.get("etat", ""), asked.get("motif", "")
    project = asked.get("projet", "")
    return Filters(
        which=cast("Which", which) if which in WHICH_WORDS else "a_trier",
        project=identity(project),
        call=asked.get("appel", ""),
        person=myself if asked.get("pour") == "moi" else asked.get("pour", ""),
        late=asked.get("retard") == "oui",
        reason=reason if reason in REASONS else None,
        text=asked.get("q", "").strip()[:200],
    )


def identity(text: str) -> UUID | None:
    """An identifier as typed in an address; None where it is none."""
    try:
        return UUID(text)
    except ValueError:
        return None


def read_step(typed: Typed) -> Step | Errors:
    """Where somebody wants a match to go. What the table says of it is the domain's to decide."""
    to, reason, words = typed.get("etat", ""), typed.get("motif", ""), plain(typed.get("mots", ""))
    errors: dict[str, str] = {}
    if to not in STATES:
        errors["etat"] = "Choisissez ce que devient cet appel."
    if to == "ecarte" and reason not in REASONS:
        errors["motif"] = "Dites pourquoi cet appel est écarté : la veille en tient compte."
    if len(words) > LONGEST_NOTE:
        errors["mots"] = f"Ces mots ont {len(words)} caractères ; {LONGEST_NOTE} au plus."
    amount = read_euros(typed.get("montant", "")) if to == "obtenu" else None
    if isinstance(amount, str):
        errors["montant"] = amount
    if errors:
        return Errors(errors)
    why = cast("Reason", reason) if to == "ecarte" else None
    return Step(cast("State", to), why, words, cast("int | None", amount))


def read_euros(text: str) -> int | str | None:
    """A sum typed as one likes (« 12 500 », « 12500,50 € »), rounded down; None when empty, else what is wrong."""
    tight = re.sub(r"[\s\u202f\u00a0€]", "", text)
    if not tight:
        return None
    if not re.fullmatch(r"\d{1,12}([.,]\d{1,2})?", tight, re.ASCII):
        return f"« {text.strip()[:40]} » n’est pas une somme en euros. Écrivez par exemple 12 500."
    amount = int(re.split("[.,]", tight)[0])
    if not 0 < amount <= MOST_EUROS:
        return f"« {text.strip()[:40]} » : une somme est entre 1 € et un milliard d’euros."
    return amount


def read_day(text: str) -> date | str | None:
    """A day from a date field; None when empty, else what is wrong."""
    if not text.strip():
        return None
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return f"« {text.strip()[:20]} » n’est pas une date. Écrivez par exemple 2026-09-30."


def read_decoding(typed: Typed) -> Decoding | Errors:
    """The six parts of a décryptage; at least one has words."""
    parts = {name: plain(typed.get(name, "")) for name in PARTS}
    errors = {
        name: f"Cette partie a {len(text)} caractères ; {LONGEST_PART} au plus."
        for name, text in parts.items()
        if len(text) > LONGEST_PART
    }
    if not any(parts.values()):
        errors["in_short"] = "Écrivez au moins une partie, à commencer par « En bref »."
    return Errors(errors) if errors else Decoding(**parts)


def plain(text: str) -> str:
    """One kind of line end, no control character, no space at either end."""
    return _CONTROL.sub("\ufffd", text.replace("\r\n", "\n").replace("\r", "\n")).strip()
