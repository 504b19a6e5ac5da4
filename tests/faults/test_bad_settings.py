"""A setting that cannot be used stops the start with one line that names it; two installations do not meet."""

import signal
import socket
from contextlib import closing
from pathlib import Path

import pytest

from tests.faults import child
from tests.faults.child import Child

pytestmark = pytest.mark.timeout(300)

WRONG: dict[str, tuple[dict[str, object], str]] = {
    "a port in letters": ({"port": "abc"}, "CHEVALEMENT_PORT='abc'"),
    "another database": ({"database_url": "mysql://x"}, "CHEVALEMENT_DATABASE_URL='…'"),
    "one database for all": (
        {"database_url": "sqlite+aiosqlite:///one.db"},
        "CHEVALEMENT_DATABASE_URL='…'",
    ),
    "a security that is none": ({"smtp_security": "maybe"}, "CHEVALEMENT_SMTP_SECURITY='maybe'"),
    "no label": ({"label_file": "/nowhere/label.toml"}, "/nowhere/label.toml"),
    "no territory": ({"territory_file": "/nowhere/territory.json"}, "/nowhere/territory.json"),
    "data in a file": ({"data": __file__}, f"CHEVALEMENT_DATA={__file__!r}"),
}


@pytest.fixture(scope="module")
def refused(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Child]:
    """All wrong starts, at once."""
    started = {}
    for name, (settings, _) in WRONG.items():
        folder = tmp_path_factory.mktemp("wrong")
        started[name] = child.start(folder, "up", **({"data": folder / "var", "port": 0} | settings))
    return started


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_value_is_one_line_that_names_it(refused: dict[str, Child], name: str) -> None:
    run = refused[name]
    assert run.ends() == 2, run.err
    [line] = run.err.strip().splitlines()
    assert WRONG[name][1] in line
    assert run.out == ""


def test_a_busy_port_is_one_line(tmp_path: Path) -> None:
    with closing(socket.socket()) as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        port = busy.getsockname()[1]
        run = child.start(tmp_path, "up", data=tmp_path / "var", port=port)
        assert run.ends() != 0
    [line] = run.err.strip().splitlines()
    assert f"CHEVALEMENT_PORT={port}" in line


def test_two_installations_side_by_side_and_none_on_the_same_data(tmp_path: Path) -> None:
    one = child.start(tmp_path, "up", data=tmp_path / "one", port=0)
    two = child.start(tmp_path, "up", data=tmp_path / "two", port=0)
    try:
        for run in (one, two):
            child.until(lambda run=run: "Prêt" in run.out or run.has_ended, "a platform that is ready")
        assert one.out != two.out
        third = child.start(tmp_path, "up", data=tmp_path / "one", port=0)
        assert third.ends() != 0
        [line] = third.err.strip().splitlines()
        assert str(tmp_path / "one") in line and "--data" in line
        assert not one.has_ended
    finally:
        for run in (one, two):
            run.signal(signal.SIGTERM)
    assert (one.ends(), two.ends()) == (0, 0)
