"""A declared source, from its file to the calls; and one that says "not modified" costs no write per call."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from aiohttp import web

from funding_watch import handlers
from funding_watch.crawling import Crawling, crawl_settings, sources_of
from funding_watch.domain.sources import SourceHealth
from funding_watch.store import calls, sources
from kernel.contracts.label import load_label
from kernel.runtime import migrate
from kernel.runtime.clock import FixedClock
from kernel.runtime.database import Database
from kernel.runtime.settings import Settings
from tests.spiders.feeds import PAYLOADS, Feeds
from tests.watch_story import START

BODY = (PAYLOADS / "at_feed.json").read_bytes()


class Reading:
    """A watch that reads one declared feed, whose server knows conditional questions and can break."""

    def __init__(self, folder: Path) -> None:
        self.feeds, self.clock = Feeds(), FixedClock(START)
        self.database = Database(f"sqlite+aiosqlite:///{folder}/watch.db", self.clock)
        self.file = folder / "sources.toml"
        self.status: list[int] = []
        self.broken = False

    async def open(self) -> None:
        await self.feeds.start()
        await migrate.upgrade(self.database.engine, "funding_watch")
        address = self.feeds.puts_answer(self._answer)
        fields = {"format": "at_feed", "title": "Essai", "owner": "Essai", "reach": "régionale", "url": address}
        lines = [f'{name} = "{value}"' for name, value in fields.items()]
        self.file.write_text("\n".join(["[essai]", *lines, "enabled = true"]), encoding="utf-8")

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        same = request.headers.get("If-None-Match") == '"v1"'
        self.status.append(404 if self.broken else 304 if same else 200)
        return web.Response(status=self.status[-1], body=b"" if same else BODY, headers={"ETag": '"v1"'})

    async def read(self) -> SourceHealth:
        settings = Settings.load(sources_file=self.file, crawl_private_addresses=True)
        label = load_label(settings.label_file, settings.territory_file)
        crawling = Crawling(self.database, sources_of(settings), crawl_settings(settings, label))
        async with self.database.work() as work:
            await handlers.open_watch(work, {"essai": "Essai"}, [], "0 30 4 * * *")
            await handlers.mark_due(work, "essai")
        assert await crawling.read_next(asyncio.Event())
        async with self.database.reading() as session:
            return await sources.one(session, "essai")


@pytest.fixture
async def reading(tmp_path: Path) -> AsyncIterator[Reading]:
    made = Reading(tmp_path)
    await made.open()
    yield made
    await made.feeds.stop()
    await made.database.close()


async def test_what_did_not_change_is_confirmed_without_being_read(reading: Reading) -> None:
    first = await reading.read()
    reading.clock.set(START + timedelta(days=1))

    again = await reading.read()

    assert reading.status == [200, 304]
    assert (first.state, first.last_count) == (again.state, again.last_count) == ("ok", 3)
    assert again.last_success_at == START + timedelta(days=1)
    async with reading.database.reading() as session:
        known = await calls.listed(session, "essai")
    assert len(known) == 3
    assert {call.last_seen_at for call in known} == {START + timedelta(days=1)}


async def test_after_a_trouble_everything_is_read_again(reading: Reading) -> None:
    await reading.read()
    reading.broken = True
    troubled = await reading.read()
    reading.broken = False

    healed = await reading.read()

    assert reading.status == [200, 404, 200]
    assert (troubled.state, healed.state, healed.last_count) == ("degrade", "ok", 3)
