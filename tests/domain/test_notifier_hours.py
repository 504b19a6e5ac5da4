"""Hours at which people are written to: working days in Paris, never in the night that changes the clock."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifier.domain.hours import PARIS, Rhythm, is_quiet, next_open, next_slot

MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - bounds


def paris(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=PARIS)  # type: ignore[arg-type, misc]  # year to minute


@pytest.mark.parametrize(
    ("at", "quiet"),
    [
        (paris(2026, 3, 12, 8, 0), False),
        (paris(2026, 3, 12, 18, 59), False),
        (paris(2026, 3, 12, 19, 0), True),
        (paris(2026, 3, 12, 7, 59), True),
        (paris(2026, 3, 14, 12, 0), True),
        (paris(2026, 4, 6, 12, 0), True),  # Easter Monday
        (paris(2026, 5, 14, 12, 0), True),  # Ascension
        (paris(2026, 7, 14, 12, 0), True),
    ],
)
def test_nights_week_ends_and_holidays_are_quiet(at: datetime, quiet: bool) -> None:
    assert is_quiet(at) is quiet


@pytest.mark.parametrize(
    ("rhythm", "at", "expected"),
    [
        ("quotidien", paris(2026, 3, 27, 9, 0), paris(2026, 3, 30, 9, 0)),  # over the change to summer time
        ("quotidien", paris(2026, 10, 23, 10, 0), paris(2026, 10, 26, 9, 0)),  # and back
        ("hebdomadaire", paris(2026, 5, 13, 10, 0), paris(2026, 5, 15, 9, 0)),  # Thursday is a holiday
        ("hebdomadaire", paris(2026, 5, 14, 23, 0), paris(2026, 5, 15, 9, 0)),
        ("hebdomadaire", paris(2026, 5, 15, 9, 0), paris(2026, 5, 21, 9, 0)),
        ("immediat", paris(2026, 3, 12, 12, 0), paris(2026, 3, 12, 12, 0)),
        ("immediat", paris(2026, 3, 13, 20, 0), paris(2026, 3, 16, 8, 0)),
    ],
)
def test_slots(rhythm: Rhythm, at: datetime, expected: datetime) -> None:
    assert next_slot(rhythm, at, 9, 3) == expected.astimezone(UTC)


@given(at=MOMENTS, hour=st.integers(8, 18), weekday=st.integers(0, 4))
def test_every_slot_is_later_soon_and_at_its_hour(at: datetime, hour: int, weekday: int) -> None:
    daily, weekly = (next_slot(rhythm, at, hour, weekday) for rhythm in ("quotidien", "hebdomadaire"))

    assert daily is not None
    assert weekly is not None
    assert at < daily <= weekly <= at + timedelta(days=11)
    assert {one.astimezone(PARIS).hour for one in (daily, weekly)} == {hour}
    assert not is_quiet(daily)
    assert at <= next_open(at) <= at + timedelta(days=5)


def test_never_is_never_and_a_bad_hour_is_refused() -> None:
    assert next_slot("jamais", paris(2026, 3, 12, 9, 0), 9, 3) is None
    with pytest.raises(ValueError, match="hour 3"):
        next_slot("quotidien", paris(2026, 3, 12, 9, 0), 3, 3)
