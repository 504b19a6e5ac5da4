"""One field read at a time: sums, days and words as people type them; what is wrong is a French sentence."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

Typed = Mapping[str, str]
MOST_EUROS = 1_000_000_000
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Errors:
    """What is to be corrected, by field."""

    by_field: Mapping[str, str]


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


def plain(text: str) -> str:
    """One kind of line end, no control character, no space at either end."""
    return _CONTROL.sub("\ufffd", text.replace("\r\n", "\n").replace("\r", "\n")).strip()
