"""How long `chevalement up` takes to be ready, and what the whole platform holds in memory, broker included."""

import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import psutil

MEBIBYTE = 1024 * 1024


def measure(folder: Path) -> tuple[float, float]:
    """Seconds from the command to all four ready, and resident MiB of the processes after ten page views."""
    port = _free_port()
    command = [sys.executable, "-m", "chevalement.cli", "up", "--data", str(folder), "--port", str(port)]
    begin = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # noqa: S603 - ourselves
    try:
        while not _answers(port, "/health/all"):
            if process.poll() is not None or time.perf_counter() - begin > 60:
                raise RuntimeError("the platform did not start: run `chevalement up` to see why")
            time.sleep(0.02)  # another process: no event of ours tells when it answers
        seconds = time.perf_counter() - begin
        for _ in range(10):
            _answers(port, "/")
        family = [psutil.Process(process.pid), *psutil.Process(process.pid).children(recursive=True)]
        memory = sum(member.memory_info().rss for member in family) / MEBIBYTE
    finally:
        process.terminate()
        process.wait(15)
    return seconds, memory


def _answers(port: int, path: str) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def _free_port() -> int:
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
