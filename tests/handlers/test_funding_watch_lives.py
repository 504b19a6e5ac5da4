"""From crawl to crawl on real databases: absences are counted, doubts told once, proofs close, people decide."""

import re
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from sqlalchemy import event as sqlalchemy_event

from funding_watch import handlers
from funding_watch.domain.health import ReadingFacts
from funding_watch.domain.presence import Answer
from funding_watch.store import calls, readings, sources
from funding_watch.store.calls import KnownCall
from funding_watch.store.sources import SourceHealth
from kernel.contracts.funding_watch import (
    CallAbsent,
    CallAmended,
    CallClosed,
    CallClosing,
    CallOpened,
    CallReopened,
    CrawlDue,
    SourceDegraded,
)
from kernel.runtime import migrate
from kernel.runtime.clock import FixedClock
from kernel.runtime.database import Database
from tests.watch_story import SOURCE, START, call, claimed, moment, read, told

KEY = f"{SOURCE}:1"
PAYLOAD = f'{{"submission_deadline": "{moment(90):%Y-%m-%d}"}}'
OTHERS = [call(f"other-{n}") for n in range(9)]


class Watch:
    """A database whose days pass one by one."""

    def __init__(self, database: Database, clock: FixedClock) -> None:
        self.database, self.clock = database, clock

    async def at(self, day: int) -> None:
        self.clock.set(moment(day))
        async with self.database.work() as work:
            await handlers.settle_all(work)

    async def one(self, key: str = KEY) -> KnownCall:
        async with self.database.reading() as session:
            found = await calls.one(session, key)
        assert found is not None
        return found

    async def answers(self, answer: Answer) -> int:
        async with self.database.work() as work:
            return await handlers.hear_answers(work, {KEY: answer}, {})

    async def in_doubt(self, **changes: object) -> None:
        """The call was seen on day 0, then four crawls without it."""
        await read(self.database, call("1", **changes), *OTHERS)
        for day in range(1, 5):
            await self.at(day)
            await read(self.database, *OTHERS)

    async def health(self) -> SourceHealth:
        async with self.database.reading() as session:
            return await sources.one(session, SOURCE)


@pytest.fixture
async def watch(database_url: str) -> AsyncIterator[Watch]:
    clock = FixedClock(START)
    database = Database(database_url, clock)
    await migrate.upgrade(database.engine, "funding_watch")
    yield Watch(database, clock)
    await database.close()


async def test_four_absences_make_a_doubt_told_once_and_close_nothing(watch: Watch) -> None:
    await watch.in_doubt()
    await watch.at(5)
    await read(watch.database, *OTHERS)

    [absent] = await told(watch.database, CallAbsent)
    assert (absent["call_key"], absent["absences"], absent["call"]["unconfirmed"]) == (KEY, 4, True)
    assert (await watch.one()).call.presence == "non_confirme"
    assert await told(watch.database, CallClosed) == []


async def test_a_refused_reading_counts_no_absence(watch: Watch) -> None:
    await read(watch.database, call("1"), *OTHERS)
    for day in range(1, 8):
        await watch.at(day)
        async with watch.database.work() as work:
            claim = await claimed(work)
            await handlers.degrade_source(work, claim, "La source n’a montré que deux appels.")

    assert (await watch.one()).life.absences == 0
    assert await told(watch.database, CallAbsent) == []


async def test_a_catalogue_read_again_unchanged_costs_no_write_per_call(watch: Watch) -> None:
    await read(watch.database, *(call(str(number), payload=PAYLOAD) for number in range(100)))
    written: list[str] = []

    @sqlalchemy_event.listens_for(watch.database.engine.sync_engine, "before_cursor_execute")
    def note(_: object, __: object, statement: str, *___: object) -> None:
        if not statement.startswith("SELECT"):
            written.append(statement)

    watch.clock.set(moment(1))
    await read(watch.database, *(call(str(number), payload=PAYLOAD) for number in range(100)))

    assert written and not [statement for statement in written if re.search(r'(INTO|UPDATE|FROM) "?call', statement)]
    assert (await watch.one(f"{SOURCE}:7")).last_seen_at == moment(1)


async def test_what_is_missed_keeps_the_day_it_was_last_seen(watch: Watch) -> None:
    await read(watch.database, call("1"), *OTHERS)
    for day, shown in ((1, [call("1")]), (2, []), (3, [])):
        watch.clock.set(moment(day))
        await read(watch.database, *shown, *OTHERS)

    known = await watch.one()
    assert (known.last_seen_at, known.life.absences) == (moment(1), 2)


async def test_gone_on_two_days_closes_and_the_listing_reopens(watch: Watch) -> None:
    await watch.in_doubt()
    assert await watch.answers("gone") == 0
    assert await watch.answers("gone") == 0  # twice the same day is one day
    await watch.at(5)
    assert await watch.answers("gone") == 1

    [closed] = await told(watch.database, CallClosed)
    assert (closed["call_key"], closed["why"]) == (KEY, "disparu")
    await watch.at(6)
    await read(watch.database, call("1"), *OTHERS)
    assert [body["call_key"] for body in await told(watch.database, CallReopened)] == [KEY]
    assert (await watch.one()).call.presence == "confirme"


async def test_a_call_read_by_its_identifier_is_confirmed_and_still_not_listed(watch: Watch) -> None:
    await watch.in_doubt()
    async with watch.database.work() as work:
        await handlers.hear_answers(work, {KEY: "there"}, {KEY: call("1", rate_max=70)})

    known = await watch.one()
    assert (known.call.presence, known.call.rate_max, known.life.listed) == ("confirme", 70, False)
    assert len(await told(watch.database, CallAmended)) == 1


async def test_time_opens_warns_and_closes_by_schedule_alone(watch: Watch) -> None:
    await read(watch.database, call("1", opens_on=moment(10).date(), closes_at=moment(60)))
    for day in (9, 10, 11, 29, 30, 31, 60, 61, 62):
        await watch.at(day)

    for event in (CallOpened, CallClosing, CallClosed):
        assert len(await told(watch.database, event)) == 1, event
    assert [line.kind for line in await _history(watch)] == ["closed", "closing", "opened"]
    assert (await told(watch.database, CallClosed))[0]["why"] == "echeance"


async def _history(watch: Watch) -> list[calls.Change]:
    async with watch.database.reading() as session:
        return await calls.history(session, KEY)


async def test_a_person_decides_of_a_permanent_call_once_with_name_and_reason(watch: Watch) -> None:
    await watch.in_doubt(closes_at=None, recurrence="permanente")
    await watch.at(5)
    async with watch.database.work() as work:
        await handlers.decide_call(work, KEY, still_open=False, by="Équipe du Label", reason="Le fonds est épuisé.")

    line = (await _history(watch))[0]
    assert (line.kind, line.new, line.by, line.reason) == (
        "closed",
        "decision",
        "Équipe du Label",
        "Le fonds est épuisé.",
    )
    with pytest.raises(ValueError, match="unconfirmed"):
        async with watch.database.work() as work:
            await handlers.decide_call(work, KEY, still_open=True, by="Équipe du Label", reason="Non.")


async def test_a_shrunk_source_is_accepted_by_a_person_and_read_again(watch: Watch) -> None:
    await read(watch.database, call("1"), *OTHERS)
    async with watch.database.work() as work:
        claim = await claimed(work)
        facts = ReadingFacts(work.at, 3, believed=False)
        await handlers.degrade_source(work, claim, "La source n’a montré que 3 appels.", facts)
    assert ((await watch.health()).refused_count, (await watch.health()).last_count) == (3, 10)

    with pytest.raises(ValueError, match="no refused reading of 4"):
        async with watch.database.work() as work:
            await handlers.accept_count(work, SOURCE, 4, by="Équipe du Label", reason="Deux fonds ont fermé.")
    async with watch.database.work() as work:
        await handlers.accept_count(work, SOURCE, 3, by="Équipe du Label", reason="Deux fonds ont fermé.")

    assert ((await watch.health()).refused_count, (await watch.health()).last_count) == (None, 3)
    assert [body["source"] for body in await told(watch.database, CrawlDue)] == [SOURCE]
    async with watch.database.reading() as session:
        [decision] = await readings.decisions(session, SOURCE)
    assert (decision.by, decision.reason, decision.old_count, decision.new_count) == (
        "Équipe du Label",
        "Deux fonds ont fermé.",
        10,
        3,
    )


async def test_a_source_that_nobody_reads_is_told_late_once(watch: Watch) -> None:
    await read(watch.database, *OTHERS)
    assert (await watch.health()).health == "healthy"
    for hours in (24, 37, 38):
        watch.clock.set(START + timedelta(hours=hours))
        async with watch.database.work() as work:
            await handlers.watch_sources(work, {SOURCE: "0 30 4 * * *"})

    [late] = await told(watch.database, SourceDegraded)
    assert (late["before"], late["health"]) == ("healthy", "late")
    assert (await watch.health()).health == "late"


async def test_what_was_missed_while_stopped_is_caught_up_at_start(watch: Watch) -> None:
    await read(watch.database, *OTHERS)
    for hours, expected in ((20, 0), (30, 1)):
        watch.clock.set(START + timedelta(hours=hours))
        async with watch.database.work() as work:
            await handlers.watch_time(work, {SOURCE: "0 30 4 * * *"})
        due = [body for body in await told(watch.database, CrawlDue) if body["source"] == SOURCE]
        assert len(due) == expected
