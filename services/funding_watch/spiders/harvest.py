"""What one crawl brings in: calls, counted and laid aside on disk, and troubles.

The rule kept here: nothing is handed over before the last page, and what waits does not fill the memory, however large
the catalogue is. What is odd in what was kept is counted and told.
"""

import asyncio
import json
import logging
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Any, Self

from scrapy import signals
from scrapy.crawler import Crawler
from twisted.python.failure import Failure

from funding_watch.domain.call import FundingCall
from funding_watch.domain.health import FILLED, shares
from funding_watch.domain.sources import Remembered
from funding_watch.spiders.base import PortalSpider
from funding_watch.spiders.text import is_garbled

CHUNK = 100
"""Calls handed over at once: one transaction of the handler."""

TOLD_AT_MOST = 20
"""Errors and remarks kept of each kind; the first ones tell the story."""

STOP_WITHIN = 8.0
"""Seconds that an interrupted crawl has to close; Scrapy draws its pauses up to half as long again."""

IN_MEMORY = 1024 * 1024
"""Bytes of calls that wait before they go to a file."""


class Spool:
    """The calls of one crawl, in their order, until it is known whether they are believed; gone when it is left."""

    def __init__(self) -> None:
        self._file = tempfile.SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 - closed by __exit__
        self._count = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def __len__(self) -> int:
        return self._count

    def add(self, call: FundingCall) -> None:
        """One more; its payload goes beside its record."""
        self._file.write(f"{call.model_dump_json()}\n{json.dumps(call.payload)}\n".encode())
        self._count += 1

    def __iter__(self) -> Iterator[FundingCall]:
        self._file.seek(0)
        for _ in range(self._count):
            record, payload = self._file.readline(), self._file.readline()
            yield FundingCall.model_validate_json(record).model_copy(update={"payload": json.loads(payload)})

    def chunks(self) -> Iterator[list[FundingCall]]:
        """The calls by hundreds."""
        chunk: list[FundingCall] = []
        for call in self:
            chunk.append(call)
            if len(chunk) == CHUNK:
                yield chunk
                chunk = []
        if chunk:
            yield chunk


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
    filled: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))
    """Share of the calls (0 to 1) that have each of the fields that are watched."""

    @property
    def complete(self) -> bool:
        """Whether the catalogue was read whole: only then were calls handed over."""
        return not self.errors


class Harvest:
    """What one crawl brings in, calls and troubles; Scrapy reports both by signals."""

    def __init__(self, crawler: Crawler, interrupted: asyncio.Event, spool: Spool, now: datetime) -> None:
        self.crawler = crawler
        self.interrupted = interrupted
        self.spool = spool
        self.now = now
        self.filled: Counter[str] = Counter()
        self.oddities: Counter[str] = Counter()
        self.errors: list[str] = []
        self.remarks: list[str] = []
        self.pages = self.rejected = 0
        self.unchanged = False
        self.remembered: Remembered | None = None
        logging.getLogger("scrapy").setLevel(logging.CRITICAL)  # the report tells every trouble, in one line
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
            odd = [f"{spider.name}: {count} {what}" for what, count in self.oddities.items()]
            self.remarks += [*spider.left_out, *map(_counted, spider.remarks.items()), *odd]
            self.unchanged, self.remembered = spider.unchanged, spider.remembered
        reason = self.crawler.stats.get_value("finish_reason") if self.crawler.stats else None
        if reason != "finished":
            self.errors.append(f"the crawl was ended early: {reason}")
        if not len(self.spool) and not self.errors and not self.unchanged:
            self.errors.append("nothing found: the source answered, and showed no call at all")

    def report(self, name: str, started_at: datetime, ended_at: datetime) -> CrawlReport:
        """What the crawl came to, once it has ended."""
        return CrawlReport(
            source=name,
            started_at=started_at,
            ended_at=ended_at,
            items=len(self.spool),
            pages=self.pages,
            errors=_told(self.errors),
            remarks=_told(self.remarks),
            rejected=self.rejected,
            unchanged=self.unchanged,
            remembered=self.remembered,
            filled=shares(self.filled, len(self.spool)),
        )

    def _too_many_left_out(self, left_out: Sequence[str], most: float) -> list[str]:
        rows = len(self.spool) + len(left_out)
        if len(left_out) <= rows * most:
            return []
        return [f"{len(left_out)} of {rows} rows cannot be read, among them {left_out[0]}"]

    def _on_item(self, item: FundingCall) -> None:
        self.spool.add(item)
        self.filled.update(name for name in FILLED if getattr(item, name))
        if item.status_at(self.now) == "clos":
            self.oddities["calls came with a deadline that has passed: they are kept as closed"] += 1
        if is_garbled(item.title + item.description):
            self.oddities["calls are written in the letters of another encoding (« Ã© »): kept as they came"] += 1

    def _on_spider_error(self, failure: Failure) -> None:
        self.errors.append(f"the spider failed: {type(failure.value).__name__}: {failure.value}")


def _told(words: Sequence[str]) -> tuple[str, ...]:
    """The first ones, and how many more there are."""
    if len(words) <= TOLD_AT_MOST:
        return tuple(words)
    return (*words[: TOLD_AT_MOST - 1], f"… and {len(words) - TOLD_AT_MOST + 1} more")


def _counted(remark: tuple[str, int]) -> str:
    what, times = remark
    return what if times == 1 else f"{what} ({times} times)"
