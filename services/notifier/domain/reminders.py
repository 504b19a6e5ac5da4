"""A porteur is reminded thirty, fourteen, seven and two days before a deadline, in the morning, once for each.

A reminder whose day is not worked comes on the working morning before it: early is safe, late is not. After an
outage only the nearest is told, since one mail says what the others would have.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

from kernel.contracts.working_days import working_day_from
from notifier.domain.hours import PARIS

DAYS = (30, 14, 7, 2)
HOUR = 9


def slots(closes_on: date) -> Iterator[tuple[int, datetime]]:
    """Each reminder of a deadline, in days before it, and its moment."""
    for days in DAYS:
        day = working_day_from(closes_on - timedelta(days=days), -1)
        yield days, datetime.combine(day, time(HOUR), PARIS).astimezone(UTC)


def upcoming(closes_on: date, after: datetime) -> datetime | None:
    """The moment of the next reminder, strictly after `after`."""
    return next((moment for _, moment in slots(closes_on) if moment > after), None)


def due(closes_on: date, since: datetime, at: datetime) -> int | None:
    """Which reminder is to be told at `at` of a call passed on at `since`: the nearest that has come, or none."""
    if at.astimezone(PARIS).date() > closes_on:
        return None
    return min((days for days, moment in slots(closes_on) if since < moment <= at), default=None)
