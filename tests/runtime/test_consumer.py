"""Delivered twice means done once; what cannot be done is set aside with its reason, and the rest goes on."""

import asyncio
import json
import uuid
from typing import Any

import pytest

from kernel.contracts.envelope import Cause, Envelope, Event
from kernel.contracts.notifier import AlertDue, DeliveryDue
from kernel.runtime import consumer as consumer_module
from kernel.runtime import deadletter
from kernel.runtime.failures import PermanentFailure, TransientFailure
from kernel.runtime.nats_server import NatsServer
from tests.patience import PATIENCE
from tests.runtime.conftest import Bench, bench_on


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same growing delays, a hundred times shorter."""
    monkeypatch.setattr(consumer_module, "DELAYS", (0.05, 0.1, 0.2))


async def publish(bench: Bench, body: Any, subject: str = "notifier.alert.due.v1", **changes: str) -> str:
    """Put a message on the stream by hand, as a faulty or foreign producer would."""
    event_id = uuid.uuid4().hex
    headers = {"ce-id": event_id, "ce-type": subject, "Nats-Msg-Id": event_id} | changes
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    await bench.jetstream.publish(subject, data, headers=headers, timeout=PATIENCE)
    return event_id


async def set_aside(bench: Bench, count: int) -> list[deadletter.DeadLetter]:
    deadline = asyncio.get_running_loop().time() + PATIENCE
    while len(found := await deadletter.letters(bench.jetstream)) < count:
        assert asyncio.get_running_loop().time() < deadline, f"wanted {count} dead letters, got {found}"
        await asyncio.sleep(0.02)
    return found


MALFORMED = {
    "not JSON": ({"body": b"{nonsense"}, "JSON"),
    "wrong JSON type": ({"body": {"recipient": 12}}, "string"),
    "field missing": ({"body": {}}, "recipient"),
    "unknown version": ({"body": {"recipient": "x"}, "subject": "notifier.alert.due.v9"}, "unknown event or version"),
    "oversize": ({"body": {"recipient": "x" * 300_000}}, "the limit is 262144"),
    "no identity": ({"body": {"recipient": "x"}, "ce-id": "42"}, "is not a UUID"),
    "type against subject": ({"body": {"recipient": "x"}, "ce-type": "notifier.other.v1"}, "must be the same"),
    "not text": ({"body": b"\xff\xfe\x00"}, "JSON"),
}


@pytest.mark.parametrize("name", MALFORMED)
async def test_what_is_malformed_is_set_aside_at_once_and_the_rest_goes_on(bench: Bench, name: str) -> None:
    arguments, reason = MALFORMED[name]
    await bench.start()
    await publish(bench, **arguments)
    await bench.record("good")
    await bench.until(["good"])
    [letter] = await set_aside(bench, 1)
    assert reason in letter.reason and letter.deliveries == 1 and letter.consumer == "notifier"
    info = await bench.jetstream.consumer_info("NOTIFIER", "notifier")
    assert info.num_ack_pending == 0


async def test_a_message_delivered_twice_has_one_effect(bench: Bench) -> None:
    event_id = await publish(bench, {"recipient": "once"})
    await publish(bench, {"recipient": "once"}, **{"ce-id": event_id, "Nats-Msg-Id": "another"})
    await publish(bench, {"recipient": "end"})
    await bench.start()
    await bench.until(["end", "once"])


async def test_killed_between_effect_and_acknowledgement(bench: Bench, broker: NatsServer) -> None:
    """The commit is made, the process dies before the ack: another process gets the message and does nothing."""
    await publish(bench, {"recipient": "once"})
    await bench.start()
    original = bench.consumer._do
    bench.consumer._do = bench.consumer.effect  # type: ignore[assignment,method-assign]  # the kill, played
    await bench.until(["once"])
    bench.consumer._do = original  # type: ignore[method-assign]  # the kill, played
    await bench.stop()
    second = await bench_on(bench.database, broker.url)
    await second.start()
    await publish(second, {"recipient": "end"})
    await second.until(["end", "once"])
    await second.stop()


async def test_killed_between_delivery_and_commit(bench: Bench, broker: NatsServer) -> None:
    """The handler never ends; the process that replaces it does the work, once."""
    await publish(bench, {"recipient": "once"})
    reached = asyncio.Event()

    async def hang(batch: object) -> None:
        reached.set()
        await asyncio.sleep(3600)

    bench.consumer.effect = hang  # type: ignore[assignment,method-assign]  # the kill, played
    await bench.start()
    await asyncio.wait_for(reached.wait(), PATIENCE)
    await asyncio.wait_for(bench.broker.connection.close(), PATIENCE)  # the process is gone, nothing acknowledged
    second = await bench_on(bench.database, broker.url)
    await second.start()
    await redeliver_now(second)
    await second.until(["once"])
    await second.stop()


async def redeliver_now(bench: Bench) -> None:
    """Shorten the wait for an acknowledgement that will never come."""
    config = (await bench.jetstream.consumer_info("NOTIFIER", "notifier")).config
    config.ack_wait = 0.2
    await bench.jetstream.add_consumer("NOTIFIER", config)


async def test_one_bad_message_costs_its_neighbours_nothing(bench: Bench) -> None:
    def fail(event: Event) -> None:
        if event.aggregate == "bad":
            raise PermanentFailure("this one breaks a rule")

    bench.fail = fail
    words = [f"w{n}" for n in range(40)]
    await bench.record(*words[:20], "bad", *words[20:])
    await bench.start()
    await bench.until(words)
    [letter] = await set_aside(bench, 1)
    assert letter.reason == "PermanentFailure: this one breaks a rule"


async def test_a_transient_failure_is_tried_again_and_succeeds(bench: Bench) -> None:
    attempts = []

    def fail(event: Event) -> None:
        attempts.append(event.aggregate)
        if len(attempts) < 3:
            raise TransientFailure("not yet")

    bench.fail = fail
    await bench.start()
    await bench.record("late")
    await bench.until(["late"])
    assert len(attempts) == 3 and await deadletter.count(bench.jetstream) == 0


async def test_after_the_last_delay_it_is_set_aside_with_its_reason(bench: Bench) -> None:
    def fail(event: Event) -> None:
        raise TransientFailure("never")

    bench.fail = fail
    await bench.start()
    await bench.record("stubborn")
    [letter] = await set_aside(bench, 1)
    assert letter.deliveries == 4 and "never" in letter.reason
    assert await bench.seen() == []


async def test_a_replayed_letter_is_done_by_the_service_that_failed(bench: Bench) -> None:
    broken = True

    def fail(event: Event) -> None:
        if broken:
            raise PermanentFailure("a bug")

    bench.fail = fail
    await bench.start()
    await bench.record("again")
    [letter] = await set_aside(bench, 1)
    broken = False
    await deadletter.replay(bench.jetstream, letter)
    await bench.until(["again"])
    assert await deadletter.letters(bench.jetstream) == []
    await deadletter.drop(bench.jetstream, letter)  # a second operator was slower: harmless


async def test_too_many_dead_letters_pause_the_consumer_and_it_says_so(bench: Bench) -> None:
    bench.consumer.limit = deadletter.RateLimit(limit=5, window=60)
    await bench.start()
    for _ in range(8):
        await publish(bench, {"recipient": 1})
    await set_aside(bench, 6)
    assert bench.consumer.is_paused
    await bench.record("waiting")
    await asyncio.sleep(0.5)
    assert await bench.seen() == []
    bench.consumer.resume()
    await bench.until(["waiting"])
    assert len(await set_aside(bench, 8)) == 8


async def test_neighbours_of_a_kind_are_applied_together_and_order_is_kept(bench: Bench) -> None:
    ids = [uuid.uuid4() for _ in range(5)]
    async with bench.database.work() as work:
        work.record(*(DeliveryDue(delivery_id=one) for one in ids), AlertDue(recipient="last"))
    await bench.start()
    await bench.until([*map(str, ids), "last"])


async def test_the_cause_of_an_effect_is_the_event(bench: Bench) -> None:
    seal = Envelope.seal(AlertDue(recipient="x"), bench.database.clock.now(), Cause.new())
    headers = seal.headers()
    await bench.jetstream.publish("notifier.alert.due.v1", seal.body().encode(), headers=headers)
    subscription = await bench.broker.connection.jetstream().pull_subscribe_bind("notifier", "NOTIFIER")
    [message] = await subscription.fetch(1, timeout=2)
    received = bench.consumer.read(message)
    assert received.cause.causation_id == seal.id
    assert received.cause.correlation_id == seal.cause.correlation_id
    assert received.cause.traceparent.split("-")[1] == seal.cause.traceparent.split("-")[1]


async def test_stopping_finishes_what_is_in_hand(bench: Bench) -> None:
    entered = asyncio.Event()
    original = bench.consumer.effect

    async def slow(batch: Any) -> None:
        entered.set()
        await asyncio.sleep(0.5)
        await original(batch)

    bench.consumer.effect = slow  # type: ignore[method-assign]  # the kill, played
    await bench.start()
    await bench.record("in hand")
    await asyncio.wait_for(entered.wait(), PATIENCE)
    before = asyncio.get_running_loop().time()
    await bench.stop()
    assert asyncio.get_running_loop().time() - before < 10
    assert await bench.seen() == ["in hand"]


async def test_the_broker_killed_and_restarted_under_load(bench: Bench, broker: NatsServer) -> None:
    await bench.start()
    words = [f"w{n}" for n in range(300)]
    for n, word in enumerate(words):
        await bench.record(word)
        if n == 100:
            broker.kill()
        if n == 200:
            await broker.start()
    await bench.until(words)
    assert await deadletter.count(bench.jetstream) == 0
