"""Jurors are reminded on three mornings, and only of what they still have to mark."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from scoring.domain.reminders import late, next_reminder
from scoring.domain.sittings import Phase
from tests.domain.test_scoring_marks import ALL, TIED, A, B, book

DUE = date(2026, 4, 15)


def at(day: int, hour: int, month: int = 4) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (at(12, 12, 3), at(8, 6)),  # a week before, at 8 in Paris, which is 6 in summer
        (at(8, 6), at(13, 6)),
        (at(13, 7), at(15, 6)),
        (at(15, 5), at(15, 6)),
        (at(15, 6), None),
    ],
)
def test_three_mornings(now: datetime, expected: datetime | None) -> None:
    assert next_reminder(DUE, now) == expected


def test_an_hour_is_that_of_paris_in_winter_too() -> None:
    assert next_reminder(date(2026, 1, 20), at(1, 0, 1)) == at(13, 7, 1)


def test_who_gave_everything_or_is_tied_hears_nothing() -> None:
    some = {key: row for key, row in ALL.items() if key not in {(2, A), (3, A), (3, B)}}
    found = late(book(some, {(3, A): TIED}))

    assert [(seat.name, left) for seat, left in found] == [("Juré 2", 1), ("Juré 3", 1)]


@pytest.mark.parametrize("phase", [Phase.DISCUSSION, Phase.CLOSE])
def test_nobody_is_reminded_once_the_marks_are_over(phase: Phase) -> None:
    empty = book({}, {})

    assert len(late(empty)) == 3
    assert late(replace(empty, sitting=replace(empty.sitting, phase=phase))) == []
    assert late(replace(empty, sitting=replace(empty.sitting, committee="lyceen"))) == []


def test_a_closed_sitting_lacks_nothing() -> None:
    some = book({key: row for key, row in ALL.items() if key != (3, A)}, {})

    assert some.missing() == {A: 1}
    assert replace(some, sitting=replace(some.sitting, phase=Phase.CLOSE)).missing() == {}
