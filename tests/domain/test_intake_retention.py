"""How long things are kept: never gone without a warning a month before, never while somebody uses them."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from intake.domain.retention import DRAFT, NOTICE, PERIODS, fate, goes_at, is_over
from tests.intake_story import DAY, NOW

ages = st.integers(0, 2000).map(lambda days: days * DAY)


@given(ages, st.none() | ages)
def test_nothing_goes_before_its_time_nor_without_a_month_of_warning(age: timedelta, warned: timedelta | None) -> None:
    seen, warned_at = NOW - age, None if warned is None else NOW - warned
    if fate(seen, warned_at, DRAFT, NOW) == "effacer":
        assert age >= DRAFT
        assert warned_at is not None and seen <= warned_at <= NOW - NOTICE


@given(ages)
def test_whoever_is_warned_on_the_day_that_is_due_goes_on_the_day_that_was_said(late: timedelta) -> None:
    seen = NOW - DRAFT + NOTICE - late
    assert fate(seen, None, DRAFT, NOW) == "prevenir"
    day = goes_at(seen, NOW, DRAFT)
    assert day >= NOW + NOTICE
    assert fate(seen, NOW, DRAFT, day - DAY) == "garder"
    assert fate(seen, NOW, DRAFT, day) == "effacer"


def test_a_warning_counts_no_more_once_somebody_came_back() -> None:
    warned = NOW - DRAFT
    assert fate(NOW - DAY, warned, DRAFT, NOW) == "garder"
    assert fate(warned + DAY, warned, DRAFT, NOW) == "prevenir"
    assert not is_over(warned + DAY, warned, NOW + DRAFT)


def test_the_notice_says_of_each_thing_how_long_and_why() -> None:
    assert len({period.what for period in PERIODS}) == len(PERIODS)
    assert all(period.how_long and period.why for period in PERIODS)
