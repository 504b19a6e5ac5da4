"""One stack of docker-compose.yml for the length of a test, beside any other that runs on this machine."""

import contextlib
import json
import os
import secrets
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.patience import PATIENCE

ROOT = Path(__file__).resolve().parents[2]
FILES = ("docker-compose.yml", "deploy/compose.demo.yml")
IMAGE = "chevalement:test"
ALERT_DELAY = "2"  # seconds, as in deploy/compose.demo.yml
PREFIXES = {"intake": "", "scoring": "/instruction", "funding_watch": "/veille", "notifier": "/alertes"}
START, STOP, RUN = 600, 120, 600
"""Seconds: a first start builds the image, then installs every dependency."""


def why_no_engine() -> str:
    """What keeps the stack from running here; empty when an engine and compose answer."""
    for command in (["docker", "version", "--format", "{{.Server.Version}}"], ["docker", "compose", "version"]):
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)
        except (OSError, subprocess.TimeoutExpired) as error:
            return f"{' '.join(command)}: {error}"
        if done.returncode:
            return f"{' '.join(command)}: {done.stderr.strip() or done.stdout.strip()}"
    return ""


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def fetch(address: str) -> tuple[int, str]:
    """Status and body, whatever the status; 0 and the reason when nobody answers."""
    try:
        with urllib.request.urlopen(address, timeout=15) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()
    except OSError as error:
        return 0, str(error)


def until(condition: Callable[[], bool], what: str, seconds: float = PATIENCE) -> None:
    """Wait for `condition`, at most `seconds`; then fail, saying `what` did not come."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"{what}: not within {seconds:.0f} s"
        time.sleep(0.2)


@dataclass
class Stack:
    """A project of its own, with its ports, its volumes and its secrets: all of it is in `environment`."""

    port: int
    mailbox_port: int
    environment: dict[str, str]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def mailbox(self) -> str:
        return f"http://127.0.0.1:{self.mailbox_port}"

    def compose(self, *words: str, timeout: float = 60, check: bool = True) -> subprocess.CompletedProcess[str]:
        """`docker compose` on this project. Raises `AssertionError` with its words when it fails."""
        return self.run("docker", "compose", *words, timeout=timeout, check=check)

    def run(self, *command: str, timeout: float, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Any command, in the root of the repository and meaning this project."""
        done = subprocess.run(
            command,
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
        )
        if check and done.returncode:
            raise AssertionError(
                f"{' '.join(command)} ended with {done.returncode}:\n{done.stderr[-4000:]}{done.stdout[-2000:]}"
            )
        return done

    def health(self, service: str) -> tuple[int, dict[str, Any]]:
        """What a service says of itself through Caddy."""
        status, body = fetch(f"{self.url}{PREFIXES[service]}/health/ready")
        return status, json.loads(body) if body.startswith("{") else {"body": body}

    def mails(self) -> list[dict[str, Any]]:
        """What the mail catcher holds, newest first."""
        status, body = fetch(f"{self.mailbox}/api/v1/messages?limit=1000")
        assert status == 200, f"{self.mailbox}: {status} {body}"
        messages: list[dict[str, Any]] = json.loads(body)["messages"]
        return messages

    def events(self) -> int:
        """How many messages the broker's streams hold."""
        ask = ["exec", "--no-TTY", "nats", "wget", "-q", "-O", "-", "http://127.0.0.1:8222/jsz"]
        return int(json.loads(self.compose(*ask).stdout)["messages"])

    def demo(self) -> subprocess.Popen[str]:
        """The journey of the eight candidacies, begun on this stack from outside."""
        command = ["demo", "--against", self.url, "--mailbox", self.mailbox, "--once", "--json"]
        return subprocess.Popen(
            [sys.executable, "-c", "from chevalement.cli import main; main()", *command],
            cwd=ROOT,
            env=self.environment | {"PYTHONPATH": str(ROOT / "services"), "CHEVALEMENT_ALERT_DELAY": ALERT_DELAY},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )


def numbers(demo: subprocess.Popen[str]) -> dict[str, Any]:
    """The last line of a demonstration, once it has ended well."""
    try:
        said, complained = demo.communicate(timeout=RUN)
    except subprocess.TimeoutExpired:
        demo.kill()
        said, complained = demo.communicate()
    assert demo.returncode == 0, f"ended with {demo.returncode}:\n{said[-3000:]}\n{complained[-3000:]}"
    line: dict[str, Any] = json.loads(said.strip().splitlines()[-1])
    return line


@contextlib.contextmanager
def running(*, scale: dict[str, int] | None = None) -> Iterator[Stack]:
    """Build, start and wait until everything is healthy; leave nothing behind but the image."""
    stack = _new_stack()
    copies = [part for name, count in (scale or {}).items() for part in ("--scale", f"{name}={count}")]
    try:
        stack.compose("up", "--detach", "--build", "--wait", "--wait-timeout", "400", *copies, timeout=START)
        yield stack
    finally:
        print(stack.compose("ps", "--all", check=False).stdout)
        print(stack.compose("logs", "--no-color", "--tail", "40", check=False).stdout)
        stack.compose("down", "--volumes", "--remove-orphans", "--timeout", "20", timeout=STOP)


def _new_stack() -> Stack:
    project, port, mailbox_port = f"chevalement-test-{secrets.token_hex(4)}", free_port(), free_port()
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("CHEVALEMENT_", "COMPOSE_"))
    }
    environment |= {
        "COMPOSE_PROJECT_NAME": project,
        "COMPOSE_FILE": ":".join(FILES),
        "COMPOSE_ENV_FILES": os.devnull,  # what the installation of this machine decides is not the test's
        "CHEVALEMENT_HTTP_PORT": str(port),
        "CHEVALEMENT_MAILBOX_PORT": str(mailbox_port),
        "CHEVALEMENT_IMAGE": IMAGE,
        "CHEVALEMENT_SECRET": secrets.token_hex(32),
        "CHEVALEMENT_DATABASE_PASSWORD": secrets.token_hex(16),
    }
    return Stack(port, mailbox_port, environment)
