"""The loop that reads sources: takes one that is due, reads it over HTTP, stores what it believes.

The rule kept here: no transaction is open while the network speaks. A reader holds its source by a lease that it
renews; killed in the middle, its source is read again, and what was stored tells nothing twice.
"""

import asyncio
import contextlib
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import structlog

from funding_watch import handlers
from funding_watch.crawl import CrawlReport, CrawlSettings, Harvested, ask_source, harvested
from funding_watch.crawling.configured import Source, crawl_settings, declared_in, sources_of, spider_arguments
from funding_watch.domain.health import ReadingFacts
from funding_watch.domain.sources import trouble
from funding_watch.handlers import Tally, lives
from funding_watch.store import lives as life_store
from funding_watch.store import sources as source_store
from funding_watch.store.sources import LEASE, Claim, ClaimLost
from kernel.contracts.envelope import Cause
from kernel.runtime.database import Database
from kernel.runtime.failures import sentence

LOOK_AGAIN = 5.0
"""Seconds between two looks for a source that is due, when nobody wakes the loop: a lease that ended wakes nobody."""

ASKED_AT_ONCE = 20
"""Calls in doubt that a source is asked for after a reading; the others wait for the next one."""

__all__ = ["Crawling", "Outcome", "Source", "crawl_settings", "declared_in", "sources_of", "spider_arguments"]

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one reading; `refused` says in French why it was not believed."""

    source: str
    seconds: float
    report: CrawlReport | None
    tally: Tally = field(default_factory=Tally)
    closed: int = 0
    refused: str | None = None


class Crawling:
    """Reads the sources that are due, one at a time in this process; replicas share the list."""

    def __init__(self, database: Database, sources: Mapping[str, Source], settings: CrawlSettings) -> None:
        self.database = database
        self.sources = sources
        self.settings = replace(settings, clock=database.clock)
        self._woken = asyncio.Event()

    def wake(self) -> None:
        """Something is due, or is about to be committed as such."""
        self._woken.set()

    async def run(self, stopping: asyncio.Event) -> None:
        """Read what is due until `stopping` is set; a reading under way is then given back."""
        while not stopping.is_set():
            try:
                worked = await self.read_next(stopping)
            except Exception as error:  # noqa: BLE001 - the database may be away: the loop must outlive it
                log.error("crawl.failed", reason=sentence(error))
                worked = False
            if not worked:
                await self._rest(stopping)

    async def read_next(self, stopping: asyncio.Event) -> bool:
        """Read one source that is due; False when none is."""
        async with self.database.reading() as session:
            if not await source_store.due(session):
                return False
        async with self.database.work() as work:
            claim = await source_store.claim(work.session, work.at)
        if claim is None:
            return False
        reading = asyncio.ensure_future(self._read(claim))
        await self._until(reading, stopping)
        if not reading.done():
            await self._give_back(reading, claim)
            return True
        with contextlib.suppress(ClaimLost):  # a newer reader has it: what this one read is dropped
            await reading
        return True

    async def read_now(self, name: str) -> Outcome | None:
        """Read one source, whatever the calendar says; None when another process is reading it.

        Raises `ClaimLost` when a newer reader took it over meanwhile.
        """
        async with self.database.work() as work:
            await source_store.introduce(work.session, name, self.sources[name].title)
            await handlers.mark_due(work, name)
            claim = await source_store.claim(work.session, work.at, name)
        return await self._read(claim) if claim else None

    async def _until(self, reading: asyncio.Future[Outcome], stopping: asyncio.Event) -> None:
        stop = asyncio.ensure_future(stopping.wait())
        waits: list[asyncio.Future[Any]] = [reading, stop]
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        stop.cancel()

    async def _give_back(self, reading: asyncio.Future[Outcome], claim: Claim) -> None:
        reading.cancel()
        await asyncio.wait({reading})
        with contextlib.suppress(ClaimLost):
            async with self.database.work(claim.cause) as work:
                await source_store.release(work.session, claim)

    async def _read(self, claim: Claim) -> Outcome:
        """Read a source and store it whole, or degrade it."""
        source, began = self.sources[claim.source], time.perf_counter()
        async with contextlib.AsyncExitStack() as stack:
            keeping = asyncio.ensure_future(self._keep(claim))
            try:
                reason, found = await self._gather(source, stack)
            finally:
                keeping.cancel()
                await asyncio.wait({keeping})
            seconds = time.perf_counter() - began
            report = found.report if found else None
            facts = _facts(report, seconds, believed=reason is None)
            if found is None or reason is not None:
                reason = reason or trouble(None, 0, []) or ""
                await self._degrade(claim, reason, facts)
                return Outcome(claim.source, seconds, report, refused=reason)
            tally = await self._store(claim, found, facts)
        closed = await self._ask_for_the_missing(source, claim) + await self._settle(claim.cause)
        return Outcome(claim.source, seconds, report, tally, closed)

    async def _ask_for_the_missing(self, source: Source, claim: Claim) -> int:
        """Ask a source that was just read for the calls in doubt; what it does not answer stays as it is.

        How many closed.
        """
        async with self.database.reading() as session:
            today = self.database.clock.now().date()
            doubtful = await life_store.doubtful(session, source.name, today, ASKED_AT_ONCE)
        if not doubtful:
            return 0
        try:
            calls = [one.call for one in doubtful]
            answers = await ask_source(source.name, calls, base_url=source.base_url, settings=self.settings)
        except Exception as error:  # noqa: BLE001 - the reading itself is stored: a question without answer is no loss
            log.warning("source.not_asked", source=source.name, reason=sentence(error))
            return 0
        log.info("source.asked", source=source.name, said=dict(answers.said), errors=answers.errors)
        async with self.database.work(claim.cause) as work:
            return await lives.hear_answers(work, answers.said, answers.calls)

    async def _settle(self, cause: Cause) -> int:
        """Look at what time has touched, by batches; how many closed."""
        looked_at, closed = lives.AT_ONCE, 0
        while looked_at == lives.AT_ONCE:
            async with self.database.work(cause) as work:
                looked_at, ended = await lives.settle(work)
            closed += ended
        return closed

    async def _degrade(self, claim: Claim, reason: str, facts: ReadingFacts | None) -> None:
        log.warning("source.degraded", source=claim.source, reason=reason)
        async with self.database.work(claim.cause) as work:
            await handlers.degrade_source(work, claim, reason, facts)

    async def _gather(self, source: Source, stack: contextlib.AsyncExitStack) -> tuple[str | None, Harvested | None]:
        """What the source shows, for as long as `stack` is open; the reason in French when it is not to be believed."""
        async with self.database.reading() as session:
            remembered = await source_store.remembered(session, source.name)
        try:
            reading = harvested(source.name, base_url=source.base_url, settings=self.settings, remembered=remembered)
            found = await stack.enter_async_context(reading)
        except Exception as error:  # noqa: BLE001 - whatever a reader raises, the source was not read
            return trouble(None, 0, [sentence(error)]), None
        report = found.report
        log.info("source.read", source=source.name, items=report.items, pages=report.pages, remarks=report.remarks)
        return await self._judge(source, report), found

    async def _judge(self, source: Source, report: CrawlReport) -> str | None:
        if report.unchanged and report.complete:
            return None
        async with self.database.reading() as session:
            health = await source_store.one(session, source.name)
        return trouble(health.last_count, report.items, report.errors)

    async def _store(self, claim: Claim, found: Harvested, facts: ReadingFacts | None) -> Tally:
        report = found.report
        if report.unchanged:
            async with self.database.work(claim.cause) as work:
                return await handlers.confirm_source(work, claim, report.remembered, facts)
        tally = Tally()
        for chunk in found.spool.chunks():
            async with self.database.work(claim.cause) as work:
                tally += await handlers.store_calls(work, claim, chunk)
        async with self.database.work(claim.cause) as work:
            return await handlers.finish_crawl(work, claim, tally, report.remembered, facts)

    async def _keep(self, claim: Claim) -> None:
        """Renew the lease while the network speaks; the stores renew it themselves."""
        while True:
            await asyncio.sleep(LEASE / timedelta(seconds=3))
            with contextlib.suppress(ClaimLost):  # found out when the batch is stored
                async with self.database.work(claim.cause) as work:
                    await source_store.renew(work.session, claim, work.at)

    async def _rest(self, stopping: asyncio.Event) -> None:
        waits = {asyncio.ensure_future(self._woken.wait()), asyncio.ensure_future(stopping.wait())}
        _, pending = await asyncio.wait(waits, timeout=LOOK_AGAIN, return_when=asyncio.FIRST_COMPLETED)
        for task in pending:
            task.cancel()
        self._woken.clear()


def _facts(report: CrawlReport | None, seconds: float, *, believed: bool) -> ReadingFacts | None:
    """What a reading came to, for later ones to be compared with."""
    if report is None:
        return None
    return ReadingFacts(
        at=report.ended_at,
        items=report.items,
        believed=believed,
        seconds=seconds,
        pages=report.pages,
        unchanged=report.unchanged,
        filled=report.filled,
        errors=report.errors,
        remarks=report.remarks,
    )
