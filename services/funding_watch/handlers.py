"""The story of the watch: sources are read, calls are kept, projects are learnt, calls are proposed.

Each function is one transaction or a part of one: load, ask the domain, save, record what to tell. Messages come
in any order and twice; nothing here depends on either.
"""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from funding_watch.domain import catalogue, sources
from funding_watch.domain.call import FundingCall
from funding_watch.domain.eligibility import Place
from funding_watch.domain.matching import Index, Proposal, propose
from funding_watch.domain.projects import Candidacy, learn
from funding_watch.store import calls, matches, projects
from funding_watch.store import sources as source_store
from funding_watch.store.sources import Claim
from kernel.contracts.funding_watch import (
    CallAmended,
    CallDiscovered,
    CrawlDue,
    MatchProposed,
    SourceCrawled,
    SourceDegraded,
)
from kernel.contracts.intake import CandidacySubmitted, CandidacyWithdrawn
from kernel.contracts.scoring import DecisionTaken
from kernel.runtime.database import Work


@dataclass(frozen=True, slots=True)
class Tally:
    """What a reading of a source came to so far."""

    calls: int = 0
    discovered: int = 0
    amended: int = 0

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(self.calls + other.calls, self.discovered + other.discovered, self.amended + other.amended)


async def open_watch(work: Work, titles: Mapping[str, str], ready: Iterable[str], cron: str) -> None:
    """At start: know the sources (name → title), and have those that are ready read by the calendar."""
    for name, title in titles.items():
        await source_store.introduce(work.session, name, title)
    for name in ready:
        work.regularly(CrawlDue(source=name), cron, name)


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
    readings = [catalogue.compare(known.get(call.key), call) for call in read]
    await calls.keep(work.session, readings, work.at)
    events = [event for event in (catalogue.told(reading, work.at) for reading in readings) if event]
    work.record(*events)
    discovered = sum(isinstance(event, CallDiscovered) for event in events)
    return Tally(len(read), discovered, sum(isinstance(event, CallAmended) for event in events))


async def finish_crawl(work: Work, claim: Claim, tally: Tally, left: sources.Remembered | None = None) -> None:
    """A source was read to its end and believed; `left` makes its next reading conditional. Raises `ClaimLost`."""
    await source_store.close(work.session, claim)
    await source_store.remember(work.session, claim.source, left)
    health = await source_store.one(work.session, claim.source)
    await source_store.save(work.session, sources.after_success(health, tally.calls, work.at))
    work.record(
        SourceCrawled(
            source=claim.source,
            title=health.title,
            at=work.at,
            calls=tally.calls,
            discovered=tally.discovered,
            amended=tally.amended,
        )
    )


async def confirm_source(work: Work, claim: Claim, left: sources.Remembered | None) -> None:
    """The source said that nothing moved since its last good reading, whose count still holds. Raises `ClaimLost`."""
    health = await source_store.one(work.session, claim.source)
    await finish_crawl(work, claim, Tally(health.last_count or 0), left)


async def degrade_source(work: Work, claim: Claim, reason: str) -> None:
    """A reading was not believed: nothing of it is kept, and someone is told. Raises `ClaimLost`."""
    await source_store.close(work.session, claim)
    health = await source_store.one(work.session, claim.source)
    await source_store.save(work.session, sources.after_trouble(health, reason, work.at))
    work.record(SourceDegraded(source=claim.source, title=health.title, at=work.at, reason=reason))


async def hear(work: Work, event: CandidacySubmitted | CandidacyWithdrawn | DecisionTaken, place: Place) -> None:
    """Learn something of a project, and look for calls once enough is known of it."""
    candidacy = learn(await projects.claim(work.session, event.candidacy_id), event)
    await projects.save(work.session, candidacy)
    if candidacy.is_watched:
        await _match(work, [candidacy], place)


async def match_all(work: Work, place: Place) -> None:
    """Calls came or changed: every watched project is matched again, against all of them.

    All, since a word's weight comes from the whole stock: what is proposed then depends on the calls, not on
    the order in which they came.
    """
    await _match(work, await projects.claim_watched(work.session), place)


async def _match(work: Work, watched: Sequence[Candidacy], place: Place) -> None:
    if not watched:
        return
    stock = await calls.every(work.session)
    index, by_key = Index.of(stock), {call.key: call for call in stock}
    for candidacy in watched:
        if candidacy.facts is None:
            continue
        await asyncio.sleep(0)  # a project takes some hundredths of a second: pages are served in between
        proposals = propose(candidacy.facts, index, place, work.at)
        for proposal in await matches.keep(work.session, candidacy.candidacy_id, proposals, work.at):
            work.record(_proposed(work, candidacy, proposal, by_key[proposal.call_key]))


def _proposed(work: Work, candidacy: Candidacy, proposal: Proposal, call: FundingCall) -> MatchProposed:
    if candidacy.facts is None:
        raise ValueError(f"candidacy {candidacy.candidacy_id} has no facts: nothing can be proposed to it")
    need = next(need for need in candidacy.facts.needs if need.number == proposal.need_number)
    return MatchProposed(
        match_id=matches.match_id(candidacy.candidacy_id, call.key),
        candidacy_id=candidacy.candidacy_id,
        project_title=candidacy.facts.title,
        need=need.purpose,
        call=catalogue.summary(call),
        verdict=proposal.verdict,
        score=proposal.score,
        reason=proposal.reason,
        at=work.at,
    )
