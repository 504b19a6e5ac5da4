"""What a long-lived process remembers changes nothing: another one, started anew, makes the same matches."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from funding_watch import handlers
from funding_watch.domain import shelf as shelves
from funding_watch.domain.shelf import Shelf
from funding_watch.store import matches, measures
from kernel.runtime import migrate
from kernel.runtime.clock import FixedClock
from kernel.runtime.database import Database
from tests.watch_story import PLACE, START, call, decided, far_calls, moment, read, someone, submitted


@pytest.fixture(params=[0, 1_000], ids=["large stock", "small stock"])
def small(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """Under how many calls words are measured at every change."""
    monkeypatch.setattr(shelves, "SMALL", request.param)
    yield request.param


@pytest.fixture
async def database(tmp_path: Path) -> Database:
    made = Database(f"sqlite+aiosqlite:///{tmp_path}/watch.db", FixedClock(START))
    await migrate.upgrade(made.engine, "funding_watch")
    return made


async def shown(database: Database) -> list[tuple[str, float, int | None]]:
    async with database.reading() as session:
        return [(one.proposal.call_key, one.proposal.score, one.rank) for one in await matches.current(session)]


async def changed(database: Database, shelf: Shelf, *keys: str) -> None:
    async with database.work() as work:
        await handlers.match_changed(work, {call(key).key for key in keys}, PLACE, shelf)


async def test_a_process_started_anew_makes_the_same_matches(database: Database, small: int) -> None:
    kept = Shelf()
    candidacy = someone()
    await read(database, *far_calls(), call("heat"))
    for event in (submitted(candidacy), decided(candidacy)):
        async with database.work() as work:
            await handlers.hear(work, event, PLACE, kept)
    await changed(database, kept, "heat")
    assert [key for key, _, _ in await shown(database)] == [call("heat").key]

    await read(database, *far_calls(), call("heat"), call("heat-2", rate_max=80))
    await changed(database, kept, "heat-2")
    first = await shown(database)
    async with database.work() as work:
        await handlers.match_all(work, PLACE, Shelf())

    assert await shown(database) == first
    assert [key for key, _, _ in first] == [call("heat").key, call("heat-2").key]
    await database.close()


async def test_what_a_rolled_back_transaction_saw_is_read_again(database: Database, small: int) -> None:
    kept, candidacy = Shelf(), someone()
    await read(database, *far_calls(), call("heat"))
    for event in (submitted(candidacy), decided(candidacy)):
        with pytest.raises(RuntimeError, match="killed"):
            async with database.work() as work:
                await handlers.hear(work, event, PLACE, kept)
                raise RuntimeError("killed before the commit")
        async with database.work() as work:
            await handlers.hear(work, event, PLACE, kept)

    assert [key for key, _, _ in await shown(database)] == [call("heat").key]
    await database.close()


async def test_words_are_measured_once_a_day(database: Database, small: int) -> None:
    kept, candidacy = Shelf(), someone()
    await read(database, *far_calls(), call("heat"))
    for event in (submitted(candidacy), decided(candidacy)):
        async with database.work() as work:
            await handlers.hear(work, event, PLACE, kept)
    days = []
    for at in (START, START, moment(1)):
        database.clock = FixedClock(at)
        async with database.work() as work:
            await handlers.start_day(work, PLACE, kept)
        async with database.reading() as session:
            days.append(await measures.day(session))

    assert days == [START, START, moment(1)]
    assert [key for key, _, _ in await shown(database)] == [call("heat").key]
    await database.close()
