"""What an operator asks of the sources: which there are and how they fare, and what a new declaration would take.

The rule kept here: listing starts nothing and makes no database; trying writes nothing, and a declaration that yields
no call is refused.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from funding_watch.crawl import CrawlReport, run_spider
from funding_watch.crawling import Source, crawl_settings, sources_of, spider_arguments
from funding_watch.crawling.declared_files import read_declarations
from funding_watch.domain.call import FundingCall
from funding_watch.domain.declarations import Declaration
from funding_watch.domain.health import HEALTH_WORDS, Judged, judge, period_of
from funding_watch.domain.sources import SourceHealth
from funding_watch.store import readings
from funding_watch.store import sources as store
from kernel.contracts.label import load_label
from kernel.runtime import migrate
from kernel.runtime.clock import SystemClock
from kernel.runtime.database import Database
from kernel.runtime.settings import Settings

SHOWN = 3
"""Calls shown of each declaration that is tried."""
WIDEST = 160
STATES = {"ok": "lue", "degrade": "lecture refusée", "jamais": "jamais lue"}


async def registered(settings: Settings) -> list[dict[str, Any]]:
    """Every source: what it is, whether it is configured, and its health where a database knows it."""
    found = sources_of(settings)
    known = await health(settings, {name: source.schedule for name, source in found.items()})
    return [_facts(source, *known.get(name, (None, Judged(None)))) for name, source in found.items()]


def _facts(source: Source, known: SourceHealth | None, judged: Judged) -> dict[str, Any]:
    return {
        "name": source.name,
        "title": source.title,
        "owner": source.owner,
        "reach": source.reach,
        "configured": source.missing is None,
        "missing": source.missing,
        "schedule": source.schedule,
        "health": judged.health,
        "reasons": list(judged.reasons),
        "usual_count": judged.usual,
        "state": known.state if known else None,
        "last_success_at": known.last_success_at.isoformat() if known and known.last_success_at else None,
        "last_count": known.last_count if known else None,
        "reason": known.reason if known else None,
    }


async def health(settings: Settings, schedules: Mapping[str, str]) -> dict[str, tuple[SourceHealth, Judged]]:
    """The health of each source, by name, judged by its schedule; nothing where there is no up-to-date database."""
    if not settings.database_url and not (settings.data / "funding_watch.db").exists():
        return {}
    database = Database(settings.database_of("funding_watch"), SystemClock())
    try:
        if not await migrate.is_current(database.engine, "funding_watch"):
            return {}
        async with database.reading() as session:
            return {one.name: (one, await _judged(session, one.name, schedules)) for one in await store.every(session)}
    finally:
        await database.close()


async def _judged(session: AsyncSession, name: str, schedules: Mapping[str, str]) -> Judged:
    return judge(await readings.last(session, name), period_of(schedules.get(name, "")), SystemClock().now())


def listed(facts: dict[str, Any]) -> Iterator[str]:
    """The lines that show one source."""
    yield f"{facts['name']}  {facts['title']} ({facts['owner']}), {facts['reach']}"
    if not facts["configured"]:
        yield f"    à configurer : {facts['missing']}"
        return
    yield f"    configurée, lue selon « {facts['schedule']} » (UTC)"
    if facts["state"]:
        read = f", dernière bonne lecture {facts['last_success_at']}, {facts['last_count']} appels"
        yield f"    {STATES[facts['state']]}{read if facts['last_success_at'] else ''}"
    if facts["health"]:
        yield f"    santé : {HEALTH_WORDS[facts['health']].lower()}"
    for reason in dict.fromkeys([*facts["reasons"], facts["reason"]]):
        if reason:
            yield f"    {reason}"


class Refused(Exception):
    """A declaration that cannot be used; its text says why."""


def read_file(file: Path) -> list[Declaration]:
    """The declarations of a file. Raises `Refused` with one line that says what is wrong."""
    try:
        found = read_declarations(file)
    except ValueError as error:
        raise Refused(f"{file}: {error}") from None
    if not found:
        raise Refused(f"{file} declares no source: a source is a table, [name]")
    return list(found.values())


async def tried(settings: Settings, found: list[Declaration], base_url: str | None) -> list[str]:
    """What each declaration takes from its first page, as lines. Raises `Refused` at the first that takes nothing."""
    lines = []
    for declaration in found:
        calls: list[FundingCall] = []
        report = await _read(settings, declaration, base_url, calls)
        if not report.complete:
            raise Refused("\n".join((*report.errors, *report.remarks)))
        lines += [*_taken(declaration, calls), *(f"remarque : {remark}" for remark in report.remarks)]
    return lines


async def _read(
    settings: Settings, declaration: Declaration, base_url: str | None, calls: list[FundingCall]
) -> CrawlReport:
    if not base_url and not declaration.url:
        raise Refused(f"{declaration.name}.url is empty: give the address there, or with --base-url")
    label = load_label(settings.label_file, settings.territory_file)
    arguments = spider_arguments(declaration, settings) | {"first_page": True}
    how = crawl_settings(settings, label, base_url or declaration.address)
    how = replace(how, arguments={declaration.name: arguments})

    async def sink(chunk: list[FundingCall]) -> None:
        calls.extend(chunk)

    return await run_spider(declaration.name, base_url=base_url, sink=sink, settings=how)


def _taken(declaration: Declaration, calls: list[FundingCall]) -> Iterator[str]:
    yield f"{declaration.name} : {len(calls)} appels sur la première page"
    for call in calls[:SHOWN]:
        yield ""
        for field, value in call.model_dump(mode="json").items():
            yield f"  {field:<17} {_shown(value)}"
    yield ""


def _shown(value: Any) -> str:
    words = ", ".join(map(str, value)) if isinstance(value, list) else "" if value is None else str(value)
    words = " ".join(words.split())
    if not words:
        return "– (à vérifier)"
    return words if len(words) <= WIDEST else f"{words[: WIDEST - 1]}…"
