"""The platform as a process of its own, so that a fault can be a real one: SIGKILL asks nobody for leave."""

import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from kernel.contracts.registry import SERVICES
from tests.patience import PATIENCE

ROOT = Path(__file__).resolve().parents[2]
COMMAND = ("-m", "chevalement.cli")
HASTY = ("-m", "tests.faults.hasty")
"""The same command with leases of a second or two: what a killed process held comes back while a test waits."""
LARGE = os.environ.get("CHEVALEMENT_DOSE", "") == "large"
"""`make faults` looks for what is rare: more moments, more histories."""
_started: list[subprocess.Popen[bytes]] = []


@dataclass
class Child:
    """A `chevalement` process; what it says goes to files in `folder`."""

    process: subprocess.Popen[bytes]
    folder: Path
    said: str

    @property
    def out(self) -> str:
        return (self.folder / f"{self.said}.out").read_text(errors="replace")

    @property
    def err(self) -> str:
        return (self.folder / f"{self.said}.err").read_text(errors="replace")

    @property
    def has_ended(self) -> bool:
        return self.process.poll() is not None

    def summary(self) -> dict[str, Any]:
        """The last line of a demonstration."""
        found: dict[str, Any] = json.loads(self.out.strip().splitlines()[-1])
        return found

    def ends(self, seconds: float = PATIENCE) -> int:
        """Wait for the end; the exit code. A child that does not end is killed and fails the test."""
        try:
            return self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(f"still running after {seconds} s; it said: {self.err[-2000:]}") from None

    def kill(self) -> None:
        """SIGKILL, as the kernel does when memory is short."""
        self.process.kill()
        self.process.wait()

    def signal(self, number: signal.Signals) -> None:
        self.process.send_signal(number)

    def broker(self) -> psutil.Process | None:
        """The nats-server that this process started and that runs now."""
        if self.has_ended:
            return None
        children = psutil.Process(self.process.pid).children()
        return next((one for one in children if one.is_running() and name_of(one) == "nats-server"), None)

    def started_broker(self) -> psutil.Process:
        """The same, waited for."""
        until(lambda: self.broker() is not None, "a nats-server among the children")
        found = self.broker()
        assert found is not None, self.err[-2000:]
        return found


def start(folder: Path, *arguments: str, command: tuple[str, ...] = COMMAND, **variables: object) -> Child:
    """Start `command` with `arguments`; `variables` are settings, by their names without the prefix."""
    folder.mkdir(parents=True, exist_ok=True)
    said = f"child-{time.monotonic_ns()}"
    with (folder / f"{said}.out").open("wb") as out, (folder / f"{said}.err").open("wb") as err:
        process = subprocess.Popen(
            [sys.executable, *command, *arguments], cwd=ROOT, env=environment(variables), stdout=out, stderr=err
        )
    _started.append(process)
    return Child(process, folder, said)


def leave_none() -> None:
    """Kill what a failed test left running, and take note of every end: the next test is told of none of them."""
    while _started:
        process = _started.pop()
        process.kill()
        process.wait()


def environment(variables: Mapping[str, object]) -> dict[str, str]:
    """The environment of a child: ours without its settings, with `variables`."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("CHEVALEMENT_")}
    settings = {f"CHEVALEMENT_{name.upper()}": str(value) for name, value in variables.items()}
    paths = os.pathsep.join([str(ROOT / "services"), str(ROOT)])
    return kept | {"PYTHONPATH": paths, "PYTHONUNBUFFERED": "1"} | settings


def name_of(process: psutil.Process) -> str:
    """Its name; empty for one that has ended, whether or not somebody took note of it."""
    try:
        return "" if process.status() == psutil.STATUS_ZOMBIE else process.name()
    except psutil.NoSuchProcess:
        return ""


def until(true: Callable[[], bool], what: str, seconds: float = PATIENCE) -> None:
    """Look every few milliseconds until it is `true`, or fail after `seconds`."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, f"waited {seconds} s for {what}"
        time.sleep(0.01)


def free_port() -> int:
    """A port for a platform that is to come back at the same address."""
    with closing(socket.socket()) as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def rows(data: Path, service: str, query: str) -> list[tuple[Any, ...]]:
    """What a service's database holds, read from outside; nothing while it is not there yet."""
    path = data / f"{service}.db"
    if not path.exists():
        return []
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=5)) as connection:
            return connection.execute(query).fetchall()
    except sqlite3.OperationalError:  # no such table before the migration
        return []


def count(data: Path, service: str, table: str) -> int:
    """How many rows a table has; 0 while it is not there yet."""
    found = rows(data, service, f'SELECT count(*) FROM "{table}"')  # noqa: S608 - names of our own tables
    return int(found[0][0]) if found else 0


def progress(data: Path) -> int:
    """How far the story has come: events done by all services, which only grows."""
    return sum(count(data, service, "inbox") for service in SERVICES)
