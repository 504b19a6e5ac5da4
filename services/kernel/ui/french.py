"""Dates, amounts and punctuation as a French reader expects them: each value is written in one way."""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal, localcontext
from types import MappingProxyType
from zoneinfo import ZoneInfo

from babel.dates import format_date
from babel.numbers import format_decimal
from markupsafe import Markup, escape

Number = int | float | Decimal

PARIS = ZoneInfo("Europe/Paris")
NARROW = "\u202f"  # narrow no-break space
MINUS = "\u2212"
UNKNOWN = "non précisé"
UNDATED = "non précisée"
_DIGITS = 200  # precision of the roundings: no amount met here may raise, however long

_MARK = re.compile(r"(?<=[^\s?!;:])[ \u00a0\u202f]*(?=[?!;:]+(?:[\s»\")\]]|$))")
_SPACED_MARK = re.compile(r"(?<!\s)[ \u00a0]+(?=[?!;:])")
_OPENING = re.compile(r"«[ \u00a0\u202f]*")
_CLOSING = re.compile(r"[ \u00a0\u202f]*»")
_IN_NUMBER = re.compile(r"(?<=\d)[ \u00a0](?=\d{3}\b|[€%])")
_APOSTROPHE = re.compile(r"(?<=[^\W\d_])'(?=[^\W\d_])")
_MARKUP = re.compile(r"(<[^>]*>|&(?:#\w+|\w+);)")


def _local_day(day: date) -> date:
    """The calendar day in Paris; a bare date is taken as it is, a datetime must be aware."""
    if not isinstance(day, datetime):
        return day
    if day.tzinfo is None:
        raise ValueError(f"{day!r} has no time zone: give an aware datetime")
    return day.astimezone(PARIS).date()


def _dated(day: date, pattern: str) -> str:
    """Babel writes « 1 mars »; the first of a month is « 1er mars »."""
    local = _local_day(day)
    text = format_date(local, pattern, locale="fr")
    return re.sub(r"\b1(?= )", "1er", text, count=1) if local.day == 1 else text


def date_longue(day: date | None) -> str:
    """« jeudi 12 mars 2026 »."""
    return UNDATED if day is None else _dated(day, "EEEE d MMMM y")


def date_courte(day: date | None) -> str:
    """« 12 mars 2026 », « 3 févr. 2026 »: for tables."""
    return UNDATED if day is None else _dated(day, "d MMM y")


def date_heure(at: datetime | None) -> str:
    """« jeudi 12 mars 2026 à 12 h », « … à 9 h 05 », in Paris time."""
    if at is None:
        return UNDATED
    day = date_longue(at)  # first, since it refuses a naive datetime
    local = at.astimezone(PARIS)
    minutes = f"{NARROW}{local.minute:02d}" if local.minute else ""
    return f"{day} à {local.hour}{NARROW}h{minutes}"


def heure(at: datetime) -> str:
    """« 9 h 05 », in Paris time."""
    return date_heure(at).rpartition(" à ")[2]


def date_limite(day: date | None) -> str:
    """With its time when it has one: a datetime is written as `date_heure`, a date as `date_longue`."""
    return date_heure(day) if isinstance(day, datetime) else date_longue(day)


def jours(day: date, today: date) -> int:
    """Whole calendar days in Paris from today to that day; negative when it is past."""
    return (_local_day(day) - _local_day(today)).days


def jours_restants(day: date | None, today: date) -> str:
    """« dans 12 jours », « demain », « aujourd’hui », « clos depuis 3 jours »."""
    if day is None:
        return "sans date limite"
    left = jours(day, today)
    named = {0: "aujourd’hui", 1: "demain", -1: "clos depuis hier"}
    if left in named:
        return named[left]
    amount = nombre(abs(left))
    return f"dans {amount} jours" if left > 0 else f"clos depuis {amount} jours"


def poids(size: int) -> str:
    """« 12 octets », « 340 ko », « 2,4 Mo »: how heavy a file is, in thousands of bytes as shops count them."""
    if size < 1_000:
        return f"{size} octet" + ("s" if size > 1 else "")
    unit, part = ("ko", 1_000) if size < 1_000_000 else ("Mo", 1_000_000)
    return f"{nombre(size / part, 0 if unit == 'ko' else 1)}{NARROW}{unit}"


def nombre(value: Number | None, decimals: int = 2) -> str:
    """« 12 500 », « 3,25 », « −4 »; at most that many decimals, none when they are zero."""
    if value is None:
        return UNKNOWN
    exact = Decimal(str(value))
    if not exact.is_finite():
        raise ValueError(f"{value!r} is not a number that can be shown")
    with localcontext() as context:
        context.prec = _DIGITS
        rounded = round(exact, decimals) + 0  # + 0 turns −0 into 0
        pattern = "#,##0." + "#" * decimals
        text = format_decimal(rounded, format=pattern, locale="fr", decimal_quantization=False)
    return text.replace("\u00a0", NARROW).replace("-", MINUS)


def euros(value: Number | None) -> str:
    """« 12 500 € », « 12,50 € »: cents only when there are some, then both digits."""
    if value is None:
        return UNKNOWN
    text = nombre(value)
    whole, comma, cents = text.partition(",")
    return f"{whole}{comma}{cents.ljust(2, '0') if comma else ''}{NARROW}€"


def taux(value: Number | None) -> str:
    """« 80 % », « 12,5 % »; the value is in percent, not a fraction."""
    return UNKNOWN if value is None else f"{nombre(value)}{NARROW}%"


def _typeset(text: str) -> str:
    text = _OPENING.sub(f"«{NARROW}", _CLOSING.sub(f"{NARROW}»", text))
    text = _MARK.sub(NARROW, _SPACED_MARK.sub(NARROW, text))
    return _APOSTROPHE.sub("’", _IN_NUMBER.sub(NARROW, text))


def typo(value: object) -> Markup:
    """French spacing, in amounts too, and apostrophes on a text typed by people, escaped.

    What is already Markup keeps its tags and entities; only the words between them change. Addresses
    (`https://…`) and clock times (`12:30`) are left alone, since no space follows their colon.
    """
    if not isinstance(value, Markup):
        return escape(_typeset(str(value)))
    pieces = _MARKUP.split(str(value))
    pieces[::2] = [_typeset(piece) for piece in pieces[::2]]
    return Markup("".join(pieces))  # noqa: S704 - every piece comes from a value that was Markup already


FILTERS: Mapping[str, Callable[..., object]] = MappingProxyType(
    {
        "date_longue": date_longue,
        "date_courte": date_courte,
        "date_heure": date_heure,
        "date_limite": date_limite,
        "heure": heure,
        "jours": jours,
        "jours_restants": jours_restants,
        "nombre": nombre,
        "poids": poids,
        "euros": euros,
        "taux": taux,
        "typo": typo,
    }
)
