"""What is a change and what is none, for any call: hours, texts and orders are noise, other days are not."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from funding_watch.domain import catalogue
from funding_watch.domain.call import MEANINGFUL, FundingCall
from kernel.contracts.funding_watch import CallAmended, CallDeadlineMoved
from tests.watch_story import call, moment

ZONES = st.sampled_from(["Europe/Paris", "Europe/Brussels"])
DAYS = st.dates(min_value=date(2026, 1, 2), max_value=date(2030, 12, 30))
HOURS = st.tuples(st.integers(0, 23), st.integers(0, 59))
FUNDERS = st.lists(st.sampled_from(["ADEME", "Région", "État", "Europe"]), unique=True, max_size=4)


def at(day: Any, hour: tuple[int, int], zone: str) -> datetime:
    return datetime(day.year, day.month, day.day, *hour, tzinfo=ZoneInfo(zone))


def told(old: FundingCall, new: FundingCall) -> list[Any]:
    return list(catalogue.told(catalogue.compare(old, new), moment(0)))


@given(DAYS, HOURS, HOURS, ZONES)
def test_another_hour_of_the_same_day_tells_nothing(
    day: Any, hour: tuple[int, int], other: tuple[int, int], zone: str
) -> None:
    old = call(closes_at=at(day, hour, zone), cut_offs=(at(day, hour, zone),), timezone=zone)
    later = at(day, other, zone).astimezone(UTC)
    new = old.model_copy(update={"closes_at": later, "cut_offs": (later,)})

    assert told(old, new) == [] and old.content_hash() == new.content_hash()


@given(st.text(max_size=300), st.text(max_size=300), st.lists(st.text(max_size=20), max_size=4))
def test_a_rewritten_text_tells_nobody(one: str, other: str, themes: list[str]) -> None:
    old, new = call(description=one), call(description=other, themes=tuple(themes), url="https://funder.example/2")

    assert told(old, new) == []
    assert catalogue.compare(old, new).novelty in {"same", "reworded"}


@given(FUNDERS, st.randoms(use_true_random=False))
def test_another_order_tells_nothing(funders: list[str], shuffler: Any) -> None:
    shuffled = list(funders)
    shuffler.shuffle(shuffled)

    assert told(call(funders=tuple(funders)), call(funders=tuple(shuffled))) == []


@given(DAYS, st.integers(-400, 400).filter(bool), HOURS, ZONES)
def test_another_day_is_told_once_with_its_distance(day: Any, days: int, hour: tuple[int, int], zone: str) -> None:
    moved = day + timedelta(days=days)
    old = call(closes_at=at(day, hour, zone), timezone=zone)
    (event,) = told(old, old.model_copy(update={"closes_at": at(moved, hour, zone)}))

    assert isinstance(event, CallDeadlineMoved)
    assert (event.old, event.new, event.days) == (day, moved, days)


@given(st.integers(0, 10**9), st.integers(0, 10**9))
def test_what_is_told_is_what_differs(one: int, other: int) -> None:
    events = told(call(envelope=one), call(envelope=other))

    assert bool(events) == (one != other)
    assert all(isinstance(event, CallAmended) for event in events)
    assert all(change.field in MEANINGFUL for event in events for change in event.changes)
