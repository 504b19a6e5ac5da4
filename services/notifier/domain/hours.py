"""Nobody is written to at night, on a week-end or on a public holiday; a rhythm names working mornings.

Hours are those of Paris and lie between eight and nineteen, so that no slot falls where a change of the
clock skips or repeats an hour.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from kernel.contracts.working_days import is_working_day

Rhythm = Literal["immediat", "quotidien", "hebdomadaire", "jamais"]
PARIS = ZoneInfo("Europe/Paris")
OPENS, CLOSES = 8, 19
"""Hours of Paris; between the second and the first nobody is written to."""
_LONGEST_CLOSURE = 30
"""Days that are looked through for a working one; no run of holidays comes near."""


def is_quiet(at: datetime) -> bool:
    """Whether nobody is written to at the time `at`."""
    local = at.astimezone(PARIS)
    return not (is_working_day(local.date()) and OPENS <= local.hour < CLOSES)


def next_open(at: datetime) -> datetime:
    """The first moment from `at` on that is not quiet, in UTC."""
    if not is_quiet(at):
        return at.astimezone(UTC)
    return next(moment for moment in _mornings(at, OPENS) if moment >= at)


def next_slot(rhythm: Rhythm, at: datetime, hour: int, weekday: int) -> datetime | None:
    """When a rhythm writes next, strictly after `at` (at once: from `at` on); None where it never does.

    `weekday` counts from Monday, 0; a weekly slot on a holiday moves to the next working day.
    """
    if rhythm == "jamais":
        return None
    if rhythm == "immediat":
        return next_open(at)
    if not OPENS <= hour < CLOSES or not 0 <= weekday <= 4:
        raise ValueError(f"hour {hour} must be from {OPENS} to {CLOSES - 1}, weekday {weekday} from 0 to 4")
    if rhythm == "quotidien":
        return next(moment for moment in _mornings(at, hour) if moment > at)
    return next(moment for moment in _weekly(at, hour, weekday) if moment > at)


def _mornings(at: datetime, hour: int) -> Iterator[datetime]:
    first = at.astimezone(PARIS).date()
    for number in range(_LONGEST_CLOSURE):
        day = first + timedelta(days=number)
        if is_working_day(day):
            yield _moment(day, hour)


def _weekly(at: datetime, hour: int, weekday: int) -> Iterator[datetime]:
    local = at.astimezone(PARIS).date()
    named = local - timedelta(days=local.weekday() - weekday + 7)  # the week before too: its slot may have moved on
    for week in range(_LONGEST_CLOSURE // 7):
        day = named + timedelta(weeks=week)
        while not is_working_day(day):
            day += timedelta(days=1)
        yield _moment(day, hour)


def _moment(day: date, hour: int) -> datetime:
    return datetime.combine(day, time(hour), PARIS).astimezone(UTC)
