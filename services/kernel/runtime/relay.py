"""The relay carries committed events to the broker, in batches, woken by the commit.

A batch is published as one atomic unit: all of it is stored or none. An event that was already stored (a relay
died between the publication and the delete) makes the server refuse the unit; it is then published event by
event, and the server drops the ones it has. While the broker is away the rows wait and the delay grows.
"""

import asyncio
import contextlib
import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import groupby

import structlog
from nats.aio.client import Client
from nats.errors import Error as NatsError
from nats.js import JetStreamContext

from kernel.runtime import outbox
from kernel.runtime.database import Database
from kernel.runtime.failures import sentence

BATCH = 1000
"""The server's limit for one atomic batch."""
ALONE = 8
"""Below this many events, publishing them one by one is quicker than an atomic commit (3–4 ms)."""
SAFETY_POLL = 1.0
LONGEST_DELAY = 5.0
PUBLISH_TIMEOUT = 5.0
DUPLICATE_IN_BATCH = 10201
SCHEDULE = "Nats-Schedule"

log = structlog.get_logger()


class BatchRefused(Exception):
    """The server stored nothing of an atomic batch. `code` is its error code."""

    def __init__(self, code: int, description: str) -> None:
        super().__init__(f"{code} {description}")
        self.code = code


@dataclass
class Relay:
    """One relay of one service. Several may run on the same outbox, in one process or in many."""

    database: Database
    connection: Client
    jetstream: JetStreamContext
    wake: asyncio.Event = field(default_factory=asyncio.Event)
    stopping: bool = False

    def notify(self) -> None:
        """A commit left events behind."""
        self.wake.set()

    async def run(self) -> None:
        """Carry events until `stop`; what is in hand is finished."""
        delay = 0.0
        while not self.stopping:
            self.wake.clear()  # before the query: a commit during it must not be slept through
            try:
                full = await self.pump() >= BATCH
                delay = 0.0
            except Exception as error:  # noqa: BLE001 - whatever it was, the rows are still there and are tried again
                delay = min(LONGEST_DELAY, delay * 2 or 0.1)
                full = False
                log.warning("relay.waiting", reason=sentence(error), seconds=delay)
            if not full:
                await self._wait(delay or SAFETY_POLL, interruptible=not delay)

    async def stop(self) -> None:
        self.stopping = True
        self.wake.set()

    async def pump(self) -> int:
        """Claim, publish and delete one batch; returns how many events were carried.

        Raises what the publication raised, after giving back the rows that were not stored.
        """
        token = uuid.uuid4().hex
        async with self.database.work() as work:
            rows = await outbox.claim(work.connection, token, work.at, BATCH)
        if not rows:
            return 0
        stored: list[int] = []
        try:
            await self.publish(rows, stored)
        finally:
            await self._settle(token, rows, stored)
        return len(stored)

    async def publish(self, rows: Sequence[outbox.Claimed], stored: list[int]) -> None:
        """Publish `rows`, adding to `stored` the ids that the server holds."""
        appointments = [row for row in rows if SCHEDULE in row.headers]
        events = [row for row in rows if SCHEDULE not in row.headers]
        await self._one_by_one(appointments, stored)
        if len(events) < ALONE:
            await self._one_by_one(events, stored)
            return
        try:
            await publish_atomically(self.connection, events)
            stored.extend(row.id for row in events)
        except BatchRefused as refusal:
            if refusal.code != DUPLICATE_IN_BATCH:
                log.warning("relay.batch_refused", reason=str(refusal), events=len(rows))
            await self._one_by_one(events, stored)

    async def _one_by_one(self, rows: Sequence[outbox.Claimed], stored: list[int]) -> None:
        first: Exception | None = None
        for row in rows:
            try:
                await self.jetstream.publish(row.subject, row.body, headers=row.headers, timeout=PUBLISH_TIMEOUT)
                stored.append(row.id)
            except (NatsError, OSError, TimeoutError) as error:
                first = first or error
                if not self.connection.is_connected:
                    break
        if first is not None:
            raise first

    async def _settle(self, token: str, rows: Sequence[outbox.Claimed], stored: Sequence[int]) -> None:
        kept = set(stored)
        left = [row.id for row in rows if row.id not in kept]
        async with self.database.work() as work:
            if stored:
                await outbox.discard(work.connection, token, stored)
            if left:
                await outbox.release(work.connection, token, left)

    async def _wait(self, seconds: float, *, interruptible: bool) -> None:
        """Sleep until a commit, at most `seconds`; after a failure a commit does not shorten the wait."""
        if not interruptible:
            await asyncio.sleep(seconds)
            return
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self.wake.wait(), seconds)


async def publish_atomically(connection: Client, rows: Sequence[outbox.Claimed]) -> None:
    """Store all `rows` or none, stream by stream (a service has one).

    Raises `BatchRefused` when the server says no, `TimeoutError` when it says nothing.
    """
    for _, group in groupby(rows, key=lambda row: row.subject.partition(".")[0]):
        await _publish_batch(connection, list(group))


async def _publish_batch(connection: Client, rows: Sequence[outbox.Claimed]) -> None:
    batch = uuid.uuid4().hex
    for position, row in enumerate(rows[:-1], 1):
        headers = row.headers | {"Nats-Batch-Id": batch, "Nats-Batch-Sequence": str(position)}
        await connection.publish(row.subject, row.body, headers=headers)
    last = rows[-1]
    headers = last.headers | {
        "Nats-Batch-Id": batch,
        "Nats-Batch-Sequence": str(len(rows)),
        "Nats-Batch-Commit": "1",
    }
    answer = await connection.request(last.subject, last.body, timeout=PUBLISH_TIMEOUT, headers=headers)
    said = json.loads(answer.data)
    if "error" in said:
        raise BatchRefused(said["error"].get("err_code", 0), said["error"].get("description", ""))
