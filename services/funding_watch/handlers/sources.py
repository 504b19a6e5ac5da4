"""Sources are read and believed, or not and say so; people may accept that one has shrunk."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import astuple, dataclass, replace
from datetime import timedelta

from funding_watch.domain import catalogue, sources
from funding_watch.domain.call import FundingCall
from funding_watch.domain.health import Judged, ReadingFacts, judge, period_of
from funding_watch.domain.sources import SourceHealth
from funding_watch.handlers import lives
from funding_watch.store import calls
from funding_watch.store import lives as life_store
from funding_watch.store import readings as reading_store
from funding_watch.store import sources as source_store
from funding_watch.store.readings import Decision
from funding_watch.store.sources import Claim
from kernel.contracts.funding_watch import CallsDue, CrawlDue, SourceCrawled, SourceDegraded
from kernel.runtime.database import Work

EVERY_HOUR = "0 5 * * * *"
"""Six-field cron, UTC: a deadline is told as passed within the hour."""
A_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Tally:
    """What a reading of a source came to so far."""

    calls: int = 0
    discovered: int = 0
    amended: int = 0
    unconfirmed: int = 0

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(*(mine + theirs for mine, theirs in zip(astuple(self), astuple(other), strict=True)))


async def open_watch(work: Work, titles: Mapping[str, str], ready: Iterable[str], cron: str) -> None:
    """At start: know the sources (name → title), and have those that are ready read by the calendar."""
    for name, title in titles.items():
        await source_store.introduce(work.session, name, title)
    for name in ready:
        work.regularly(CrawlDue(source=name), cron, name)


async def watch_time(work: Work, schedules: Mapping[str, str]) -> None:
    """At start: what the passing of time touches is looked at every hour, and now.

    `schedules` (name → cron) are the sources that are ready: one whose turn passed while we were stopped is read.
    """
    work.regularly(CallsDue(), EVERY_HOUR, "calls")
    await lives.settle_all(work)
    for name, cron in schedules.items():
        health = await source_store.one(work.session, name)
        if health.last_tried_at and work.at - health.last_tried_at > period_of(cron):
            work.record(CrawlDue(source=name))


async def watch_sources(work: Work, schedules: Mapping[str, str]) -> None:
    """A source that has not been read when it should is late; told once, until its health changes again."""
    for name, cron in schedules.items():
        health = await source_store.one(work.session, name)
        judged = judge(await reading_store.last(work.session, name), period_of(cron), work.at)
        if judged.health == "late" and health.health == "healthy":
            await source_store.save(work.session, replace(health, health="late"))
            reason = judged.reasons[0]
            work.record(_degraded(health, judged, work, reason))


async def request_crawl(work: Work, source: str) -> None:
    """Have a source read now, by the same road as the calendar's."""
    work.record(CrawlDue(source=source))


async def mark_due(work: Work, source: str) -> None:
    """Put a source on the list of those to read; the loop of `crawling` does the rest."""
    await source_store.mark_due(work.session, source, work.at, work.cause)


async def store_calls(work: Work, claim: Claim, read: Sequence[FundingCall]) -> Tally:
    """Keep one batch of a believed reading and tell what is new in it. Raises `ClaimLost`."""
    await source_store.renew(work.session, claim, work.at)
    known = await calls.known(work.session, [call.key for call in read])
    readings = [catalogue.compare(known[call.key].call if call.key in known else None, call) for call in read]
    await calls.keep(work.session, readings, work.at)
    work.record(*(event for reading in readings for event in catalogue.told(reading, work.at)))
    await lives.see(work, readings, known)
    claim.seen.update(call.key for call in read)
    novelties = [reading.novelty for reading in readings]
    return Tally(len(read), novelties.count("new"), novelties.count("amended"))


async def finish_crawl(
    work: Work,
    claim: Claim,
    tally: Tally,
    left: sources.Remembered | None = None,
    facts: ReadingFacts | None = None,
) -> Tally:
    """A source was read to its end and believed; `left` makes its next reading conditional. Raises `ClaimLost`.

    What it did not show is counted as absent once more; `tally` comes back with how many are in doubt from now on.
    """
    absent = await life_store.missed(work.session, claim.source, claim.seen)
    tally = replace(tally, unconfirmed=await lives.miss(work, absent))
    await _end_crawl(work, claim, tally, left, facts)
    return tally


async def confirm_source(
    work: Work, claim: Claim, left: sources.Remembered | None, facts: ReadingFacts | None = None
) -> Tally:
    """The source said that nothing moved since its last good reading, whose count still holds. Raises `ClaimLost`.

    What that reading showed is seen again, and what it did not show is absent once more.
    """
    health = await source_store.one(work.session, claim.source)
    unconfirmed = await lives.miss(work, await life_store.unlisted(work.session, claim.source))
    tally = Tally(health.last_count or 0, unconfirmed=unconfirmed)
    facts = replace(facts, items=tally.calls) if facts else None
    await _end_crawl(work, claim, tally, left, facts)
    return tally


async def _end_crawl(
    work: Work, claim: Claim, tally: Tally, left: sources.Remembered | None, facts: ReadingFacts | None
) -> None:
    await source_store.close(work.session, claim)
    await source_store.remember(work.session, claim.source, left)
    before = await source_store.one(work.session, claim.source)
    judged = await _judged(work, claim.source, facts or ReadingFacts(work.at, tally.calls, believed=True))
    after = sources.after_success(before, tally.calls, work.at)
    await source_store.save(work.session, replace(after, health=judged.health))
    work.record(
        SourceCrawled(
            source=claim.source,
            title=before.title,
            at=work.at,
            calls=tally.calls,
            discovered=tally.discovered,
            amended=tally.amended,
            before=before.health,
            health=judged.health,
        )
    )


async def degrade_source(work: Work, claim: Claim, reason: str, facts: ReadingFacts | None = None) -> None:
    """A reading was not believed: nothing of it is kept, and someone is told. Raises `ClaimLost`."""
    await source_store.close(work.session, claim)
    before = await source_store.one(work.session, claim.source)
    facts = facts or ReadingFacts(work.at, 0, believed=False, errors=(reason,))
    judged = await _judged(work, claim.source, facts)
    refused = facts.items if facts.items and not facts.errors else None
    after = sources.after_trouble(before, reason, work.at, refused)
    await source_store.save(work.session, replace(after, health=judged.health))
    work.record(_degraded(before, judged, work, reason))


async def _judged(work: Work, source: str, facts: ReadingFacts) -> Judged:
    await reading_store.add(work.session, source, facts)
    return judge(await reading_store.last(work.session, source), A_DAY, work.at)


def _degraded(before: SourceHealth, judged: Judged, work: Work, reason: str) -> SourceDegraded:
    return SourceDegraded(
        source=before.name,
        title=before.title,
        at=work.at,
        reason=reason,
        before=before.health,
        health=judged.health,
    )


async def accept_count(work: Work, source: str, count: int, *, by: str, reason: str) -> None:
    """A person accepts that a source has shrunk to `count` calls; it is read again at once.

    Raises ValueError when its last reading was not refused at that count.
    """
    health = await source_store.one(work.session, source)
    accepted = sources.after_acceptance(health, count)
    decision = Decision(source, work.at, by, reason, health.last_count or 0, count)
    await reading_store.decide(work.session, decision)
    await source_store.save(work.session, accepted)
    work.record(CrawlDue(source=source))
