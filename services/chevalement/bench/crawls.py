"""How fast a source becomes committed calls with their events, beside the mere fetching of the same pages.

The rule kept here: the server is a process of its own and each size of catalogue is read in a fresh one, so that the
memory of one measure is not that of another. What is read again unchanged must write nothing about any call.
"""

import asyncio
import json
import multiprocessing
import re
import resource
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import scrapy
import uvloop
from aiohttp import web
from scrapy.crawler import AsyncCrawlerRunner
from scrapy.http import Response
from sqlalchemy import event

from funding_watch.crawl import CrawlSettings, scrapy_settings
from funding_watch.crawling import Crawling, Source
from funding_watch.domain.declarations import Declaration
from kernel.runtime import migrate
from kernel.runtime.clock import SystemClock
from kernel.runtime.database import Database
from kernel.runtime.settings import Settings
from kernel.runtime.telemetry import configure

SIZES = (1_000, 10_000)
PAGE = 100
NAME = "bench"
_ABOUT_CALLS = re.compile(r'(?:INTO|UPDATE|FROM) "?call', re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Cost:
    """What reading one catalogue came to; rates in calls a second, memory in MiB above the idle process."""

    calls: int
    fetched: float
    first: float
    again: float
    writes: int
    """Statements that wrote about calls when nothing had changed."""
    memory: float


def measure(folder: Path, calls: int) -> Cost:
    """Read a catalogue of `calls` twice, in a process of its own, and fetch the same pages beside it."""
    here, there = multiprocessing.get_context("spawn").Pipe()
    with _served(calls) as address:
        reader = multiprocessing.get_context("spawn").Process(target=_reader, args=(folder, address, calls, there))
        reader.start()
        there.close()
        found: Cost = here.recv()
        reader.join(30)
    return found


@contextmanager
def _served(calls: int) -> Iterator[str]:
    """The address of a feed in the shape of Aides-territoires, by pages of a hundred."""
    here, there = multiprocessing.get_context("spawn").Pipe()
    server = multiprocessing.get_context("spawn").Process(target=_server, args=(calls, there), daemon=True)
    server.start()
    try:
        yield here.recv()
    finally:
        server.terminate()
        server.join(10)


def _server(calls: int, pipe: Connection) -> None:
    uvloop.run(_serve(calls, pipe))


async def _serve(calls: int, pipe: Connection) -> None:
    pages = [_page(number, calls) for number in range(1, -(-calls // PAGE) + 1)]

    async def answer(request: web.Request) -> web.Response:
        if request.path == "/robots.txt":
            return web.Response(text="User-agent: *\nAllow: /\n")
        return web.Response(body=pages[int(request.query.get("page", "1")) - 1], content_type="application/json")

    app = web.Application()
    app.router.add_get("/{path:.*}", answer)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    pipe.send(f"http://127.0.0.1:{runner.addresses[0][1]}/aids")
    await asyncio.Event().wait()


def _page(number: int, calls: int) -> bytes:
    first, last = (number - 1) * PAGE, min(number * PAGE, calls)
    following = f"/aids?page={number + 1}" if last < calls else None
    return json.dumps({"count": calls, "next": following, "results": [_aid(n) for n in range(first, last)]}).encode()


def _aid(number: int) -> dict[str, Any]:
    """About as long as a real aid: two thousand characters."""
    text = "Ce dispositif accompagne les projets du territoire, de l’étude aux travaux, dans le cadre du programme. "
    return {
        "id": number,
        "name": f"Rénover les équipements publics, édition {number}",
        "financers": ["Département d’essai"],
        "description": f"<p>{text * 12}</p><ul><li>études</li><li>travaux</li></ul>",
        "eligibility": f"<p>{text * 4}</p>",
        "targeted_audiences": ["Communes", "Associations"],
        "aid_types": ["Subvention"],
        "subvention_rate": {"lower": None, "upper": 50},
        "start_date": "2026-01-05",
        "submission_deadline": f"2027-{1 + number % 12:02}-28",
        "origin_url": f"https://departement.example/aides/{number}",
    }


def _reader(folder: Path, address: str, calls: int, pipe: Connection) -> None:
    configure(Settings.load(log_level="error"))
    folder.mkdir(parents=True, exist_ok=True)
    pipe.send(uvloop.run(_read(folder, address, calls)))


async def _read(folder: Path, address: str, calls: int) -> Cost:
    clock = SystemClock()
    declared = Declaration(name=NAME, format="at_feed", title="Mesure", owner="Mesure", url=address, enabled=True)
    how = CrawlSettings(allow_private=True, delay=0, arguments={NAME: {"declaration": declared}}, clock=clock)
    fetched = await _fetch(how, address, calls)
    database = Database(f"sqlite+aiosqlite:///{folder}/{calls}.db", clock)
    await migrate.upgrade(database.engine, "funding_watch")
    source = Source(NAME, "Mesure", "Mesure", address)
    crawling = Crawling(database, {NAME: source}, how)
    idle = _peak()
    first = await _timed(crawling, calls)
    memory = _peak() - idle
    writes: list[str] = []

    @event.listens_for(database.engine.sync_engine, "before_cursor_execute")
    def note(_: object, __: object, statement: str, *___: object) -> None:
        if not statement.startswith("SELECT") and _ABOUT_CALLS.search(statement):
            writes.append(statement)

    again = await _timed(crawling, calls)
    await database.close()
    return Cost(calls, fetched, first, again, len(writes), memory)


async def _timed(crawling: Crawling, calls: int) -> float:
    """Calls a second from the question to the last commit."""
    begin = time.perf_counter()
    outcome = await crawling.read_now(NAME)
    if outcome is None or outcome.refused or outcome.tally.calls != calls:
        raise RuntimeError(f"the catalogue of {calls} calls was not read whole: {outcome}")
    return calls / (time.perf_counter() - begin)


def _peak() -> float:
    """The most that this process has held, in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


class Fetching(scrapy.Spider):
    """Follows the pages and makes nothing of them, as `scrapy bench` does."""

    name = "fetching"

    def __init__(self, address: str) -> None:
        super().__init__()
        self.address = address
        self.pages = 0

    async def start(self) -> AsyncIterator[scrapy.Request]:
        yield scrapy.Request(self.address)

    def parse(self, response: Response) -> Iterator[scrapy.Request]:
        self.pages += 1
        if found := re.search(rb'"next": "([^"]+)"', response.body[:200]):
            yield scrapy.Request(response.urljoin(found[1].decode()))


async def _fetch(how: CrawlSettings, address: str, calls: int) -> float:
    """Calls a second if fetching their pages were all there is to do, by the same road and the same manners."""
    interrupted = asyncio.Event()
    inner = address.split("/")[2]
    options = scrapy_settings(how, inner) | {"WATCH_INTERRUPTED": lambda: interrupted}
    crawler = AsyncCrawlerRunner(options).create_crawler(Fetching)
    begin = time.perf_counter()
    await crawler.crawl_async(address=address)
    seconds = time.perf_counter() - begin
    due = -(-calls // PAGE)
    if not isinstance(crawler.spider, Fetching) or crawler.spider.pages != due:
        raise RuntimeError(f"{due} pages were due at {address}: {crawler.stats and crawler.stats.get_stats()}")
    return calls / seconds
