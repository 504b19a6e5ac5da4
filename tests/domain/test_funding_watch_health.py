"""A source is judged by its own past: healthy, late, thin or blind, with the reason in French."""

from datetime import timedelta

import pytest

from funding_watch.domain.health import ReadingFacts, judge, period_of, shares
from kernel.contracts.funding_watch import Health
from tests.watch_story import START, moment

DAY = timedelta(days=1)


def reading(items: int = 100, *, day: int = 0, believed: bool = True, error: str = "", **filled: float) -> ReadingFacts:
    return ReadingFacts(moment(day), items, believed, filled=filled, errors=(error,) if error else ())


GOOD = [reading(day=-number, closes_at=0.9) for number in range(1, 6)]


@pytest.mark.parametrize(
    ("last", "expected", "reason"),
    [
        (reading(98, closes_at=0.88), "healthy", None),
        (reading(85, closes_at=0.9), "thin", "85 appels lus, contre 100"),
        (reading(100, closes_at=0.4), "thin", "« date limite » est rempli pour 40 %"),
        (reading(30, believed=False), "thin", "30 appels lus, contre 100"),
        (reading(0, believed=False, error="page 2 answered 500"), "late", "n’a pas abouti"),
        (reading(0, believed=False, error="the API token was refused (401)"), "blind", "the API token was refused"),
        (reading(0, believed=False, error="x: fields are gone: name"), "blind", "fields are gone"),
        (reading(0, believed=False, error="nothing found: the source answered"), "blind", "nothing found"),
    ],
)
def test_the_last_reading_is_compared_with_the_usual(last: ReadingFacts, expected: Health, reason: str | None) -> None:
    judged = judge([last, *GOOD], DAY, START)

    assert (judged.health, judged.usual) == (expected, 100)
    assert (not judged.reasons) if reason is None else reason in judged.reasons[0].replace("\u202f", " ")


def test_three_refused_readings_in_a_row_are_blindness_whatever_the_reason() -> None:
    refused = [reading(0, believed=False, error="timeout") for _ in range(3)]

    assert judge([*refused[:2], *GOOD], DAY, START).health == "late"
    assert judge([*refused, *GOOD], DAY, START).health == "blind"


def test_one_odd_day_does_not_move_the_usual() -> None:
    assert judge([reading(100), reading(500), *GOOD], DAY, START).health == "healthy"


def test_a_source_that_was_not_read_in_time_is_late_and_one_never_read_has_no_health() -> None:
    assert judge([reading()], DAY, START + 1.4 * DAY).health == "healthy"
    assert judge([reading()], DAY, START + 1.6 * DAY).health == "late"
    assert judge([], DAY, START).health is None


@pytest.mark.parametrize(
    ("cron", "days"),
    [
        ("0 30 4 * * *", 1.0),
        ("0 0 */6 * * *", 0.25),
        ("0 0 4,16 * * *", 0.5),
        ("0 0 * * * *", 1 / 24),
        ("0 30 4 * * 1", 7.0),
        ("0 30 4 * * 1-5", 1.4),
        ("0 30 4 1 * *", 31.0),
        ("", 1.0),
    ],
)
def test_how_far_apart_a_schedule_is(cron: str, days: float) -> None:
    assert period_of(cron) / DAY == pytest.approx(days)


def test_how_many_calls_have_each_field() -> None:
    found = shares({"closes_at": 3, "description": 3, "audiences": 4, "title": 4}, 4)

    assert (found["closes_at"], found["description"], found["audiences"], found["kinds"]) == (0.75, 0.75, 1.0, 0.0)
    assert "title" not in found and shares({}, 0) == {}
