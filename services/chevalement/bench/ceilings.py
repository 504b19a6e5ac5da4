"""The ceilings: what one process can publish, and what it can pull and acknowledge, with the same bytes."""

import json
import time

from nats.aio.msg import Msg
from nats.errors import TimeoutError as NothingMore

from chevalement.bench import material
from kernel.contracts.envelope import Cause, Envelope
from kernel.runtime import outbox
from kernel.runtime.broker import ServiceBroker
from kernel.runtime.clock import SystemClock
from kernel.runtime.pull import RollingPull
from kernel.runtime.relay import BATCH, publish_atomically
from kernel.runtime.streams import declare


async def measure(nats_url: str, count: int) -> tuple[float, float]:
    """Messages a second: published in atomic batches of BATCH, then pulled in batches of 500 and acknowledged."""
    broker = ServiceBroker(nats_url, material.PRODUCER)
    await broker.connect()
    await declare(broker.jetstream, material.PRODUCER)
    published = await _publish(broker, count)
    pulled = await _pull(broker, count)
    await material.purge(broker.jetstream)
    await broker.stop()
    return published, pulled


async def _publish(broker: ServiceBroker, count: int) -> float:
    clock = SystemClock()
    batches = [[_row(clock) for _ in range(BATCH)] for _ in range(count // BATCH)]
    begin = time.perf_counter()
    for batch in batches:
        await publish_atomically(broker.connection, batch)
    return count / (time.perf_counter() - begin)


def _row(clock: SystemClock) -> outbox.Claimed:
    row = outbox.row(Envelope.seal(material.event(clock), clock.now(), Cause.new()))
    return outbox.Claimed(0, row.subject, json.loads(row.headers), row.body.encode())


async def _pull(broker: ServiceBroker, count: int) -> float:
    begin = time.perf_counter()
    pull = RollingPull(broker.connection, material.STREAM, material.CONSUMER, lambda: False)
    await pull.start()
    done = 0
    while done < count:
        for message in await _some(pull):
            await message.ack()
            done += 1
    await broker.connection.flush()
    seconds = time.perf_counter() - begin
    await pull.unsubscribe()
    return count / seconds


async def _some(pull: RollingPull) -> list[Msg]:
    try:
        return await pull.fetch(500, timeout=5)
    except NothingMore:
        return []
