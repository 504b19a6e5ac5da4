"""The loop that reads sources: takes one that is due, reads it over HTTP, stores what it believes.

The rule kept here: no transaction is open while the network speaks. A reader holds its source by a lease that it
renews; killed in the middle, its source is read again, and what was stored tells nothing twice.
"""

import asyncio
import contextlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from types import MappingProxyType
from typing import Any

import structlog

from funding_watch import handlers
from funding_watch.crawl import CHUNK, CrawlReport, CrawlSettings, run_spider
from funding_watch.domain.call import FundingCall
from funding_watch.domain.declarations import Declaration, Reach, declarations
from funding_watch.domain.sources import Remembered, trouble
from funding_watch.handlers import Tally
from funding_watch.spiders import SPIDERS
from funding_watch.store import sources as source_store
from funding_watch.store.sources import LEASE, Claim, ClaimLost
from kernel.contracts.label import Label
from kernel.runtime.database import Database
from kernel.runtime.failures import sentence
from kernel.runtime.settings import PREFIX, Settings, WrongSetting

LOOK_AGAIN = 5.0
"""Seconds between two looks for a source that is due, when nobody wakes the loop: a lease that ended wakes nobody."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Source:
    """A source as this installation reads it. `missing` says in French what is to be filled in, None when ready."""

    name: str
    title: str
    owner: str
    base_url: str | None
    missing: str | None = None
    reach: Reach = "nationale"
    schedule: str = ""
    """Six-field cron, UTC."""


def sources_of(settings: Settings) -> dict[str, Source]:
    """Every source that the watch knows how to read, by name: those of the code, then those declared.

    Raises `WrongSetting` when the file of the declared ones cannot be used.
    """
    addresses = {"aides_territoires": settings.aides_territoires_url, "eu_portal": settings.eu_portal_url}
    cron = settings.crawl_schedule
    known = {
        name: Source(name, spider.source_title, spider.owner, addresses.get(name) or None, None, spider.reach, cron)
        for name, spider in SPIDERS.items()
    }
    if not settings.aides_territoires_token and not settings.aides_territoires_url:
        missing = "Demandez un jeton sur Aides-territoires et donnez-le dans CHEVALEMENT_AIDES_TERRITOIRES_TOKEN."
        known["aides_territoires"] = replace(known["aides_territoires"], missing=missing)
    return known | {name: _declared(one, settings) for name, one in declared_in(settings).items()}


def declared_in(settings: Settings) -> dict[str, Declaration]:
    """The declarations of the installation's file. Raises `WrongSetting`."""
    try:
        found = declarations(settings.sources_file.read_text(encoding="utf-8"))
        if taken := sorted(set(found) & set(SPIDERS)):
            raise ValueError(f"{', '.join(taken)}: this name is taken by a source of the code")
    except (OSError, ValueError) as error:
        raise WrongSetting(f"{PREFIX}SOURCES_FILE={str(settings.sources_file)!r}: {error}") from None
    return found


def _declared(one: Declaration, settings: Settings) -> Source:
    missing = None if one.enabled else one.verify
    if one.enabled and one.format == "ademe_agir" and not all(_agir_keys(settings).values()):
        names = " et ".join(f"{PREFIX}ADEME_AGIR_{name.upper()}" for name in _agir_keys(settings))
        missing = f"Demandez à l’ADEME l’accès au service AGIR et donnez-le dans {names}."
    schedule = one.schedule or settings.crawl_schedule
    return Source(one.name, one.title, one.owner, one.url or None, missing, one.reach, schedule)


def _agir_keys(settings: Settings) -> dict[str, str]:
    return {"client_id": settings.ademe_agir_client_id, "client_secret": settings.ademe_agir_client_secret}


def spider_arguments(declared: Declaration, settings: Settings) -> dict[str, Any]:
    """What the spider of a declared source needs."""
    return {"declaration": declared} | (_agir_keys(settings) if declared.format == "ademe_agir" else {})


def crawl_settings(settings: Settings, label: Label) -> CrawlSettings:
    """How sources are read here. On one's own machine the delay between two requests serves nobody."""
    places = {commune.name: commune.code for commune in label.communes.values()}
    places |= {commune.epci_name: commune.epci_code for commune in label.communes.values()}
    arguments: dict[str, Mapping[str, Any]] = {
        "aides_territoires": {
            "token": settings.aides_territoires_token,
            "perimeter_codes": (label.department,),
            "local_places": places,
        }
    }
    arguments |= {name: spider_arguments(one, settings) for name, one in declared_in(settings).items()}
    return CrawlSettings(
        contact=label.mail,
        allow_private=settings.crawl_private_addresses,
        delay=0.0 if settings.crawl_private_addresses else 1.0,
        arguments=MappingProxyType(arguments),
    )


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

    async def _until(self, reading: asyncio.Future[None], stopping: asyncio.Event) -> None:
        stop = asyncio.ensure_future(stopping.wait())
        waits: list[asyncio.Future[Any]] = [reading, stop]
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        stop.cancel()

    async def _give_back(self, reading: asyncio.Future[None], claim: Claim) -> None:
        reading.cancel()
        await asyncio.wait({reading})
        with contextlib.suppress(ClaimLost):
            async with self.database.work(claim.cause) as work:
                await source_store.release(work.session, claim)

    async def _read(self, claim: Claim) -> None:
        """Read a source and store it whole, or degrade it."""
        source = self.sources[claim.source]
        found: list[FundingCall] = []
        keeping = asyncio.ensure_future(self._keep(claim))
        try:
            reason, report = await self._gather(source, found)
        finally:
            keeping.cancel()
            await asyncio.wait({keeping})
        if reason is not None or report is None:
            await self._degrade(claim, reason or trouble(None, 0, []) or "")
        elif report.unchanged:
            async with self.database.work(claim.cause) as work:
                await handlers.confirm_source(work, claim, report.remembered)
        else:
            await self._store(claim, found, report.remembered)

    async def _degrade(self, claim: Claim, reason: str) -> None:
        log.warning("source.degraded", source=claim.source, reason=reason)
        async with self.database.work(claim.cause) as work:
            await handlers.degrade_source(work, claim, reason)

    async def _gather(self, source: Source, found: list[FundingCall]) -> tuple[str | None, CrawlReport | None]:
        """Fill `found` with the source's calls; the reason in French when they are not to be believed."""

        async def sink(calls: list[FundingCall]) -> None:
            found.extend(calls)

        async with self.database.reading() as session:
            remembered = await source_store.remembered(session, source.name)
        try:
            report = await run_spider(
                source.name, base_url=source.base_url, sink=sink, settings=self.settings, remembered=remembered
            )
        except Exception as error:  # noqa: BLE001 - whatever a reader raises, the source was not read
            return trouble(None, 0, [sentence(error)]), None
        log.info("source.read", source=source.name, items=report.items, pages=report.pages, remarks=report.remarks)
        return await self._judge(source, report), report

    async def _judge(self, source: Source, report: CrawlReport) -> str | None:
        if report.unchanged and report.complete:
            return None
        async with self.database.reading() as session:
            health = await source_store.one(session, source.name)
        return trouble(health.last_count, report.items, report.errors)

    async def _store(self, claim: Claim, found: list[FundingCall], left: Remembered | None) -> None:
        tally = Tally()
        for start in range(0, len(found), CHUNK):
            async with self.database.work(claim.cause) as work:
                tally += await handlers.store_calls(work, claim, found[start : start + CHUNK])
        async with self.database.work(claim.cause) as work:
            await handlers.finish_crawl(work, claim, tally, left)

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
