"""Runs a spider in our own event loop and says what became of it.

The rule kept here: a crawl that cannot be believed changes nothing. The calls are handed over after the
last page, and only when nothing failed; no item at all is a failure, for an empty catalogue is how a
broken source looks.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any
from urllib.parse import urlsplit

from scrapy.crawler import AsyncCrawlerRunner

from funding_watch.domain.call import FundingCall
from funding_watch.domain.declarations import Declaration
from funding_watch.domain.presence import Answer
from funding_watch.domain.sources import Remembered
from funding_watch.spiders import FORMATS, SPIDERS
from funding_watch.spiders.asking import ASKING, Asking, PageAsking
from funding_watch.spiders.base import PortalSpider
from funding_watch.spiders.declared import DeclaredSpider
from funding_watch.spiders.harvest import CHUNK, CrawlReport, Harvest, Spool
from kernel.runtime.clock import Clock, SystemClock

Sink = Callable[[list[FundingCall]], Awaitable[None]]

__all__ = ["CHUNK", "Answers", "CrawlReport", "CrawlSettings", "Harvested", "ask_source", "harvested", "run_spider"]

SLOWEST = 4.0
"""Seconds between two requests at most, however slow the server: an interruption waits for one such pause."""

FIRST_WAIT = 5.0
"""Seconds before a busy or refusing server is asked again, doubled each time; none on one's own machine."""

HANDLER = "funding_watch.spiders.interruption.InterruptibleHandler"

MANNERS: dict[str, Any] = {
    "TWISTED_REACTOR_ENABLED": False,  # HTTP runs in our own event loop
    "REMOTE_CONTROL_ENABLED": False,  # on by default, it opens a port that runs Python code
    "TELNETCONSOLE_ENABLED": False,
    "LOG_ENABLED": False,
    "ROBOTSTXT_OBEY": True,
    "DOWNLOAD_VERIFY_CERTIFICATES": True,  # off by default
    "DOWNLOAD_HANDLERS": dict.fromkeys(("file", "data", "s3", "ftp")) | {"http": HANDLER, "https": HANDLER},
    "DOWNLOAD_WARNSIZE": 0,
    "URLLENGTH_LIMIT": 0,  # by default a long address is dropped without a word
    "CONCURRENT_REQUESTS_PER_DOMAIN": 1,
    "RETRY_TIMES": 3,
    "DOWNLOADER_MIDDLEWARES": {
        "funding_watch.spiders.politeness.PublicAddressesOnly": 50,
        "funding_watch.spiders.politeness.RetryAfter": 560,  # its turn comes before RetryMiddleware's (550)
    },
}


@dataclass(frozen=True)
class CrawlSettings:
    """How all sources are read. `arguments`: what one spider needs besides, by its name (token, codes…)."""

    contact: str = "label@pole-artois.example"
    allow_private: bool = False
    """Lets the host and port of `base_url` be of the inner network, and no other."""
    delay: float = 1.0
    """Seconds between two requests, then adapted to the server's own pace; 0 on one's own machine only."""
    timeout: float = 60.0
    longest: float = 1_800.0
    """Seconds after which a crawl is given up."""
    most_items: int = 50_000
    """Calls after which a catalogue is not believed to end."""
    cache: Path | None = None
    """Folder of answers that are read instead of asking again, while a spider is being written."""
    max_bytes: int = 10 * 1024 * 1024
    arguments: Mapping[str, Mapping[str, Any]] = field(default_factory=lambda: MappingProxyType({}))
    clock: Clock = field(default_factory=SystemClock)


@dataclass(frozen=True)
class Harvested:
    """A source as it was just read: what the reading came to, and the calls, which stay on disk."""

    report: CrawlReport
    spool: Spool


@asynccontextmanager
async def harvested(
    name: str, *, base_url: str | None = None, settings: CrawlSettings, remembered: Remembered | None = None
) -> AsyncIterator[Harvested]:
    """Read one source. Its calls are worth something if, and only if, the report is complete; they go with the block.

    An unknown name raises KeyError and a wrong argument TypeError. What goes wrong on the way to the source ends in
    the report. `remembered` is what an earlier report said, for a declared source: its `declaration` stands among the
    arguments and says which spider reads it.
    """
    started_at = settings.clock.now()
    spider, arguments, address = _reader(name, settings)
    if issubclass(spider, DeclaredSpider):
        arguments["remembered"] = remembered
    interrupted = asyncio.Event()
    inner_host = urlsplit(base_url or address).netloc if settings.allow_private else None
    options = scrapy_settings(settings, inner_host) | {"WATCH_INTERRUPTED": lambda: interrupted}
    with Spool() as spool:
        harvest = Harvest(AsyncCrawlerRunner(options).create_crawler(spider), interrupted, spool, started_at)
        await harvest.gather(base_url=base_url, **arguments)
        yield Harvested(harvest.report(name, started_at, settings.clock.now()), spool)


async def run_spider(
    name: str,
    *,
    base_url: str | None = None,
    sink: Sink,
    settings: CrawlSettings,
    remembered: Remembered | None = None,
) -> CrawlReport:
    """Read one source; hand its calls to `sink` by hundreds if, and only if, the report is complete.

    What the sink raises passes through; the rest is as in `harvested`.
    """
    async with harvested(name, base_url=base_url, settings=settings, remembered=remembered) as found:
        if found.report.complete:
            for chunk in found.spool.chunks():
                await sink(chunk)
        return found.report


@dataclass(frozen=True)
class Answers:
    """What a source said when asked for single calls, by key; `calls` are those that it gave whole."""

    said: Mapping[str, Answer]
    calls: Mapping[str, FundingCall]
    errors: tuple[str, ...] = ()


async def ask_source(
    name: str, calls: Sequence[FundingCall], *, base_url: str | None = None, settings: CrawlSettings
) -> Answers:
    """Ask a source for calls that its listing no longer shows; "unclear" for all it does not say."""
    spider = ASKING.get(name, PageAsking)
    arguments = {} if spider is PageAsking else dict(settings.arguments.get(name, {}))
    address = base_url or (SPIDERS[name].base_url if name in SPIDERS else "")
    inner_host = urlsplit(address).netloc if settings.allow_private else None
    interrupted = asyncio.Event()
    options = scrapy_settings(settings, inner_host) | {"WATCH_INTERRUPTED": lambda: interrupted}
    with Spool() as spool:
        crawler = AsyncCrawlerRunner(options).create_crawler(spider)
        harvest = Harvest(crawler, interrupted, spool, settings.clock.now())
        await harvest.gather(base_url=base_url, calls=calls, **arguments)
        found = harvest.crawler.spider
        said: Mapping[str, Answer] = found.answers if isinstance(found, Asking) else {}
        errors = tuple(error for error in harvest.errors if not error.startswith("nothing found"))
        return Answers(said, {call.key: call for call in spool}, errors)


def _reader(name: str, settings: CrawlSettings) -> tuple[type[PortalSpider], dict[str, Any], str]:
    """The spider of a source, what it needs, and its own address."""
    arguments = dict(settings.arguments.get(name, {}))
    declaration: Declaration | None = arguments.get("declaration")
    if declaration:
        return FORMATS[declaration.format], arguments, declaration.address
    return SPIDERS[name], arguments, SPIDERS[name].base_url


def scrapy_settings(settings: CrawlSettings, inner_host: str | None) -> dict[str, Any]:
    """What MANNERS leaves open; `inner_host` is asked although its address may be private.

    What is not plain data stands behind a function: all else Scrapy copies with its settings.
    """
    clock = settings.clock

    def now() -> datetime:
        return clock.now()

    return MANNERS | {
        "USER_AGENT": f"chevalement/1.0 (+mailto:{settings.contact})",
        "DOWNLOAD_MAXSIZE": settings.max_bytes,
        "DOWNLOAD_TIMEOUT": settings.timeout,
        "DOWNLOAD_DELAY": settings.delay,
        "AUTOTHROTTLE_ENABLED": settings.delay > 0,
        "AUTOTHROTTLE_START_DELAY": settings.delay,
        "AUTOTHROTTLE_MAX_DELAY": max(SLOWEST, settings.delay),
        "CLOSESPIDER_TIMEOUT": settings.longest,
        "CLOSESPIDER_ITEMCOUNT": settings.most_items,
        "HTTPCACHE_ENABLED": settings.cache is not None,
        "HTTPCACHE_DIR": str(settings.cache.resolve()) if settings.cache else "",
        "HTTPCACHE_IGNORE_HTTP_CODES": list(range(300, 600)),
        "WATCH_INNER_HOSTS": [inner_host] if inner_host else [],
        "WATCH_NOW": now,
        "WATCH_BACK_OFF": FIRST_WAIT if settings.delay > 0 else 0.0,
    }
