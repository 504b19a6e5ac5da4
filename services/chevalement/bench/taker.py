"""A mail server in a process of its own, as a real one is: it says 250 to everything, and counts."""

import asyncio
import multiprocessing
from multiprocessing.connection import Connection
from typing import Any

import uvloop
from aiosmtpd.smtp import SMTP, Envelope, Session

SPAWN = multiprocessing.get_context("spawn")


class Taker:
    """The server, between `start` and `stop`."""

    def __init__(self) -> None:
        self._count: Any = SPAWN.Value("q", 0)
        self._ours, self._theirs = SPAWN.Pipe()
        self._process = SPAWN.Process(target=_serve, args=(self._theirs, self._count), daemon=True)
        self.port = 0

    @property
    def count(self) -> int:
        """How many mails it took."""
        return int(self._count.value)

    def start(self) -> None:
        self._process.start()
        self.port = int(self._ours.recv())

    def stop(self) -> None:
        self._process.terminate()
        self._process.join()


class _Counting:
    def __init__(self, count: Any) -> None:
        self._count = count

    async def handle_DATA(self, _server: SMTP, _session: Session, _envelope: Envelope) -> str:
        self._count.value += 1  # this process alone writes it
        return "250 OK"


def _serve(told: Connection, count: Any) -> None:
    uvloop.run(_listen(told, count))


async def _listen(told: Connection, count: Any) -> None:
    loop = asyncio.get_running_loop()
    listener = await loop.create_server(lambda: SMTP(_Counting(count), loop=loop), "127.0.0.1", 0)
    told.send(listener.sockets[0].getsockname()[1])
    await asyncio.Event().wait()
