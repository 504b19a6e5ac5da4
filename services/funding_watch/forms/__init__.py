"""What people type on the pages of the watch, read into the domain's words; errors are French, beside the field."""

from collections.abc import Mapping
from typing import cast
from uuid import UUID

from funding_watch.domain.board import WHICH_WORDS, Filters, Which
from funding_watch.domain.triage import LONGEST_NOTE, REASONS, STATES, Reason, State, Step
from funding_watch.forms.fields import Errors, Typed, plain, read_day, read_euros
from kernel.contracts.triage import Decoding

__all__ = [
    "PARTS",
    "Errors",
    "Typed",
    "filters_of",
    "identity",
    "plain",
    "read_day",
    "read_decoding",
    "read_euros",
    "read_step",
]

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
