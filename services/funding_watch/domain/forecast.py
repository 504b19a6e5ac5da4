"""When a closed call may open again, by the months in which it, or its earlier editions, did.

The rule kept here: a forecast is never shown as a fact. It names the openings that it rests on, two years at least, and
ends as soon as a new edition is announced.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from funding_watch.domain.duplicates import words_and_numbers
from funding_watch.domain.wording import MONTHS, listed
from funding_watch.domain.words import folded

LEAST_YEARS = 2
"""Years with an opening at the same time of year: one is no rhythm."""
APART = 1
"""Months by which two openings of one rhythm may differ."""


@dataclass(frozen=True, slots=True)
class Edition:
    """A call as an edition of a scheme; `openings` are all the days on which it is known to have opened."""

    key: str
    title: str
    funders: tuple[str, ...]
    openings: tuple[date, ...]
    over: bool
    """Whether it is closed."""


@dataclass(frozen=True, slots=True)
class Forecast:
    """The month in which a call is expected to open again, and the openings that say so."""

    key: str
    expected: date
    """The first day of that month."""
    seen: tuple[date, ...]

    @property
    def sentence(self) -> str:
        """« Ouvert en janvier 2025 et en janvier 2026 : à préparer pour janvier 2027. »"""
        known = listed(f"en {_month(day)}" for day in self.seen)
        return f"Ouvert {known}\u202f: à préparer pour {_month(self.expected)}."


def forecasts(editions: Iterable[Edition], today: date) -> dict[str, Forecast]:
    """By key of the latest edition of each scheme, what to expect; none where one is open or announced."""
    schemes: dict[object, list[Edition]] = defaultdict(list)
    for edition in editions:
        schemes[_scheme(edition)].append(edition)
    found = (_forecast(group, today) for group in schemes.values() if all(one.over for one in group))
    return {one.key: one for one in found if one}


def _scheme(edition: Edition) -> object:
    """Editions of one scheme have one funder and one title, but for years and numbers."""
    words, _ = words_and_numbers(edition.title)
    return words or edition.key, frozenset(map(folded, edition.funders))


def _forecast(editions: Sequence[Edition], today: date) -> Forecast | None:
    openings = sorted({day for one in editions for day in one.openings if day <= today})
    if not openings:
        return None
    last = openings[-1]
    rhythm = _one_a_year([day for day in openings if _months_apart(day.month, last.month) <= APART])
    if len(rhythm) < LEAST_YEARS or not _follow(rhythm):
        return None
    latest = max(editions, key=lambda one: (max(one.openings, default=date.min), one.key))
    return Forecast(latest.key, _next(last, today), tuple(rhythm.values())[-3:])


def _one_a_year(days: Iterable[date]) -> Mapping[int, date]:
    return {day.year: day for day in days}


def _follow(rhythm: Mapping[int, date]) -> bool:
    """Whether the last two years with an opening are next to each other: an old rhythm says nothing of now."""
    *_, before, last = sorted(rhythm)
    return last - before == 1


def _months_apart(one: int, other: int) -> int:
    distance = abs(one - other)
    return min(distance, 12 - distance)


def _next(last: date, today: date) -> date:
    year = last.year + 1
    while (year, last.month) < (today.year, today.month):
        year += 1
    return date(year, last.month, 1)


def _month(day: date) -> str:
    return f"{MONTHS[day.month - 1]} {day.year}"
