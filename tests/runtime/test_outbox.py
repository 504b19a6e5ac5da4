"""Acknowledged means it will arrive: one commit, claims with tokens, relays that die, brokers that are away."""

import asyncio
import uuid
from datetime import timedelta

import pytest

from kernel.contracts.notifier import AlertDue
from kernel.runtime import outbox, relay
from kernel.runtime.database import Database
from kernel.runtime.nats_server import NatsServer
from tests.patience import PATIENCE
from tests.runtime.conftest import Bench, Seen, bench_on


async def count(database: Database) -> int:
    async with database.work() as work:
        return (await outbox.lag(work.connection, work.at))[0]


async def emptied(database: Database) -> None:
    """The last rows are deleted after their publication, so the effect may be seen first."""
    deadline = asyncio.get_running_loop().time() + PATIENCE
    while await count(database):
        assert asyncio.get_running_loop().time() < deadline, "published rows must leave the outbox"
        await asyncio.sleep(0.02)


async def test_a_claim_takes_no_more_than_its_limit_whatever_the_plan(database: Database) -> None:
    """Analysed while empty, as an outbox mostly is, PostgreSQL chose the rows anew for each one: all were claimed."""
    async with database.work() as work:
        work.record(*(AlertDue(recipient=str(number)) for number in range(300)))
    async with database.work() as work:
        await work.connection.exec_driver_sql("DELETE FROM outbox")
        await work.connection.exec_driver_sql("ANALYZE outbox")
        work.record(*(AlertDue(recipient=str(number)) for number in range(300)))
    async with database.work() as work:
        first = await outbox.claim(work.connection, uuid.uuid4().hex, work.at, 10)
        second = await outbox.claim(work.connection, uuid.uuid4().hex, work.at, 10)
    assert (len(first), len(second)) == (10, 10)
    assert max(row.id for row in first) < min(row.id for row in second)


async def test_state_and_event_are_one_commit(database: Database) -> None:
    with pytest.raises(ZeroDivisionError):
        async with database.work() as work:
            work.session.add(Seen(words="lost"))
            work.record(AlertDue(recipient="lost"))
            raise ZeroDivisionError
    assert await count(database) == 0
    async with database.work() as work:
        work.session.add(Seen(words="kept"))
        work.record(AlertDue(recipient="kept"))
    assert await count(database) == 1


async def test_an_event_too_large_for_the_bus_is_refused_where_it_is_made(database: Database) -> None:
    with pytest.raises(outbox.OversizeEvent, match="262144"):
        async with database.work() as work:
            work.record(AlertDue(recipient="é" * 200_000))
    assert await count(database) == 0


async def test_what_is_to_be_told_afterwards_waits_for_the_commit(database: Database) -> None:
    told: list[str] = []
    with pytest.raises(ZeroDivisionError):
        async with database.work() as work:
            work.afterwards(lambda: told.append("rolled back"))
            raise ZeroDivisionError
    async with database.work() as work:
        work.afterwards(lambda: told.append("committed"))
        assert told == []
    assert told == ["committed"]


async def test_two_relays_never_hold_the_same_row(database: Database) -> None:
    async with database.work() as work:
        work.record(*(AlertDue(recipient=str(n)) for n in range(100)))

    async def take(token: str) -> list[int]:
        async with database.work() as work:
            return [row.id for row in await outbox.claim(work.connection, token, work.at, 40)]

    held = await asyncio.gather(*(take(uuid.uuid4().hex) for _ in range(4)))
    ids = [number for group in held for number in group]
    assert len(ids) == len(set(ids)) == 100


async def test_a_late_relay_cannot_undo_a_newer_one(database: Database) -> None:
    async with database.work() as work:
        work.record(AlertDue(recipient="one"))
    late, newer = uuid.uuid4().hex, uuid.uuid4().hex
    async with database.work() as work:
        [row] = await outbox.claim(work.connection, late, work.at, 10)
        after_lease = work.at + outbox.LEASE + timedelta(seconds=1)
        [again] = await outbox.claim(work.connection, newer, after_lease, 10)
        assert again.id == row.id
        assert await outbox.discard(work.connection, late, [row.id]) == 0
        assert await outbox.release(work.connection, late, [row.id]) == 0
        assert await outbox.discard(work.connection, newer, [row.id]) == 1


async def test_a_relay_killed_between_publication_and_delete_doubles_nothing(bench: Bench) -> None:
    await bench.record(*(f"w{n}" for n in range(50)))
    token = uuid.uuid4().hex
    async with bench.database.work() as work:
        rows = await outbox.claim(work.connection, token, work.at, 100)
    await bench.relay.publish(rows, [])  # and here it dies: nothing is deleted
    async with bench.database.work() as work:
        await outbox.release(work.connection, token, [row.id for row in rows])  # as the end of the lease would
    await bench.start()
    await bench.until([f"w{n}" for n in range(50)])
    assert (await bench.jetstream.stream_info("NOTIFIER")).state.messages == 50
    await emptied(bench.database)


async def test_several_relays_share_an_outbox(bench: Bench) -> None:
    for _ in range(3):
        bench.start_relay()
    await bench.broker.start()
    words = [f"{group}-{n}" for group in range(20) for n in range(30)]
    for group in range(20):
        await bench.record(*(f"{group}-{n}" for n in range(30)))
    await bench.until(words)


async def test_rows_wait_while_the_broker_is_away(bench: Bench, broker: NatsServer) -> None:
    await bench.start()
    await bench.record("before")
    await bench.until(["before"])
    broker.kill()
    for n in range(5):
        await bench.record(f"away{n}")
    await asyncio.sleep(0.3)
    assert await count(bench.database) == 5
    await broker.start()
    await bench.until(["before", *(f"away{n}" for n in range(5))])
    await emptied(bench.database)


async def test_the_commit_wakes_the_relay(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the safety poll out of reach, only the wake-up can have carried the event."""
    monkeypatch.setattr(relay, "SAFETY_POLL", 3600.0)
    await bench.start()
    await asyncio.sleep(0.1)
    await bench.record("now")
    await bench.until(["now"])


async def test_an_appointment_is_kept_and_the_last_one_made_counts(bench: Bench) -> None:
    await bench.start()
    async with bench.database.work() as work:
        work.later(AlertDue(recipient="first"), work.at + timedelta(seconds=1), "a")
    async with bench.database.work() as work:
        work.later(AlertDue(recipient="second"), work.at + timedelta(seconds=1), "a")
        work.later(AlertDue(recipient="long past"), work.at - timedelta(days=1), "b")
    await bench.until(["long past", "second"])


async def test_a_regular_appointment_is_an_effect_each_time(bench: Bench) -> None:
    await bench.start()
    async with bench.database.work() as work:
        work.regularly(AlertDue(recipient="tick"), "* * * * * *", "clock")
    deadline = asyncio.get_running_loop().time() + PATIENCE
    while len(await bench.seen()) < 2:
        assert asyncio.get_running_loop().time() < deadline, "a schedule that fires twice must act twice"
        await asyncio.sleep(0.05)


async def test_two_services_in_one_process_have_tables_of_their_own(database: Database, broker: NatsServer) -> None:
    other = await bench_on(database, broker.url)
    assert other.database is database
    await other.stop()
