"""The order of events is never assumed: shuffled and repeated histories leave the same deliveries behind."""

import asyncio
import os
import shutil
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4, uuid5

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kernel.contracts.envelope import Event
from kernel.contracts.notifier import AlertDue
from kernel.runtime.clock import FixedClock
from kernel.runtime.database import Database
from kernel.runtime.settings import Settings
from notifier.domain.delivery import Delivery
from notifier.domain.states import State
from tests.notifier_story import (
    START,
    World,
    a_world,
    contact,
    crawled,
    decided,
    degraded,
    not_retained,
    preselected,
    proposed,
    submitted,
    withdrawn,
)

EXAMPLES = int(os.environ.get("CHEVALEMENT_EXAMPLES", "25"))
STORIES = {
    "labelled": (submitted, contact, preselected, decided),
    "left aside": (submitted, contact, not_retained),
    "nobody to write to": (submitted, preselected, decided),
    "withdrawn after preselection": (submitted, contact, preselected, withdrawn),
    "withdrawn at once": (submitted, contact, withdrawn),
}


class Fresh:
    """A loop of its own, and a new world for each history."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.runner = asyncio.Runner()
        self.runner.run(self._prepare())

    async def _prepare(self) -> None:
        async with a_world(self.folder):
            pass

    def tell(self, history: list[tuple[UUID, Event]], *, past_inbox: bool) -> list[Any]:
        """What a world holds after `history`: its deliveries and the matches that were told."""
        return self.runner.run(self._tell(history, past_inbox))

    async def _tell(self, history: list[tuple[UUID, Event]], past_inbox: bool) -> list[Any]:
        path = self.folder / f"{uuid4().hex}.db"
        shutil.copy(self.folder / "notifier.db", path)
        clock = FixedClock(START)
        world = World(Database(f"sqlite+aiosqlite:///{path}", clock), Settings.load(data=self.folder), clock)
        try:
            for identity, event in history:
                await world.hear(event, identity, inbox_works=not past_inbox)
            return [await world.deliveries(), await world.told()]
        finally:
            await world.database.close()
            path.unlink()


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fresh]:
    made = Fresh(tmp_path_factory.mktemp("notifier"))
    yield made
    made.runner.close()


def shuffled_and_repeated(events: list[tuple[UUID, Event]]) -> st.SearchStrategy[list[tuple[UUID, Event]]]:
    """Every event at least once, some of them again, in any order."""
    again = st.lists(st.sampled_from(events), max_size=4)
    return again.flatmap(lambda more: st.permutations(events + more))


def essence(deliveries: list[Delivery]) -> list[Delivery]:
    """What matters of deliveries, in one order: how far a stopped one had come does not."""
    plain = {"snapshot": {}, "address": None, "ready_at": None}
    told = [replace(one, **plain) if one.state is State.ANNULE else one for one in deliveries]
    return sorted(told, key=lambda one: one.id)


@pytest.mark.parametrize("story", STORIES)
@given(data=st.data(), past_inbox=st.booleans())
@settings(max_examples=EXAMPLES, deadline=None)
def test_any_order_leaves_the_same_deliveries(fresh: Fresh, story: str, data: st.DataObject, past_inbox: bool) -> None:
    candidacy = UUID(int=7)
    events = [(uuid5(candidacy, make.__name__), make(candidacy)) for make in STORIES[story]]
    (expected, _), history = fresh.tell(events, past_inbox=False), data.draw(shuffled_and_repeated(events))

    (found, _) = fresh.tell(history, past_inbox=past_inbox)

    assert essence(found) == essence(expected)


@given(data=st.data())
@settings(max_examples=EXAMPLES, deadline=None)
def test_every_match_is_told_exactly_once(fresh: Fresh, data: st.DataObject) -> None:
    """Alerts may fall anywhere among the matches; the last one comes after them all."""
    matches = [(uuid4(), proposed(UUID(int=number % 2 + 1), number)) for number in range(5)]
    dues = [(uuid4(), AlertDue(recipient="staff")) for _ in range(2)]
    history = data.draw(shuffled_and_repeated([*matches, *dues]))

    deliveries, told = fresh.tell([*history, (uuid4(), AlertDue(recipient="staff"))], past_inbox=False)

    counted = Counter(told.values())
    assert set(counted) == {delivery.id for delivery in deliveries}
    assert all(delivery.snapshot["count"] == counted[delivery.id] > 0 for delivery in deliveries)
    assert len(told) == 5


@given(bad=st.lists(st.booleans(), min_size=1, max_size=6), data=st.data())
@settings(max_examples=EXAMPLES, deadline=None)
def test_every_episode_is_told_exactly_once(fresh: Fresh, bad: list[bool], data: st.DataObject) -> None:
    readings = [(uuid4(), (degraded if b else crawled)("eu", hour)) for hour, b in enumerate(bad)]
    episodes = sum(now and not before for before, now in zip([False, *bad], bad, strict=False))

    deliveries, _ = fresh.tell(data.draw(shuffled_and_repeated(readings)), past_inbox=False)

    assert len(deliveries) == episodes
