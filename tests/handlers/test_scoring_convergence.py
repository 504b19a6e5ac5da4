"""The order of messages is never assumed: shuffled and repeated histories leave the same rows behind."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlmodel.ext.asyncio.session import AsyncSession

from kernel.contracts.envelope import Cause, Event
from kernel.contracts.intake import WaveClosed
from kernel.runtime import migrate
from kernel.runtime.clock import FixedClock
from kernel.runtime.database import Database
from scoring import store, subscribers
from scoring.domain.dossier import Dossier
from scoring.domain.waves import Wave
from tests.scoring_story import (
    START,
    WAVE,
    moment,
    not_retained,
    preselected,
    someone,
    submitted,
    wave_opened,
    withdrawn,
)

CLOSED = WaveClosed(wave_id=WAVE, closed_at=moment(-10))
STORIES = {
    "preselected": (submitted, preselected),
    "left aside": (submitted, not_retained),
    "left aside, then taken back in": (submitted, not_retained, lambda c: preselected(c, 3)),
    "withdrawn after preselection": (submitted, preselected, withdrawn),
    "withdrawn at once": (submitted, withdrawn),
}


class World:
    """A real database with its loop, shared by the examples; each tells of a candidacy of its own."""

    def __init__(self, folder: Path) -> None:
        self.runner = asyncio.Runner()
        self.database = Database(f"sqlite+aiosqlite:///{folder}/scoring.db", FixedClock(START))
        self.runner.run(migrate.upgrade(self.database.engine, "scoring"))
        self.subscriptions = subscribers.declare()

    def hear(self, events: list[Event]) -> None:
        """Each event in its own transaction, through the subscriber that the broker would wake."""
        self.runner.run(self._hear(events))

    async def _hear(self, events: list[Event]) -> None:
        for event in events:
            async with self.database.work(Cause.new()) as work:
                await self.subscriptions.apply([(event, lambda: None)], work)

    def read(self, candidacy_id: UUID) -> tuple[Dossier | None, list[Wave], list[Dossier]]:
        return self.runner.run(self._read(candidacy_id))

    async def _read(self, candidacy_id: UUID) -> tuple[Dossier | None, list[Wave], list[Dossier]]:
        async with self.database.reading() as session:
            dossier = await store.load(session, candidacy_id)
            listed = await self._listed(session, store.Selection(frozenset({dossier.state} if dossier else ())))
            mine = [found for found in listed if found.candidacy_id == candidacy_id]
            return dossier, await store.waves(session), mine

    async def _listed(self, session: AsyncSession, selection: store.Selection) -> list[Dossier]:
        """Every page of the list."""
        _, total = await store.board(session, selection)
        pages = range(1, total // store.PAGE + 2)
        return [dossier for page in pages for dossier in (await store.board(session, selection, page))[0]]

    def close(self) -> None:
        self.runner.run(self.database.close())
        self.runner.close()


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    made = World(tmp_path_factory.mktemp("scoring"))
    yield made
    made.close()


@pytest.mark.parametrize("story", STORIES)
@settings(deadline=None, max_examples=15)
@given(data=st.data())
def test_any_order_and_repetition_converges(world: World, story: str, data: st.DataObject) -> None:
    in_order, shuffled = someone(), someone()
    told = [fact(in_order) for fact in STORIES[story]]
    again: list[Event] = [fact(shuffled) for fact in STORIES[story]]
    repeated = data.draw(st.lists(st.sampled_from(again), max_size=3))
    order = data.draw(st.permutations([*again, *repeated, wave_opened(), CLOSED]))

    world.hear([wave_opened(), CLOSED, *told])
    expected, waves, _ = world.read(in_order)
    world.hear(order)
    found, waves_found, listed = world.read(shuffled)

    assert expected is not None
    assert found is not None
    assert (found.state, found.submission, found.acts) == (expected.state, expected.submission, expected.acts)
    assert waves_found == waves
    assert listed == [found]
