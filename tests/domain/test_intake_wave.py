"""A wave opens with a calendar that makes sense and closes when its time has truly come, once."""

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.domain import wave as waves
from intake.domain.refusals import NoOpenWave, Refused
from intake.domain.wave import Calendar, Wave
from tests.intake_story import CALENDAR, DAY, NOW, STAFF

MOMENTS = st.timedeltas(timedelta(days=-60), timedelta(days=60)).map(lambda delta: NOW + delta)


def wave(**changes: object) -> Wave:
    return waves.open_wave(uuid4(), replace(CALENDAR, **changes), STAFF, NOW)[0]  # type: ignore[arg-type] # of its fields


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"title": "  "}, "Donnez un titre"),
        ({"closes_at": CALENDAR.opens_at}, "se terminer après"),
        ({"opens_at": NOW - 3 * DAY, "closes_at": NOW - DAY}, "déjà passée"),
        ({"closes_at": NOW + 4000 * DAY}, "vérifiez l’année"),
        ({"quota": 0}, "entre 1 et"),
        ({"quota": 501}, "entre 1 et"),
    ],
)
def test_a_calendar_that_makes_no_sense_is_refused(changes: dict[str, object], sentence: str) -> None:
    with pytest.raises(Refused, match=sentence):
        wave(**changes)


def test_opening_tells_the_calendar() -> None:
    made, [told] = waves.open_wave(uuid4(), CALENDAR, STAFF, NOW)

    assert (told.wave_id, told.title, told.quota) == (made.id, CALENDAR.title, 10)
    assert told.closes_at == CALENDAR.closes_at
    assert made.opened_by == STAFF


def test_the_appointment_and_the_closing_time_are_the_same_second() -> None:
    assert wave(closes_at=NOW + timedelta(days=1, microseconds=999_999)).calendar.closes_at == NOW + DAY


@given(MOMENTS)
def test_a_wave_closes_at_its_time_and_not_before(at: datetime) -> None:
    open_wave = wave()
    closed, told = waves.close(open_wave, at)

    assert bool(told) is (at >= CALENDAR.closes_at) is not closed.is_open
    assert waves.close(closed, at) == (closed, [])


@given(MOMENTS)
def test_a_wave_takes_dossiers_between_its_two_moments(at: datetime) -> None:
    assert waves.takes_dossiers(wave(), at) is (CALENDAR.opens_at <= at < CALENDAR.closes_at)


def test_no_wave_says_so() -> None:
    with pytest.raises(NoOpenWave, match="Aucune vague"):
        waves.check_takes_dossiers(None, NOW)
    with pytest.raises(NoOpenWave, match="pas encore ouverte"):
        waves.check_takes_dossiers(wave(opens_at=NOW + DAY), NOW)
    with pytest.raises(NoOpenWave, match="est close"):
        waves.check_takes_dossiers(wave(), CALENDAR.closes_at)


def test_a_calendar_is_a_value() -> None:
    assert Calendar("a", NOW, NOW + DAY, 1) == Calendar("a", NOW, NOW + DAY, 1)
