"""Whoever writes too fast waits as long as is said; nobody else does, and the count is bounded."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.runtime import pace
from kernel.runtime.pace import EVERYWHERE, Limit, Pace, path_in, sentence

DOOR = Limit("POST", "/porte", 10, 60)


class Watch:
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        self.at = 0.0

    def __call__(self) -> float:
        return self.at


@pytest.fixture
def watch() -> Watch:
    return Watch()


def test_the_limit_is_what_passes_at_once_and_the_wait_is_what_it_takes(watch: Watch) -> None:
    doors = Pace([DOOR], 1.0, watch)
    assert [doors.wait(DOOR, "a") for _ in range(11)] == [0] * 10 + [6]
    assert doors.wait(DOOR, "b") == 0
    watch.at = 6.0
    assert [doors.wait(DOOR, "a") for _ in range(2)] == [0, 6]
    watch.at = 600.0
    assert [doors.wait(DOOR, "a") for _ in range(11)] == [0] * 10 + [6]


@given(st.lists(st.floats(0, 30), min_size=30, max_size=60), st.sampled_from([0.5, 1.0, 3.0]))
def test_no_minute_sees_more_than_twice_the_limit_and_a_told_wait_is_enough(gaps: list[float], much: float) -> None:
    watch, passed = Watch(), list[float]()
    doors = Pace([DOOR], much, watch)
    for gap in gaps:
        watch.at += gap
        wait = doors.wait(DOOR, "a")
        if wait:
            watch.at += wait
            assert doors.wait(DOOR, "a") == 0
        passed.append(watch.at)
    for at in passed:
        assert sum(at <= one < at + DOOR.seconds for one in passed) <= 2 * DOOR.times * much + 1


def test_every_write_falls_under_a_limit_and_no_reading_does() -> None:
    doors = Pace([DOOR], 1.0)
    assert doors.limit_of("POST", "/porte") is DOOR
    assert {doors.limit_of(one.method, "/ailleurs") for one in EVERYWHERE} == set(EVERYWHERE)
    assert doors.limit_of("GET", "/porte") is None and doors.limit_of("HEAD", "/porte") is None
    assert Pace([DOOR], 0).limit_of("POST", "/porte") is None


def test_a_crowd_does_not_fill_the_memory(watch: Watch, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pace, "MOST", 100)
    doors = Pace([DOOR], 1.0, watch)
    for number in range(1000):
        doors.wait(DOOR, str(number))
    assert len(doors._levels) == 100
    assert doors.wait(DOOR, "999") == 0


@pytest.mark.parametrize(
    ("path", "prefix", "found"), [("/veille/x", "/veille", "/x"), ("/x", "", "/x"), ("/veille", "/veille", "/")]
)
def test_a_path_is_read_as_the_routes_do(path: str, prefix: str, found: str) -> None:
    assert path_in({"type": "http", "path": path, "root_path": prefix}) == found


def test_people_are_told_when_to_come_back() -> None:
    assert sentence(5).endswith("dans une minute.") and sentence(61).endswith("dans 2 minutes.")
