"""The stack of docker-compose.yml, for real: it starts, it is closed, and the journey comes to its numbers in it,
with a broker killed on the way and two notifiers at work.
"""

from collections import Counter
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest

from tests.compose.stack import PREFIXES, Stack, fetch, numbers, running, until, why_no_engine

EXPECTED = {"candidacies": 8, "labelled": 5, "nominated": 3, "dead_letters": 0, "lost": 0}

pytestmark = [pytest.mark.docker, pytest.mark.slow, pytest.mark.timeout(1200)]


@pytest.fixture(scope="module", autouse=True)
def engine() -> None:
    if reason := why_no_engine():
        pytest.skip(f"no Docker engine with compose answers here, so the stack was not run ({reason})")


@pytest.fixture(scope="module")
def stack(engine: None) -> Iterator[Stack]:
    with running() as stack:
        yield stack


def counted(line: dict[str, Any]) -> dict[str, Any]:
    return {name: line.get(name) for name in EXPECTED}


@pytest.mark.parametrize("service", PREFIXES)
def test_a_service_is_ready_behind_the_front(stack: Stack, service: str) -> None:
    status, said = stack.health(service)

    assert status == 200, said
    assert (said["service"], said["problems"]) == (service, {})


@pytest.mark.parametrize("service", PREFIXES)
def test_a_service_runs_without_rights_on_its_container(stack: Stack, service: str) -> None:
    script = "id -u; grep -E '^(CapEff|NoNewPrivs)' /proc/self/status; touch /opt/chevalement/x 2>&1; ready"
    said = stack.compose("exec", "--no-TTY", service, "sh", "-c", script).stdout

    assert said.startswith("10001\n")
    assert "CapEff:\t0000000000000000" in said
    assert "NoNewPrivs:\t1" in said
    assert "Read-only file system" in said


@pytest.mark.parametrize(
    ("role", "database", "allowed"),
    [
        ("scoring", "scoring", True),
        ("scoring", "intake", False),
        ("scoring", "postgres", False),
        ("postgres", "postgres", False),
    ],
)
def test_a_role_enters_its_own_database_alone(stack: Stack, role: str, database: str, allowed: bool) -> None:
    password = f"PGPASSWORD={stack.environment['CHEVALEMENT_DATABASE_PASSWORD']}"
    query = ["psql", "--host", "postgres", "--username", role, "--dbname", database, "--command", "SELECT 1"]
    done = stack.compose("exec", "--no-TTY", "--env", password, "postgres", *query, check=False)

    assert (done.returncode == 0) is allowed, done.stderr


def test_a_prefix_without_a_slash_is_the_same_page(stack: Stack) -> None:
    for prefix in filter(None, PREFIXES.values()):
        assert fetch(f"{stack.url}{prefix}")[0] == fetch(f"{stack.url}{prefix}/")[0]


def test_only_the_services_reach_the_broker(stack: Stack) -> None:
    ask = ["wget", "-q", "-T", "3", "-O", "-"]

    own = stack.compose("exec", "--no-TTY", "nats", *ask, "http://127.0.0.1:8222/healthz")
    front = stack.compose("exec", "--no-TTY", "caddy", *ask, "http://nats:8222/healthz", check=False)

    assert "ok" in own.stdout
    assert front.returncode != 0


def test_a_service_knows_the_prefix_that_the_front_takes_away(stack: Stack) -> None:
    """Where it sends somebody who typed a slash too many, and so in all that it says of its own address."""
    connection = HTTPConnection("127.0.0.1", stack.port, timeout=15)
    connection.request("GET", "/veille/sources/")

    assert connection.getresponse().getheader("Location") == f"{stack.url}/veille/sources"
    connection.close()


def test_the_journey_comes_to_its_numbers(stack: Stack) -> None:
    line = numbers(stack.demo())

    assert counted(line) == EXPECTED
    assert line["mails"] == len(stack.mails())


def test_a_backup_brings_back_databases_streams_and_joined_files(stack: Stack, tmp_path: Path) -> None:
    in_intake = ("exec", "--no-TTY", "intake", "sh", "-c")
    stack.compose(*in_intake, "printf plan >/documents/kept")
    saved = stack.run("deploy/backup", str(tmp_path), timeout=120).stdout.strip()
    events = stack.events()
    stack.compose("exec", "--no-TTY", "postgres", "psql", "-U", "intake", "-c", "CREATE TABLE since (day date)")
    stack.compose(*in_intake, "rm /documents/kept; printf other >/documents/since")

    stack.run("deploy/restore", saved, timeout=240)

    tables = stack.compose("exec", "--no-TTY", "postgres", "psql", "-U", "intake", "-c", r"\dt").stdout
    assert "outbox" in tables
    assert "since" not in tables
    assert stack.compose(*in_intake, "cat /documents/kept").stdout == "plan"
    assert "since" not in stack.compose(*in_intake, "ls /documents").stdout
    assert stack.events() >= events > 0
    assert {name: stack.health(name)[0] for name in PREFIXES} == dict.fromkeys(PREFIXES, 200)


def test_a_killed_broker_and_a_second_notifier_change_no_number() -> None:
    with running(scale={"notifier": 2}) as stack:
        demo = stack.demo()
        try:
            until(lambda: bool(stack.mails()) or demo.poll() is not None, "a first mail")
            assert demo.poll() is None, f"over before the fault: {demo.communicate()}"
            stack.compose("kill", "--signal", "SIGKILL", "nats")
            until(lambda: stack.health("intake")[0] == 503, "intake notices that the broker is gone")
            stack.compose("start", "nats")

            line = numbers(demo)
        finally:
            demo.kill()

        assert counted(line) == EXPECTED
        mails = Counter(mail["MessageID"] for mail in stack.mails())
        assert [identity for identity, copies in mails.items() if copies > 1] == []
        assert line["mails"] == mails.total()
