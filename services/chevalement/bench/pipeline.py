"""The whole journey: rows with events committed, carried, stored, consumed, effect committed."""

import asyncio
import multiprocessing
import time
from multiprocessing.connection import Connection

import uvloop

from chevalement.bench import material

EACH = 100
"""Events a transaction: a crawl stores its calls a hundred at a time."""


class Counter:
    """Counts effects and wakes when there are enough."""

    def __init__(self) -> None:
        self.count = 0
        self.target = 0
        self.reached = asyncio.Event()

    def add(self, number: int) -> None:
        self.count += number
        if self.count >= self.target:
            self.reached.set()

    def expect(self, number: int) -> None:
        self.count, self.target = 0, number
        self.reached.clear()


async def one_process(urls: tuple[str, str], nats_url: str, count: int, rounds: int) -> list[float]:
    """Events a second, from the first commit to the last effect, writer, relay and consumer in one loop."""
    counter = Counter()
    producer = await material.producing(urls[0], nats_url)
    database, broker = await material.consuming(urls[1], nats_url, counter.add)
    relaying = asyncio.create_task(producer.relay.run())
    results = []
    for _ in range(rounds):
        counter.expect(count)
        begin = time.perf_counter()
        await producer.commit(count, EACH)
        await counter.reached.wait()
        results.append(count / (time.perf_counter() - begin))
    await producer.relay.stop()
    await relaying
    await material.purge(producer.broker.jetstream)
    await broker.stop()
    await producer.broker.stop()
    await database.close()
    await producer.database.close()
    return results


async def idle_latency(urls: tuple[str, str], nats_url: str, count: int) -> list[float]:
    """Seconds from a commit to the committed effect, one event at a time with pauses, sorted."""
    counter = Counter()
    producer = await material.producing(urls[0], nats_url)
    database, broker = await material.consuming(urls[1], nats_url, counter.add)
    relaying = asyncio.create_task(producer.relay.run())
    await asyncio.sleep(0.3)
    results = []
    for number in range(count):
        counter.expect(1)
        await asyncio.sleep(0.005 + 0.002 * (number % 7))
        begin = time.perf_counter()
        await producer.commit(1, 1)
        await counter.reached.wait()
        results.append(time.perf_counter() - begin)
    await producer.relay.stop()
    await relaying
    await broker.stop()
    await producer.broker.stop()
    await database.close()
    await producer.database.close()
    return sorted(results)


async def two_processes(urls: tuple[str, str], nats_url: str, count: int, rounds: int) -> list[float]:
    """The same with writer and relay in this process and the consumer in another, as in production."""
    producer = await material.producing(urls[0], nats_url)
    here, there = multiprocessing.get_context("spawn").Pipe()
    process = multiprocessing.get_context("spawn").Process(target=_consumer, args=(urls[1], nats_url, there))
    process.start()
    await asyncio.to_thread(here.recv)
    relaying = asyncio.create_task(producer.relay.run())
    results = []
    for _ in range(rounds):
        here.send(count)
        await asyncio.to_thread(here.recv)
        begin = time.perf_counter()
        await producer.commit(count, EACH)
        await asyncio.to_thread(here.recv)
        results.append(count / (time.perf_counter() - begin))
    here.send(0)
    await asyncio.to_thread(process.join, 10)
    await producer.relay.stop()
    await relaying
    await material.purge(producer.broker.jetstream)
    await producer.broker.stop()
    await producer.database.close()
    return results


def _consumer(url: str, nats_url: str, pipe: Connection) -> None:
    uvloop.run(_consume(url, nats_url, pipe))


async def _consume(url: str, nats_url: str, pipe: Connection) -> None:
    """In the other process: told how many to expect, says when the last effect is committed; 0 ends it."""
    counter = Counter()
    database, broker = await material.consuming(url, nats_url, counter.add)
    pipe.send("ready")
    while count := await asyncio.to_thread(pipe.recv):
        counter.expect(count)
        pipe.send("go")
        await counter.reached.wait()
        pipe.send("done")
    await broker.stop()
    await database.close()
