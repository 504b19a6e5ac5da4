"""What a funder writes of its calendar in a sentence: when a call opens, and every day until which one may apply.

The rule kept here: only whole dates count. A day without year takes the year of the next whole date of the sentence,
or that of the month under which it stands; one that cannot exist is handed back as written, and never mended.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import NamedTuple
from zoneinfo import ZoneInfo

from funding_watch.spiders.dates import MONTHS, deadline_of

_SHORT = {"janv": 1, "févr": 2, "fevr": 2, "avr": 4, "juil": 7, "sept": 9, "oct": 10, "nov": 11, "déc": 12, "dec": 12}
_NUMBERS = {**MONTHS, **_SHORT}
_NAMES = "|".join(sorted(_NUMBERS, key=len, reverse=True))
_GAP = "[ \u00a0\u202f]+"
_CLOCK = r"(?P<hour>\d{1,2})[ \u00a0\u202f]?(?:h|heures?\b)[ \u00a0\u202f]?(?P<minute>\d{2})?"
_HOUR = rf"(?:{_GAP}(?:à|avant){_GAP}{_CLOCK})?"
_DATE = re.compile(
    rf"\b(?:(?P<day>\d{{1,2}})(?:er)?{_GAP}(?P<month>{_NAMES})\b\.?(?:{_GAP}(?P<year>\d{{4}}))?"
    rf"|(?P<d>\d{{1,2}})/(?P<m>\d{{1,2}})/(?P<y>\d{{4}})|(?P<iso>\d{{4}}-\d\d-\d\d)(?!T)){_HOUR}",
    re.I,
)
_OPENING = re.compile(r"(?:à partir du|à compter du|depuis le|dès le|\bouv(?:re|ert\w*)\b[^.;,\d]{0,30})\s*$", re.I)
_FROM = re.compile(r"\b(?:du|entre le)\s*$", re.I)
_TO = re.compile(r"\s*(?:inclus\s*)?(?:au|jusqu|et le)\b", re.I)
_PERMANENT = re.compile(r"au fil de l['’]eau|toute l['’]année|en continu|sans date limite|dispositif permanent", re.I)
_MONTH = re.compile(rf"\b({'|'.join(MONTHS)}){_GAP}(\d{{4}})\b", re.I)


@dataclass(frozen=True, slots=True)
class Calendar:
    """`wrong`: the words that look like a date and are none."""

    opens_on: date | None = None
    cut_offs: tuple[datetime, ...] = ()
    permanent: bool = False
    wrong: tuple[str, ...] = ()


class _Written(NamedTuple):
    """A date of a sentence: what it says, whether it is an opening."""

    words: str
    at: datetime | None
    opens: bool


def read_calendar(text: str | None, zone: str, under: date | None = None) -> Calendar:
    """The dates that a text names, as the funder's; `under` is the first day of the month under which it stands."""
    text = " ".join((text or "").split())
    dates = list(_dates(text, zone, under))
    if not dates and text[:1].isdigit():
        dates = [_alone(text, zone)]
    opening = [one.at.date() for one in dates if one.at and one.opens]
    closing = sorted({one.at for one in dates if one.at and not one.opens})
    return Calendar(
        opens_on=min(opening, default=None),
        cut_offs=tuple(closing),
        permanent=bool(_PERMANENT.search(text)),
        wrong=tuple(one.words for one in dates if one.at is None),
    )


def month_of(heading: str) -> date | None:
    """The month that a heading names, « Mai 2027 » for one; None for any other heading."""
    found = _MONTH.search(heading)
    return date(int(found[2]), MONTHS[found[1].casefold()], 1) if found else None


def _dates(text: str, zone: str, under: date | None) -> Iterator[_Written]:
    found = list(_DATE.finditer(text))
    for place, one in enumerate(found):
        before, after = text[: one.start()], text[one.end() :]
        opens = bool(_OPENING.search(before) or (_FROM.search(before) and _TO.match(after)))
        year = next((later["year"] or later["y"] for later in found[place:] if later["year"] or later["y"]), None)
        yield _Written(one[0], _moment(one, zone, year, under), opens)


def _moment(found: re.Match[str], zone: str, year: str | None, under: date | None) -> datetime | None:
    try:
        day = _day(found, year, under)
        hour = time(int(found["hour"]), int(found["minute"] or 0)) if found["hour"] else time(23, 59, 59)
    except ValueError:
        return None
    return datetime.combine(day, hour, ZoneInfo(zone))


def _day(found: re.Match[str], year: str | None, under: date | None) -> date:
    if found["iso"]:
        return date.fromisoformat(found["iso"])
    if found["y"]:
        return date(int(found["y"]), int(found["m"]), int(found["d"]))
    day, month = int(found["day"]), _NUMBERS[found["month"].casefold()]
    if found["year"] or (year and not under):
        return date(int(found["year"] or year or 0), month, day)
    if under is None:
        raise ValueError(f"{found[0]!r} says no year")
    return date(under.year + (month < under.month), month, day)


def _alone(text: str, zone: str) -> _Written:
    """A field that holds a moment and nothing else, as machines write it."""
    try:
        return _Written(text, deadline_of(text, zone), False)
    except ValueError:
        return _Written(text, None, False)


def earliest(days: Sequence[date | None]) -> date | None:
    """The first of the days that are known."""
    return min((day for day in days if day), default=None)
