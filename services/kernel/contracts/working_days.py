"""People are written to on the days when France works: not on a week-end, not on a public holiday."""

from datetime import date, timedelta
from functools import cache

import holidays


@cache
def _holidays(year: int) -> frozenset[date]:
    return frozenset(holidays.country_holidays("FR", years=year))


def is_working_day(day: date) -> bool:
    """Whether `day` is neither on a week-end nor a French public holiday."""
    return day.weekday() < 5 and day not in _holidays(day.year)


def working_day_from(day: date, step: int) -> date:
    """`day` itself where it is worked, else the nearest one that is: after it (`step` 1) or before it (-1)."""
    while not is_working_day(day):
        day += timedelta(days=step)
    return day
