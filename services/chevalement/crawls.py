"""What an operator asks of the watch's crawls: read a source now, at a given clock, and say what became of it.

The rule kept here: it is the same reading as the calendar's, with the same doubts and the same lease, so that it may
run beside the platform; what it has to tell leaves as soon as the platform runs.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from funding_watch.crawling import Crawling, Outcome, Source, crawl_settings, sources_of
from funding_watch.store.sources import ClaimLost
from kernel.contracts.label import load_label
from kernel.runtime import migrate
from kernel.runtime.clock import Clock, FixedClock, SystemClock
from kernel.runtime.database import Database
from kernel.runtime.settings import Settings

BUSY = "Un autre processus lit cette source en ce moment."


class Refused(Exception):
    """The command cannot be carried out as given; its text says what to do."""


def clock_at(written: str | None, option: str) -> Clock:
    """The clock of an option: what it says, the machine's when it says nothing. Raises `Refused`."""
    at = moment(written, option)
    return FixedClock(at) if at else SystemClock()


def moment(written: str | None, option: str) -> datetime | None:
    """The moment of an option; without a zone it is UTC. Raises `Refused`."""
    if not written:
        return None
    try:
        at = datetime.fromisoformat(written)
    except ValueError:
        raise Refused(f"{option} {written!r} is no moment: write it as 2026-03-12 or 2026-03-12T11:00:00Z") from None
    return at if at.tzinfo else at.replace(tzinfo=UTC)


@asynccontextmanager
async def watch_database(settings: Settings, clock: Clock) -> AsyncIterator[Database]:
    """The watch's database at its newest revision."""
    database = Database(settings.database_of("funding_watch"), clock)
    try:
        await migrate.upgrade(database.engine, "funding_watch")
        yield database
    finally:
        await database.close()


async def crawl(settings: Settings, names: Sequence[str], base_url: str | None, clock: Clock) -> list[Outcome]:
    """Read the sources one after the other; no name means all that are ready. Raises `Refused`."""
    sources = _chosen(sources_of(settings), names, base_url)
    label = load_label(settings.label_file, settings.territory_file)
    outcomes = []
    async with watch_database(settings, clock) as database:
        crawling = Crawling(database, sources, crawl_settings(settings, label, base_url))
        for name in sources:
            try:
                outcome = await crawling.read_now(name)
            except ClaimLost:
                outcome = None
            if outcome is None and names:
                raise Refused(f"{name} is being read by another process: try again in a minute")
            outcomes.append(outcome or Outcome(name, 0.0, None, refused=BUSY))
    return outcomes


def _chosen(known: Mapping[str, Source], names: Sequence[str], base_url: str | None) -> dict[str, Source]:
    if not names:
        return {name: source for name, source in known.items() if source.missing is None}
    if unknown := [name for name in names if name not in known]:
        raise Refused(f"{unknown[0]!r} is no source: use one of {', '.join(known)}")
    if base_url:
        return {name: replace(known[name], base_url=base_url) for name in names}
    for name in names:
        if missing := known[name].missing:
            raise Refused(f"{name} is not configured: {missing}")
    return {name: known[name] for name in names}


def facts(outcome: Outcome) -> dict[str, Any]:
    """What became of one reading, for a last line of JSON."""
    report, tally = outcome.report, outcome.tally
    return {
        "source": outcome.source,
        "pages": report.pages if report else 0,
        "items": tally.calls if report and report.unchanged else report.items if report else 0,
        "new": tally.discovered,
        "changed": tally.amended,
        "unchanged": tally.calls - tally.discovered - tally.amended,
        "unconfirmed": tally.unconfirmed,
        "closed": outcome.closed,
        "rejected": report.rejected if report else 0,
        "reasons": list(report.remarks) if report else [],
        "refused": outcome.refused,
        "errors": list(report.errors) if report else [],
        "seconds": round(outcome.seconds, 3),
    }


COUNTS = ("pages", "items", "new", "changed", "unchanged", "unconfirmed", "closed", "rejected", "seconds")


def totals(found: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """One line for all the sources, with each of them in it; a single source is its own line."""
    if len(found) == 1:
        return dict(found[0])
    summed: dict[str, Any] = {name: round(sum(one[name] for one in found), 3) for name in COUNTS}
    reasons = [reason for one in found for reason in one["reasons"]]
    refused = [one["source"] for one in found if one["refused"]]
    return summed | {"reasons": reasons, "refused": refused, "sources": list(found)}


def line(found: Mapping[str, Any]) -> str:
    """What became of one reading, for a person."""
    if found["refused"]:
        return f"{found['source']} : lecture refusée. {found['refused']}"
    if not found["pages"]:
        return f"{found['source']} : rien de neuf, dit la source ; {found['items']} appels, {found['seconds']:.1f} s"
    return (
        f"{found['source']} : {found['items']} appels en {found['pages']} pages, {found['new']} nouveaux, "
        f"{found['changed']} modifiés, {found['unconfirmed']} non confirmés, {found['closed']} clos, "
        f"{found['rejected']} lignes illisibles, {found['seconds']:.1f} s"
    )
