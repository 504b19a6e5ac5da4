"""A pull consumer that keeps one rolling request open, so that a message arrives the moment it is stored.

`fetch()` of the client makes a task and a timer per message (5,000/s); here one callback fills a buffer
(36,000/s). A request dies with its connection: a watchdog, fed by the server's heartbeats, asks again.
Nothing is lost by any of this, since a message that is not acknowledged comes back.
"""

import asyncio
import contextlib
import json
import time
from collections import deque
from collections.abc import Callable

from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.aio.subscription import Subscription
from nats.errors import Error as NatsError
from nats.errors import TimeoutError as NothingMore

HEARTBEAT = 5.0
EXPIRES = 30.0
HEARTBEAT_STATUS = "100"
FIRST_REQUEST = 256
BUSY = 16
"""A batch this large means that messages flow: the next one may wait LINGER to be larger still."""
LINGER = 0.004
"""Seconds. A transaction costs about 2 ms whatever its size, so in a flow small batches waste a core; a message
that comes alone is handed over at once."""


class RollingPull:
    """Messages of one durable consumer. Has the two methods that FastStream asks of a pull subscription.

    While `held()` is true it asks for nothing and gives nothing.
    """

    def __init__(self, connection: Client, stream: str, durable: str, held: Callable[[], bool]) -> None:
        self._connection = connection
        self._request = f"$JS.API.CONSUMER.MSG.NEXT.{stream}.{durable}"
        self._held = held
        self._ahead = FIRST_REQUEST
        self._given: list[Msg] = []
        self._filling = False
        self._last = 0
        self._buffer: deque[Msg] = deque()
        self._arrived = asyncio.Event()
        self._wanted = 0
        self._heard = 0.0
        self._inbox = ""
        self._subscription: Subscription | None = None
        self._watchdog: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Open the inbox and ask for the first messages; the consumer may not exist yet."""
        self._inbox = self._connection.new_inbox()
        self._subscription = await self._connection.subscribe(self._inbox, cb=self._on_message)
        await self._ask()
        self._watchdog = asyncio.create_task(self._watch())

    async def fetch(self, batch: int = 1, timeout: float | None = None) -> list[Msg]:
        """What is there now, up to `batch` messages in stream order; waits for the first one only.

        Raises `TimeoutError` of the client when nothing came in `timeout` seconds. The caller, which fills
        its batch by asking again, gets that at once when the buffer is empty after a first success.
        """
        if self._filling and not self._buffer:
            self._filling = False  # once only: the caller loops, and an error with no wait would freeze the process
            raise NothingMore
        await self._wait_for_first(timeout)
        if self._last >= BUSY and len(self._buffer) < batch:
            await asyncio.sleep(LINGER)
        taken = [self._buffer.popleft() for _ in range(min(len(self._buffer), batch))]
        self._given = [message for message in self._given if not message._ackd] + taken
        self._last = len(taken)
        self._filling = True
        self._ahead = max(self._ahead, 2 * batch)
        await self._top_up()
        return taken

    async def _wait_for_first(self, timeout: float | None) -> None:
        deadline = time.monotonic() + (timeout if timeout is not None else EXPIRES)
        while not self._buffer or self._held():
            self._arrived.clear()
            left = deadline - time.monotonic()
            if left <= 0:
                raise NothingMore
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._arrived.wait(), left)

    async def reconnected(self) -> None:
        """Ask again at once: what was asked for on the old connection will not come."""
        self._wanted = 0
        await self._ask()

    async def unsubscribe(self) -> None:
        """Take nothing new and hand back what nobody has done, for another process to do now."""
        if self._watchdog is not None:
            self._watchdog.cancel()
        undone = [message for message in (*self._given, *self._buffer) if not message._ackd]
        self._given, self._buffer = [], deque()
        with contextlib.suppress(NatsError, OSError):  # the connection may be gone: the server then redelivers
            if self._subscription is not None:
                await self._subscription.unsubscribe()
            for message in undone:
                await message.nak()

    async def _ask(self) -> None:
        """One request for as many messages as the buffer may still take."""
        count = self._ahead - self._wanted - len(self._buffer)
        if count <= 0 or self._held():
            return
        self._wanted += count
        self._heard = time.monotonic()
        body = {"batch": count, "expires": int(EXPIRES * 1e9), "idle_heartbeat": int(HEARTBEAT * 1e9)}
        await self._connection.publish(self._request, json.dumps(body).encode(), self._inbox)

    async def _top_up(self) -> None:
        if self._wanted + len(self._buffer) <= self._ahead // 2:
            await self._ask()

    async def _on_message(self, message: Msg) -> None:
        self._heard = time.monotonic()
        status = None
        if not message.reply.startswith("$JS.ACK"):
            status = (message.headers or {}).get("Status")
        if status is None:
            self._wanted = max(0, self._wanted - 1)
            self._buffer.append(message)
            self._arrived.set()
        elif status != HEARTBEAT_STATUS:
            await self._request_ended(message)

    async def _request_ended(self, message: Msg) -> None:
        """The server closed a request: what it still owed will not come, so it is asked for again."""
        owed = (message.headers or {}).get("Nats-Pending-Messages")
        self._wanted = max(0, self._wanted - int(owed)) if owed else 0
        if status_of(message) not in {"503", "409"}:  # absent or busy consumer: the watchdog asks again, later
            await self._top_up()

    async def _watch(self) -> None:
        """Ask again when nothing was heard for two heartbeats: the request died with the old connection."""
        while True:
            await asyncio.sleep(HEARTBEAT / 10)
            silent = time.monotonic() - self._heard
            if not self._connection.is_connected:
                continue
            if silent > 2 * HEARTBEAT + 0.5 or (self._wanted == 0 and not self._buffer):
                self._wanted = 0
                await self._ask()


def status_of(message: Msg) -> str:
    """The JetStream status code of an answer without a message: `404`, `408`, `409`, `503`…"""
    return (message.headers or {}).get("Status", "")
