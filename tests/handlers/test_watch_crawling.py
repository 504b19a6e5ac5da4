"""The loop that reads sources, against the bundled portals: real HTTP, a real database."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from chevalement import crawls
from chevalement.portals import Fault, LocalPortals
from funding_watch import handlers
from funding_watch.crawling import Crawling, Source, crawl_settings, sources_of
from funding_watch.store import calls, sources
from funding_watch.store.sources import LEASE
from kernel.contracts.funding_watch import CallAmended, CallDiscovered, SourceCrawled, SourceDegraded
from kernel.contracts.label import load_label
from kernel.runtime import migrate
from kernel.runtime.clock import FixedClock
from kernel.runtime.database import Database
from kernel.runtime.settings import Settings
from tests.patience import PATIENCE
from tests.watch_story import SOURCE, START, claimed, told


class Watch:
    """A loop over one database, and portals that can be changed between two readings."""

    def __init__(self, folder: Path) -> None:
        self.clock = FixedClock(START)
        self.database = Database(f"sqlite+aiosqlite:///{folder}/watch.db", self.clock)
        self.portals: list[LocalPortals] = []

    async def reads(self, **options: Any) -> None:
        """One reading of Aides-territoires as the portal of `options` shows it."""
        crawling = await self.crawling(**options)
        async with self.database.work() as work:
            await handlers.mark_due(work, SOURCE)
        assert await crawling.read_next(asyncio.Event())

    async def crawling(self, **options: Any) -> Crawling:
        portals = LocalPortals(today=START.date, **options)
        await portals.start()
        self.portals.append(portals)
        settings = Settings.load(
            aides_territoires_url=portals.aides_territoires_url,
            aides_territoires_token=portals.token,
            crawl_private_addresses=True,
        )
        label = load_label(settings.label_file, settings.territory_file)
        known = sources_of(settings)
        async with self.database.work() as work:
            await handlers.open_watch(work, {name: one.title for name, one in known.items()}, [], "0 30 4 * * *")
        return Crawling(self.database, known, crawl_settings(settings, label))

    async def health(self) -> sources.SourceHealth:
        async with self.database.reading() as session:
            return await sources.one(session, SOURCE)

    async def references(self) -> list[str]:
        async with self.database.reading() as session:
            return [call.reference for call in await calls.every(session)]

    async def close(self) -> None:
        for portals in self.portals:
            await portals.stop()
        await self.database.close()


@pytest.fixture
async def watch(tmp_path: Path) -> AsyncIterator[Watch]:
    made = Watch(tmp_path)
    await migrate.upgrade(made.database.engine, "funding_watch")
    yield made
    await made.close()


async def test_a_portal_is_read_stored_and_told(watch: Watch) -> None:
    await watch.reads()

    references = await watch.references()
    assert len(references) > 30
    assert len(await told(watch.database, CallDiscovered)) == len(references)
    [crawled] = await told(watch.database, SourceCrawled)
    assert crawled["calls"] == len(references)
    assert (await watch.health()).state == "ok"


async def test_read_again_it_tells_nothing(watch: Watch) -> None:
    await watch.reads()
    before = await told(watch.database, CallDiscovered)
    await watch.reads()

    assert await told(watch.database, CallDiscovered) == before
    assert await told(watch.database, CallAmended) == []
    assert [body["discovered"] for body in await told(watch.database, SourceCrawled)] == [len(before), 0]


@pytest.mark.parametrize("fault", [Fault.EMPTY, Fault.NO_ROBOTS])
async def test_a_source_that_breaks_changes_nothing_and_says_so(watch: Watch, fault: Fault) -> None:
    await watch.reads()
    before = await watch.references()
    await watch.reads(faults=[fault])

    assert await watch.references() == before
    [degraded] = await told(watch.database, SourceDegraded)
    health = await watch.health()
    assert (health.state, health.reason, health.last_count) == ("degrade", degraded["reason"], len(before))
    assert len(await told(watch.database, SourceCrawled)) == 1


async def test_a_reading_that_is_far_too_short_changes_nothing(watch: Watch) -> None:
    await watch.reads()
    before = await watch.references()
    aids = [aid for aid in _bundled() if str(aid["id"]) in before][:5]
    await watch.reads(aids=[{**aid, "name": "Un autre titre"} for aid in aids])

    assert await watch.references() == before
    assert await told(watch.database, CallAmended) == []
    assert f"contre {len(before)}" in ((await watch.health()).reason or "")


async def test_a_good_reading_mends_the_source(watch: Watch) -> None:
    await watch.reads(faults=[Fault.EMPTY])
    await watch.reads()

    health = await watch.health()
    assert (health.state, health.reason) == ("ok", None)


async def test_killed_in_the_middle_the_source_is_read_again_and_nothing_doubled(watch: Watch) -> None:
    """The first reader stored a batch and died: its row is still held, until its lease ends."""
    await watch.reads()
    stored = await watch.references()
    crawling = await watch.crawling()
    async with watch.database.work() as work:
        await handlers.mark_due(work, SOURCE)
        assert await sources.claim(work.session, work.at) is not None

    assert not await crawling.read_next(asyncio.Event())
    watch.clock.set(START + LEASE + timedelta(seconds=1))
    assert await crawling.read_next(asyncio.Event())

    assert await watch.references() == stored
    assert len(await told(watch.database, CallDiscovered)) == len(stored)
    assert not await crawling.read_next(asyncio.Event())


async def test_stopped_in_the_middle_the_source_is_given_back(watch: Watch) -> None:
    crawling = await watch.crawling(faults=[Fault.SILENT])
    async with watch.database.work() as work:
        await handlers.mark_due(work, SOURCE)
    stopping = asyncio.Event()
    running = asyncio.create_task(crawling.run(stopping))
    await asyncio.sleep(0.2)
    stopping.set()
    await asyncio.wait_for(running, PATIENCE)

    async with watch.database.work() as work:
        assert await sources.claim(work.session, work.at) is not None


async def test_the_loop_wakes_at_once(watch: Watch) -> None:
    crawling = await watch.crawling()
    stopping = asyncio.Event()
    running = asyncio.create_task(crawling.run(stopping))
    await asyncio.sleep(0.05)
    async with watch.database.work() as work:
        await handlers.mark_due(work, SOURCE)
        work.afterwards(crawling.wake)
    async with asyncio.timeout(PATIENCE):
        while (await watch.health()).state != "ok":  # noqa: ASYNC110 - a bounded wait on the database
            await asyncio.sleep(0.02)
    stopping.set()
    await running


async def test_a_reader_that_raises_degrades_its_source(watch: Watch) -> None:
    crawling = await watch.crawling()
    crawling.sources = {SOURCE: replace(crawling.sources[SOURCE], base_url="not an address")}
    async with watch.database.work() as work:
        await handlers.mark_due(work, SOURCE)
    await crawling.read_next(asyncio.Event())

    assert (await watch.health()).state == "degrade"


async def test_a_source_that_another_process_reads_does_not_stop_the_reading_of_all(tmp_path: Path) -> None:
    (tmp_path / "sources.toml").write_text("", encoding="utf-8")
    settings = Settings.load(data=tmp_path, sources_file=tmp_path / "sources.toml", aides_territoires_token="")
    async with crawls.watch_database(settings, FixedClock(START)) as database, database.work() as work:
        await claimed(work, "eu_portal")

    [outcome] = await crawls.crawl(settings, [], None, FixedClock(START))

    assert (outcome.source, outcome.refused) == ("eu_portal", crawls.BUSY)
    with pytest.raises(crawls.Refused, match="another process"):
        await crawls.crawl(settings, ["eu_portal"], None, FixedClock(START))


def test_a_source_without_its_token_is_left_out_and_says_what_to_do() -> None:
    known = sources_of(Settings.load(aides_territoires_token="", aides_territoires_url=""))

    assert isinstance(known["eu_portal"], Source)
    assert known["eu_portal"].missing is None
    assert "CHEVALEMENT_AIDES_TERRITOIRES_TOKEN" in (known[SOURCE].missing or "")


def _bundled() -> list[dict[str, Any]]:
    from chevalement.portals.server import sample

    aids: list[dict[str, Any]] = sample("aides_territoires.json")["aids"]
    return aids
