"""One typed value at a time: an amount, a month, an address, an identifier; else `Wrong` with what to do."""

import re
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from zoneinfo import ZoneInfo

from stdnum.fr import siren, siret

LARGEST_AMOUNT = 10_000_000_000
"""Euros; the largest project of a territory is far below, and the amount of a typing slip often above."""
YEARS = range(2000, 2101)
PARIS = ZoneInfo("Europe/Paris")

_UNITS = {
    "": 1, "€": 1, "euro": 1, "euros": 1, "eur": 1,
    "k€": 1_000, "ke": 1_000, "keuros": 1_000,
    "m€": 1_000_000, "million": 1_000_000, "millions": 1_000_000,
    "millioneuros": 1_000_000, "millionseuros": 1_000_000, "milliondeuros": 1_000_000, "millionsdeuros": 1_000_000,
}  # fmt: skip
_AMOUNT = re.compile(r"([0-9][0-9 .,']*)([^0-9]*)")
_GROUPED = re.compile(r"[0-9]{1,3}(?:([ .,'])[0-9]{3})(?:\1[0-9]{3})*")
_MOMENT = re.compile(r"(\d\d?)[/.-](\d\d?)[/.-](\d{4})(?:,| à)? (\d\d?) ?[h:](?: ?(\d\d))?", re.IGNORECASE)
_MONTH = re.compile(r"([0-9]{4})[-/. ]([0-9]{1,2})|([0-9]{1,2})[-/. ]([0-9]{4})")
_EMAIL = re.compile(
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,63}"
)
_RNA = re.compile(r"W[0-9]{9}")

_PLAIN: dict[int, str | None] = {
    **{full: chr(full - 0xFEE0) for full in range(0xFF01, 0xFF5F)},
    **dict.fromkeys(map(ord, "’\u02bc"), "'"),
    **dict.fromkeys(map(ord, "\u200b\u200e\u200f\u2060\ufeff")),
}


class Wrong(Exception):
    """A value that cannot be understood. The text says what to write instead."""


def amount(typed: str) -> int | None:
    """Whole euros from « 12 000,50 € », « 12000.5 », « 12.000 », « 1,2 M€ »; half a euro rounds up. None if empty.

    A mark followed by exactly three digits separates thousands, since no amount has thousandths of a euro.
    """
    text = _plain(typed)
    if not text:
        return None
    if text.startswith(("-", "\u2212")):
        raise Wrong("Écrivez un montant positif, par exemple 12 500.")
    found = _AMOUNT.fullmatch(text)
    unit = _UNITS.get(_letters(found[2])) if found else None
    number = _number(found[1].strip()) if found else None
    if number is None or unit is None:
        raise Wrong("Écrivez le montant en chiffres, par exemple 12 500 ou 12 500,50.")
    euros = (number * unit).quantize(Decimal(1), ROUND_HALF_UP)
    if euros > LARGEST_AMOUNT:
        raise Wrong("Ce montant dépasse dix milliards d’euros : vérifiez le nombre de zéros.")
    return int(euros)


def _number(text: str) -> Decimal | None:
    """A number with its French, English or Swiss marks; None where the marks contradict each other."""
    if len(text) > 40:
        return None
    whole, mark, cents = _split_decimals(text)
    if whole.isdecimal() or _GROUPED.fullmatch(whole):
        digits = re.sub(r"[ .,']", "", whole)
        return Decimal(f"{digits}.{cents}" if mark else digits)
    return None


def _split_decimals(text: str) -> tuple[str, str, str]:
    """The part before the decimal mark, the mark, the digits behind it: one mark, not before three digits."""
    found = re.fullmatch(r"(.*?[0-9]) ?([.,]) ?([0-9]{1,2}|[0-9]{4,})", text)
    return (found[1], found[2], found[3]) if found else (text, "", "")


def _letters(unit: str) -> str:
    return re.sub(r"[ .'’]", "", unit.casefold())


def _plain(text: str) -> str:
    """Full-width characters, apostrophes and every kind of space in their plain form; marks without width go."""
    return " ".join(text.translate(_PLAIN).split())


def month(typed: str) -> str | None:
    """`2026-09` from « 2026-09 », « 9/2026 »; None if empty."""
    text = _plain(typed)
    if not text:
        return None
    found = _MONTH.fullmatch(text)
    if found:
        year, number = (int(found[1]), int(found[2])) if found[1] else (int(found[4]), int(found[3]))
        if year in YEARS and 1 <= number <= 12:
            return f"{year:04d}-{number:02d}"
    raise Wrong("Écrivez le mois et l’année, par exemple 2026-09 pour septembre 2026.")


def moment(typed: str) -> datetime:
    """An aware moment from what a date and time field sends (`2026-03-12T12:00`, Paris time) or ISO 8601.

    « 12/03/2026 à 12 h 30 » too, which a browser without such a field leaves people to write.
    """
    french = _MOMENT.fullmatch(_plain(typed))
    text = "{2}-{1:0>2}-{0:0>2}T{3:0>2}:{4:0>2}".format(*french.groups("0")) if french else typed.strip()
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise Wrong("Choisissez un jour et une heure, par exemple 12/03/2026 à 12 h.") from None
    if found.year not in YEARS:
        raise Wrong("L’année doit être comprise entre 2000 et 2100.")
    return found if found.tzinfo else found.replace(tzinfo=PARIS)


def email(typed: str) -> str:
    """An address that a mail server could take; its domain in lower case."""
    text = _plain(typed).removeprefix("mailto:")
    if len(text) > 254 or len(text.partition("@")[0]) > 64 or not _EMAIL.fullmatch(text):
        raise Wrong("Vérifiez l’adresse électronique : elle s’écrit comme accueil@commune.example.")
    name, _, domain = text.rpartition("@")
    return f"{name}@{domain.lower()}"


def identifier(typed: str) -> str | None:
    """A SIRET (14 digits), a SIREN (9) or an RNA number (W and 9 digits), without spaces; None if empty."""
    text = re.sub(r"[ .\-]", "", _plain(typed)).upper()
    if not text:
        return None
    if _RNA.fullmatch(text):
        return text
    if not re.fullmatch(r"[0-9]+", text) or len(text) not in {9, 14}:
        raise Wrong("Un SIRET a 14 chiffres, un SIREN 9 chiffres, un numéro RNA la lettre W puis 9 chiffres.")
    known = siren.is_valid(text) if len(text) == 9 else siret.is_valid(text)
    if not known or set(text) == {"0"}:  # zeros pass the check digit, and are nobody's number
        raise Wrong("Un chiffre de ce numéro n’est pas le bon : recopiez-le depuis un document officiel.")
    return text
