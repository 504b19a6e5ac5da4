"""The order of messages is never assumed: shuffled and repeated histories propose the same calls."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from funding_watch import subscribers
from funding_watch.domain.projects import Candidacy
from funding_watch.store import calls, matches, projects
from kernel.contracts.envelope import Cause, Event
from kernel.contracts.funding_watch import CallDiscovered
from kernel.runtime import migrate
from kernel.runtime.clock import FixedClock
from kernel.runtime.database import Database
from tests.watch_story import PLACE, START, call, decided, english_call, far_calls, read, someone, submitted, withdrawn

STORIES = {
    "labelled": (submitted, decided),
    "first on hold, then nominated": (
        submitted,
        lambda c: decided(c, "en_attente", -30),
        lambda c: decided(c, "nomine", -1),
    ),
    "on hold": (submitted, lambda c: decided(c, "en_attente")),
    "withdrawn": (submitted, decided, withdrawn),
}
Found = tuple[Candidacy | None, list[tuple[str, int, float, str, int | None]]]


class World:
    """A real database with its loop and its calls, shared by the examples; each tells of a candidacy of its own."""

    def __init__(self, folder: Path) -> None:
        self.runner = asyncio.Runner()
        self.database = Database(f"sqlite+aiosqlite:///{folder}/watch.db", FixedClock(START))
        self.runner.run(migrate.upgrade(self.database.engine, "funding_watch"))
        self.runner.run(read(self.database, *far_calls(), call("heat"), call("heat-2", rate_max=20), english_call()))
        self.subscriptions = subscribers.declare(PLACE, ())
        self.discovered = [self._discovered(f"aides_territoires:{name}") for name in ("heat", "heat-2")]

    def _discovered(self, key: str) -> CallDiscovered:
        from funding_watch.domain.catalogue import summary

        return CallDiscovered(call_key=key, call=summary(call(key.partition(":")[2])), at=START)

    def hear(self, events: list[Event]) -> None:
        """Each event in its own transaction, through the subscriber that the broker would wake."""
        self.runner.run(self._hear(events))

    async def _hear(self, events: list[Event]) -> None:
        for event in events:
            async with self.database.work(Cause.new()) as work:
                await self.subscriptions.apply([(event, lambda: None)], work)

    def found(self, candidacy_id: UUID) -> Found:
        return self.runner.run(self._found(candidacy_id))

    async def _found(self, candidacy_id: UUID) -> Found:
        async with self.database.reading() as session:
            rows = await matches.of_project(session, candidacy_id)
            known = await projects.one(session, candidacy_id)
        shown = [
            (row.proposal.call_key, row.proposal.need_number, row.proposal.score, row.proposal.reason, row.rank)
            for row in rows
        ]
        return known, shown

    def close(self) -> None:
        self.runner.run(self.database.close())
        self.runner.close()


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    made = World(tmp_path_factory.mktemp("watch"))
    yield made
    made.close()


@pytest.mark.parametrize("story", STORIES)
@settings(deadline=None, max_examples=15)
@given(data=st.data())
def test_any_order_and_repetition_converges(world: World, story: str, data: st.DataObject) -> None:
    in_order, shuffled = someone(), someone()
    again: list[Event] = [fact(shuffled) for fact in STORIES[story]]
    repeated = data.draw(st.lists(st.sampled_from(again), max_size=3))
    order = data.draw(st.permutations([*again, *repeated, *world.discovered]))

    world.hear([*(fact(in_order) for fact in STORIES[story]), *world.discovered])
    world.hear(order)

    expected, expected_matches = world.found(in_order)
    known, found_matches = world.found(shuffled)
    assert expected is not None
    assert known is not None
    assert (known.outcome, known.decided_at, known.withdrawn, known.facts) == (
        expected.outcome,
        expected.decided_at,
        expected.withdrawn,
        expected.facts,
    )
    if not known.withdrawn:  # what was proposed before a withdrawal depends on when it came, as it must
        assert found_matches == expected_matches
        assert bool(found_matches) is known.is_watched


def test_the_calls_of_the_world_are_there(world: World) -> None:
    async def count() -> int:
        async with world.database.reading() as session:
            return len(await calls.every(session))

    assert world.runner.run(count()) == 11
