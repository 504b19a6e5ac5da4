"""Runs a spider in our own event loop and says what became of it.

The rule kept here: a crawl that cannot be believed changes nothing. The calls are handed over after the
last page, and only when nothing failed; no item at all is a failure, for an empty catalogue is how a
broken source looks.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Any
from urllib.parse import urlsplit

from scrapy import signals
from scrapy.crawler import AsyncCrawlerRunner, Crawler
from twisted.python.failure import Failure

from funding_watch.domain.call import FundingCall
from funding_watch.domain.declarations import Declaration
from funding_watch.domain.presence import Answer
from funding_watch.domain.sources import Remembered
from funding_watch.spiders import FORMATS, SPIDERS
from funding_watch.spiders.asking import ASKING, Asking, PageAsking
from funding_watch.spiders.base import PortalSpider
from funding_watch.spiders.declared import DeclaredSpider
from kernel.runtime.clock import Clock, SystemClock

Sink = Callable[[list[FundingCall]], Awaitable[None]]

CHUNK = 100
"""Calls handed over at once: one transaction of the handler."""

TOLD_AT_MOST = 20
"""Errors and remarks kept of each kind; the first ones tell the story."""

SLOWEST = 4.0
"""Seconds between two requests at most, however slow the server: an interruption waits for one such pause."""

FIRST_WAIT = 5.0
"""Seconds before a busy or refusing server is asked again, doubled each time; none on one's own machine."""

STOP_WITHIN = 8.0
"""Seconds that an interrupted crawl has to close; Scrapy draws its pauses up to half as long again."""


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
    max_bytes: int = 10 * 1024 * 1024
    arguments: Mapping[str, Mapping[str, Any]] = field(default_factory=lambda: MappingProxyType({}))
    clock: Clock = field(default_factory=SystemClock)


@dataclass(frozen=True)
class CrawlReport:
    """What a reading of a source came to. `errors` make it incomplete, `remarks` are for whoever keeps it."""

    source: str
    started_at: datetime
    ended_at: datetime
    items: int
    pages: int
    errors: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    rejected: int = 0
    """Rows that cannot be read; the first of them say why among the remarks."""
    unchanged: bool = False
    """The source said that nothing moved since the reading that was remembered: no call is handed over."""
    remembered: Remembered | None = None
    """What to ask the next reading with, once this one is stored."""

    @property
    def complete(self) -> bool:
        """Whether the catalogue was read whole: only then were calls handed over."""
        return not self.errors


async def run_spider(
    name: str,
    *,
    base_url: str | None = None,
    sink: Sink,
    settings: CrawlSettings,
    remembered: Remembered | None = None,
) -> CrawlReport:
    """Read one source; hand its calls to `sink` in chunks of 100 if, and only if, the report is complete.

    An unknown name raises KeyError and a wrong argument TypeError; what the sink raises passes through. What
    goes wrong on the way to the source ends in the report. `remembered` is what an earlier report said, for a
    declared source: its `declaration` stands among the arguments and says which spider reads it.
    """
    started_at = settings.clock.now()
    spider, arguments, address = _reader(name, settings)
    if issubclass(spider, DeclaredSpider):
        arguments["remembered"] = remembered
    interrupted = asyncio.Event()
    inner_host = urlsplit(base_url or address).netloc if settings.allow_private else None
    options = scrapy_settings(settings, inner_host) | {"WATCH_INTERRUPTED": lambda: interrupted}
    harvest = Harvest(AsyncCrawlerRunner(options).create_crawler(spider), interrupted)
    await harvest.gather(base_url=base_url, **arguments)
    if not harvest.errors:
        for start in range(0, len(harvest.calls), CHUNK):
            await sink(harvest.calls[start : start + CHUNK])
    return harvest.report(name, started_at, settings.clock.now())


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
    harvest = Harvest(AsyncCrawlerRunner(options).create_crawler(spider), interrupted)
    await harvest.gather(base_url=base_url, calls=calls, **arguments)
    found = harvest.crawler.spider
    said: Mapping[str, Answer] = found.answers if isinstance(found, Asking) else {}
    errors = tuple(error for error in harvest.errors if not error.startswith("nothing found"))
    return Answers(said, {call.key: call for call in harvest.calls}, errors)


def _reader(name: str, settings: CrawlSettings) -> tuple[type[PortalSpider], dict[str, Any], str]:
    """The spider of a source, what it needs, and its own address."""
    arguments = dict(settings.arguments.get(name, {}))
    declaration: Declaration | None = arguments.get("declaration")
    if declaration:
        return FORMATS[declaration.format], arguments, declaration.url
    return SPIDERS[name], arguments, SPIDERS[name].base_url


class Harvest:
    """What one crawl brings in, calls and troubles; Scrapy reports both by signals."""

    def __init__(self, crawler: Crawler, interrupted: asyncio.Event) -> None:
        self.crawler = crawler
        self.interrupted = interrupted
        self.calls: list[FundingCall] = []
        self.errors: list[str] = []
        self.remarks: list[str] = []
        self.pages = self.rejected = 0
        self.unchanged = False
        self.remembered: Remembered | None = None
        crawler.signals.connect(self._on_item, signals.item_scraped)
        crawler.signals.connect(self._on_spider_error, signals.spider_error)

    async def gather(self, **arguments: Any) -> None:
        """Run the crawl to its end; if we are cancelled, close it first."""
        task = asyncio.ensure_future(self.crawler.crawl_async(**arguments))
        try:
            await asyncio.shield(task)
        except asyncio.CancelledError:
            await self._interrupt(task)
            raise
        self._conclude()

    async def _interrupt(self, task: asyncio.Future[None]) -> None:
        self.interrupted.set()
        stopping = asyncio.ensure_future(self.crawler.stop_async())
        await asyncio.wait({task, stopping}, timeout=STOP_WITHIN)
        for unfinished in (task, stopping):
            unfinished.cancel()
        await asyncio.gather(task, stopping, return_exceptions=True)

    def _conclude(self) -> None:
        spider = self.crawler.spider
        if isinstance(spider, PortalSpider):
            self.pages, self.rejected = spider.pages, len(spider.left_out)
            self.errors += spider.failures + self._too_many_left_out(spider.left_out, spider.left_out_at_most)
            self.remarks += [*spider.left_out, *map(_counted, spider.remarks.items())]
            self.unchanged, self.remembered = spider.unchanged, spider.remembered
        reason = self.crawler.stats.get_value("finish_reason") if self.crawler.stats else None
        if reason != "finished":
            self.errors.append(f"the crawl was ended early: {reason}")
        if not self.calls and not self.errors and not self.unchanged:
            self.errors.append("nothing found: the source answered, and showed no call at all")

    def report(self, name: str, started_at: datetime, ended_at: datetime) -> CrawlReport:
        """What the crawl came to, once it has ended."""
        return CrawlReport(
            source=name,
            started_at=started_at,
            ended_at=ended_at,
            items=len(self.calls),
            pages=self.pages,
            errors=tuple(self.errors[:TOLD_AT_MOST]),
            remarks=tuple(self.remarks[:TOLD_AT_MOST]),
            rejected=self.rejected,
            unchanged=self.unchanged,
            remembered=self.remembered,
        )

    def _too_many_left_out(self, left_out: Sequence[str], most: float) -> list[str]:
        rows = len(self.calls) + len(left_out)
        if len(left_out) <= rows * most:
            return []
        return [f"{len(left_out)} of {rows} rows cannot be read, among them {left_out[0]}"]

    def _on_item(self, item: FundingCall) -> None:
        self.calls.append(item)

    def _on_spider_error(self, failure: Failure) -> None:
        self.errors.append(f"the spider failed: {type(failure.value).__name__}: {failure.value}")


def _counted(remark: tuple[str, int]) -> str:
    what, times = remark
    return what if times == 1 else f"{what} ({times} times)"


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
        "WATCH_INNER_HOSTS": [inner_host] if inner_host else [],
        "WATCH_NOW": now,
        "WATCH_BACK_OFF": FIRST_WAIT if settings.delay > 0 else 0.0,
    }
