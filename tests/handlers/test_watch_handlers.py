"""The story of the watch on real databases: what is read is stored once, told once, and matched."""

import json
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from funding_watch import handlers
from funding_watch.store import calls, matches, projects, sources
from funding_watch.store.matches import Match
from funding_watch.store.sources import LEASE, ClaimLost
from kernel.contracts.funding_watch import (
    CallAmended,
    CallDeadlineMoved,
    CallDiscovered,
    CrawlDue,
    MatchLeft,
    MatchProposed,
    SourceCrawled,
)
from kernel.contracts.intake import Need
from kernel.runtime.clock import FixedClock
from kernel.runtime.database import Database
from tests.databases import database_of
from tests.watch_story import (
    PLACE,
    SOURCE,
    START,
    call,
    claimed,
    decided,
    far_calls,
    moment,
    need,
    project,
    read,
    someone,
    submitted,
    told,
    withdrawn,
)

database = database_of("funding_watch", START)


async def watched(database: Database, *needs: Need) -> UUID:
    """A labelled project that the watch knows."""
    candidacy_id = someone()
    facts = project(needs=needs) if needs else project()
    for event in (submitted(candidacy_id, facts), decided(candidacy_id)):
        async with database.work() as work:
            await handlers.hear(work, event, PLACE)
    return candidacy_id


async def match_all(database: Database) -> None:
    async with database.work() as work:
        await handlers.match_all(work, PLACE)


async def matched(database: Database, candidacy_id: UUID) -> list[Match]:
    async with database.reading() as session:
        return await matches.of_project(session, candidacy_id)


async def test_new_calls_are_stored_and_told(database: Database) -> None:
    await read(database, call("1"), call("2"))

    discovered = await told(database, CallDiscovered)
    assert [body["call_key"] for body in discovered] == [f"{SOURCE}:1", f"{SOURCE}:2"]
    assert discovered[0]["call"]["closes_on"] == "2026-06-10"
    [crawled] = await told(database, SourceCrawled)
    assert (crawled["calls"], crawled["discovered"], crawled["amended"]) == (2, 2, 0)
    async with database.reading() as session:
        assert await calls.every(session) == [call("1"), call("2")]
        assert (await sources.one(session, SOURCE)).last_count == 2
        assert await sources.due(session) == set()


async def test_the_same_reading_again_tells_nothing_and_is_seen(database: Database, clock: FixedClock) -> None:
    await read(database, call("1"), call("2"))
    clock.set(moment(1))
    await read(database, call("1"), call("2"))

    assert len(await told(database, CallDiscovered)) == 2
    assert await told(database, CallAmended) == []
    async with database.reading() as session:
        known = await calls.one(session, f"{SOURCE}:1")
    assert known is not None
    assert (known.first_seen_at, known.last_changed_at, known.last_seen_at) == (START, START, moment(1))


async def test_a_change_is_told_field_by_field_and_kept_in_the_history(database: Database, clock: FixedClock) -> None:
    await read(database, call("1"))
    clock.set(moment(1))
    await read(database, call("1", closes_at=moment(120), rate_max=60))

    [amended] = await told(database, CallAmended)
    assert amended["changes"] == [{"field": "rate_max", "old": "40", "new": "60"}]
    [moved] = await told(database, CallDeadlineMoved)
    assert (moved["old"], moved["new"], moved["days"]) == ("2026-06-10", "2026-07-10", 30)
    async with database.reading() as session:
        known = await calls.one(session, f"{SOURCE}:1")
        assert known is not None
        assert (known.call.rate_max, known.first_seen_at, known.last_changed_at) == (60, START, moment(1))
        lines = await calls.history(session, f"{SOURCE}:1")
        assert [(line.field, line.old, line.new) for line in lines] == [
            ("closes_at", "2026-06-10", "2026-07-10"),
            ("rate_max", "40", "60"),
        ]


async def test_a_rewritten_description_is_kept_in_silence(database: Database) -> None:
    await read(database, call("1"))
    await read(database, call("1", description="Autrement dit."))

    assert await told(database, CallAmended) == []
    async with database.reading() as session:
        [kept] = await calls.every(session)
        assert kept.description == "Autrement dit."
        assert await calls.history(session, kept.key) == []


async def test_a_call_that_is_absent_from_a_reading_is_not_touched(database: Database) -> None:
    await read(database, call("1"), call("2"))
    await read(database, call("1"))

    async with database.reading() as session:
        assert [one.reference for one in await calls.every(session)] == ["1", "2"]
    assert len(await told(database, CallAmended)) == 0


async def test_a_match_is_proposed_once_with_its_row(database: Database) -> None:
    candidacy_id = await watched(database)
    await read(database, *far_calls(), call("heat"))
    for _ in range(2):
        await match_all(database)

    [event] = await told(database, MatchProposed)
    [match] = await matched(database, candidacy_id)
    assert event["match_id"] == str(match.match_id)
    assert (event["candidacy_id"], event["verdict"]) == (str(candidacy_id), "eligible")
    assert event["need"] == "Construire un réseau de chaleur au bois"
    assert (event["reason"], event["score"]) == (match.proposal.reason, match.proposal.score)
    assert (match.rank, match.proposed_at) == (1, START)


async def test_a_project_that_comes_after_the_calls_is_matched_too(database: Database) -> None:
    await read(database, *far_calls(), call("heat"))
    candidacy_id = await watched(database)

    assert len(await matched(database, candidacy_id)) == 1


async def test_a_rematch_that_only_moves_the_score_is_silent(database: Database) -> None:
    candidacy_id = await watched(database)
    await read(database, *far_calls(), call("heat"))
    await match_all(database)
    [before] = await matched(database, candidacy_id)
    more = [call(f"other-{n}", title="Forêts et haies", description="Planter du bois.") for n in range(5)]
    await read(database, *more)
    await match_all(database)

    after = next(one for one in await matched(database, candidacy_id) if one.match_id == before.match_id)
    assert after.proposal.score != before.proposal.score
    proposed = [body["call"]["key"] for body in await told(database, MatchProposed)]
    assert proposed.count(f"{SOURCE}:heat") == 1


async def test_a_call_that_closes_leaves_the_best_and_keeps_its_row(database: Database, clock: FixedClock) -> None:
    candidacy_id = await watched(database)
    await read(database, *far_calls(), call("heat"))
    await match_all(database)
    clock.set(moment(100))
    await match_all(database)

    [match] = await matched(database, candidacy_id)
    assert match.rank is None
    assert len(await told(database, MatchProposed)) == 1
    [event] = await told(database, MatchLeft)
    assert (event["match_id"], event["turn"]) == (str(match.match_id), 1)


@pytest.mark.parametrize("outcome", ["en_attente", None])
async def test_who_is_not_labelled_or_nominated_is_followed_by_no_call(database: Database, outcome: str | None) -> None:
    """A candidacy is told the calls of the day when it is sent, for whoever answers it; nothing is kept for it."""
    candidacy_id = someone()
    await read(database, *far_calls(), call("heat"))
    events = [submitted(candidacy_id), *([decided(candidacy_id, outcome)] if outcome else [])]  # type: ignore[arg-type] # one of Outcome
    for event in events:
        async with database.work() as work:
            await handlers.hear(work, event, PLACE)
    await match_all(database)

    named = await told(database, MatchProposed)
    assert [(body["call"]["key"], body["candidate"]) for body in named] == [(f"{SOURCE}:heat", True)]
    assert await matched(database, candidacy_id) == []


async def test_who_withdrew_is_proposed_nothing_more(database: Database) -> None:
    candidacy_id = await watched(database, need())
    async with database.work() as work:
        await handlers.hear(work, withdrawn(candidacy_id), PLACE)
    await read(database, *far_calls(), call("heat"))
    await match_all(database)

    assert await told(database, MatchProposed) == []
    async with database.reading() as session:
        assert await projects.watched(session) == []


async def test_a_late_reader_stores_nothing(database: Database, clock: FixedClock) -> None:
    async with database.work() as work:
        old = await claimed(work)
    clock.set(START + LEASE + timedelta(seconds=1))
    async with database.work() as work:
        new = await sources.claim(work.session, work.at)
        assert new is not None
        assert new.token != old.token

    with pytest.raises(ClaimLost):
        async with database.work() as work:
            await handlers.store_calls(work, old, [call("1")])
    with pytest.raises(ClaimLost):
        async with database.work() as work:
            await handlers.degrade_source(work, old, "Trop tard.")
    async with database.reading() as session:
        assert await calls.every(session) == []
        assert (await sources.one(session, SOURCE)).state == "jamais"


async def test_a_source_that_is_held_is_not_taken_twice(database: Database) -> None:
    async with database.work() as work:
        await claimed(work)
    async with database.work() as work:
        await handlers.mark_due(work, SOURCE)
        assert await sources.claim(work.session, work.at) is None


async def test_the_watch_opens_with_its_calendar(database: Database) -> None:
    async with database.work() as work:
        await handlers.open_watch(work, {SOURCE: "Aides-territoires", "eu_portal": "Portail"}, [SOURCE], "0 30 4 * * *")
        await handlers.request_crawl(work, SOURCE)

    async with database.engine.connect() as connection:
        rows = (await connection.execute(text("SELECT subject, headers FROM outbox ORDER BY id"))).all()
    assert [row[0] for row in rows] == [f"funding_watch.schedule.due.{SOURCE}", CrawlDue.subject()]
    assert json.loads(rows[0][1])["Nats-Schedule"] == "0 30 4 * * *"
    async with database.reading() as session:
        assert [health.state for health in await sources.every(session)] == ["jamais", "jamais"]


@pytest.mark.parametrize(
    ("constraint", "statement"),
    [
        ("ck_match_verdict", "UPDATE match SET verdict = 'peut-être'"),
        ("ck_match_score", "UPDATE match SET score = 2"),
        ("ck_source_reason", "UPDATE source SET reason = 'en panne'"),
        ("ck_call_content_hash", "UPDATE call SET content_hash = 'court'"),
        ("ck_project_outcome", "UPDATE project SET outcome = 'gagné'"),
    ],
)
async def test_the_database_refuses_bad_states(database: Database, constraint: str, statement: str) -> None:
    await watched(database)
    await read(database, *far_calls(), call("heat"))
    await match_all(database)

    with pytest.raises(DBAPIError, match=constraint):
        async with database.work() as work:
            await work.connection.execute(text(statement))
