"""The clock of a meeting follows from its start: what divides first, a pause before people tire, none at the end."""

import itertools
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as some

from kernel.ui.french import PARIS
from scoring.domain.sittings import Frozen
from scoring.domain.timetable import LONGEST_SPELL, SHORT, Pace, ordered, timetable

PACE = Pace(datetime(2026, 4, 30, 14, tzinfo=PARIS), 30, 10)


def dossier(number: int) -> Frozen:
    return Frozen(UUID(int=number), f"LE-2026-{number:04}", f"Projet {number}", "Ville", "Lens", "r")


DOSSIERS = [dossier(number) for number in range(1, 6)]


def test_clock_times_follow_from_the_start_and_a_pause_comes_in_time() -> None:
    points = {str(one.candidacy_id): 1 for one in DOSSIERS[:4]}

    slots = timetable(DOSSIERS, points, PACE)

    assert [(f"{one.begins:%H:%M}", one.minutes, one.frozen and one.frozen.number[-1]) for one in slots] == [
        ("14:00", 30, "1"),
        ("14:30", 30, "2"),
        ("15:00", 30, "3"),
        ("15:30", 10, None),
        ("15:40", 30, "4"),
        ("16:10", SHORT, "5"),  # nobody differs on it
    ]
    assert f"{slots[-1].ends:%H:%M}" == "16:15"


def test_the_most_divided_come_first_and_the_others_by_number() -> None:
    strongest = [str(DOSSIERS[n].candidacy_id) for n in (3, 0, 3, 2)]
    assert [one.number[-1] for one in ordered(reversed(DOSSIERS), strongest)] == ["4", "1", "3", "2", "5"]


def test_without_pauses_none_is_set() -> None:
    slots = timetable(DOSSIERS * 4, {}, replace(PACE, pause=0, each=60))
    assert all(one.frozen for one in slots) and len(slots) == 20


@given(some.lists(some.integers(0, 3), max_size=12), some.integers(2, 120), some.integers(0, 60))
def test_slots_touch_and_no_spell_is_too_long(counts: list[int], each: int, pause: int) -> None:
    dossiers = [dossier(number + 1) for number in range(len(counts))]
    points = {str(one.candidacy_id): count for one, count in zip(dossiers, counts, strict=True)}
    slots = timetable(dossiers, points, replace(PACE, each=each, pause=pause))
    assert [one.frozen for one in slots if one.frozen] == dossiers
    assert all(one.ends == after.begins for one, after in itertools.pairwise(slots))
    assert not slots or (slots[0].frozen and slots[-1].frozen)
    spell = 0
    for one in slots:
        spell = spell + one.minutes if one.frozen else 0
        assert not pause or spell <= max(LONGEST_SPELL, each)
