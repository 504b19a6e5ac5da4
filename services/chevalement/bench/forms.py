"""What it costs to keep one answer of a draft, and to send a dossier, beside bare routes that write the same rows.

The rule kept here: the ceiling writes what the real routes were seen to write, statement by statement, so that a
table added to them is added to it. Both are served by one process, over HTTP, on one SQLite file; the relay is off.
"""

import asyncio
import json
import secrets
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol
from urllib.parse import urlencode

from chevalement.demo.dossiers import dossiers, fields

FORM = "application/x-www-form-urlencoded"
AT_ONCE = 8
"""People who save or send at the same moment, where requests a second are measured."""
TURNS = 4


@dataclass(frozen=True, slots=True)
class Cost:
    """Milliseconds of one request at a time, requests a second of several; and the same of the bare route."""

    name: str
    p50: float
    p99: float
    rate: float
    bare_p50: float
    bare_rate: float


Request = tuple[str, str, str, bytes]
"""Method, path, content type, body."""


class Person(Protocol):
    """Somebody who asks again and again."""

    def request(self) -> Request:
        """What is asked next."""
        ...

    def hear(self, answer: bytes) -> None:
        """What the answer changes for the next request."""
        ...


class Writer:
    """Somebody who rewrites one answer of a draft of their own, each time on the revision that was last told."""

    def __init__(self, address: str) -> None:
        path, _, query = address.partition("?")
        self._path, self._written, self._base = f"{path}/champs?{query}", 0, "0."

    def request(self) -> Request:
        self._written += 1
        value = f"Des habitants plantent {self._written} arbres. " * 12
        body = {"field": "description", "value": value, "base": self._base}
        return "PUT", self._path, "application/json", json.dumps(body).encode()

    def hear(self, answer: bytes) -> None:
        self._base = json.loads(answer).get("revision", self._base)


class Porteur:
    """Somebody who sends dossier after dossier, each under a token of its own."""

    def __init__(self, path: str) -> None:
        self._path, self._sample = path, dossiers()[0]

    def request(self) -> Request:
        token = f"bench-{secrets.token_urlsafe(24)}"
        return "POST", self._path, FORM, urlencode(fields(self._sample, token)).encode()

    def hear(self, answer: bytes) -> None:
        """A receipt changes nothing."""


async def measure(folder: Path, count: int) -> list[Cost]:
    """Each act `count` times one at a time, then `count` times by AT_ONCE clients."""
    with serving(folder) as (port, drafts):
        writers = [Writer(draft) for draft in drafts], [Writer("/nu") for _ in range(AT_ONCE)]
        saves = await _cost(port, "one answer saved", *writers, count)
        porteurs = [Porteur("/candidatures") for _ in range(AT_ONCE)], [Porteur("/nu/candidatures")] * AT_ONCE
        sends = await _cost(port, "one dossier sent", *porteurs, count)
    return [saves, sends]


@contextmanager
def serving(folder: Path) -> Iterator[tuple[int, list[str]]]:
    """The port of a process that serves intake and the bare routes, and the addresses of AT_ONCE drafts."""
    folder.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "chevalement.bench.bare", str(folder), str(AT_ONCE)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)  # noqa: S603 - ourselves
    try:
        said = process.stdout.readline() if process.stdout else ""
        if not said:
            raise RuntimeError(f"{' '.join(command)} stopped before it served: run it to see why")
        ready = json.loads(said)
        yield ready["port"], ready["drafts"]
    finally:
        process.terminate()
        process.wait(15)


async def _cost(port: int, name: str, ours: Sequence[Person], bare: Sequence[Person], count: int) -> Cost:
    """Ours and the bare one take turns, so that neither has the quieter half of the run."""
    alone: dict[str, list[float]] = {"ours": [], "bare": []}
    rates: dict[str, list[float]] = {"ours": [], "bare": []}
    for _ in range(TURNS):
        for who, people in (("ours", ours), ("bare", bare)):
            alone[who] += await _one_by_one(port, people[0], count // TURNS)
            rates[who].append(await _together(port, people, count // TURNS))
    times = sorted(alone["ours"])
    return Cost(
        name,
        p50=1000 * statistics.median(times),
        p99=1000 * times[int(len(times) * 0.99)],
        rate=statistics.median(rates["ours"]),
        bare_p50=1000 * statistics.median(alone["bare"]),
        bare_rate=statistics.median(rates["bare"]),
    )


async def _one_by_one(port: int, person: Person, count: int) -> list[float]:
    """Seconds of each request."""
    times = []
    async with Client(port) as client:
        for _ in range(count):
            request = person.request()
            begin = time.perf_counter()
            answer = await client.ask(*request)
            times.append(time.perf_counter() - begin)
            person.hear(answer)
    return times


async def _together(port: int, people: Sequence[Person], count: int) -> float:
    """Requests a second of all of them at once, `count` in all."""
    begin = time.perf_counter()
    await asyncio.gather(*(_one_by_one(port, person, count // len(people)) for person in people))
    return count // len(people) * len(people) / (time.perf_counter() - begin)


class Client:
    """One connection kept open. An HTTP library would cost the client more than the server's bare route."""

    def __init__(self, port: int) -> None:
        self.port = port

    async def __aenter__(self) -> "Client":
        self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.port)
        return self

    async def __aexit__(self, *_: object) -> None:
        self.writer.close()
        await self.writer.wait_closed()

    async def ask(self, method: str, path: str, kind: str, body: bytes) -> bytes:
        """The body of the answer. Raises RuntimeError for a refusal, which is cheap to give and would flatter."""
        head = f"{method} {path} HTTP/1.1\r\nHost: bench\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n"
        self.writer.write(head.encode() + body)
        status, *lines = (await self.reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        length = next((int(line.split(":")[1]) for line in lines if line.lower().startswith("content-length")), 0)
        answer = await self.reader.readexactly(length)
        if status.split()[1] not in {"200", "303"}:
            raise RuntimeError(f"{method} {path}: {status} {answer[:200]!r}")
        return answer
