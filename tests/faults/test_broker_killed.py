"""The broker is killed in the middle of the demonstration and comes back: the numbers are those of a calm run."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.faults import child
from tests.faults.conftest import without_time
from tests.patience import LONG

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

MOMENTS: dict[str, Callable[[Path], bool]] = {
    "while candidacies come in": lambda data: child.count(data, "intake", "candidacy") >= 3,
    "while opinions are given": lambda data: child.count(data, "scoring", "opinion") >= 10,
    "while calls are matched": lambda data: child.count(data, "funding_watch", "call") > 0,
    "while mails leave": lambda data: child.count(data, "notifier", "alert_item") > 0,
}
ALWAYS = ("while calls are matched",)

OF_EACH = ("accuse_reception", "preselection", "decision")


def test_a_calm_run_is_the_year_2022(calm: dict[str, Any]) -> None:
    known = {"candidacies": 8, "labelled": 5, "nominated": 3, "dead_letters": 0, "lost": 0}
    assert {name: calm[name] for name in known} == known
    assert calm["calls"] > 50 and calm["matches"] > 8


@pytest.mark.parametrize("moment", MOMENTS if child.LARGE else ALWAYS)
def test_the_demonstration_ends_with_the_same_numbers(tmp_path: Path, calm: dict[str, Any], moment: str) -> None:
    data = tmp_path / "var"
    command = child.COMMAND if child.LARGE else child.HASTY
    run = child.start(tmp_path, "demo", "--once", "--json", "--data", str(data), "--port", "0", command=command)
    broker = run.started_broker()
    child.until(lambda: MOMENTS[moment](data) or run.has_ended, moment, LONG)
    broker.kill()
    child.until(lambda: run.has_ended or (run.broker() or broker).pid != broker.pid, "another nats-server")
    second = run.broker()

    assert run.ends(LONG) == 0, run.err[-2000:]
    assert without_time(run.summary()) == calm
    applicants = "SELECT kind, count(*) FROM delivery WHERE recipient_kind = 'applicant' GROUP BY kind"
    assert dict(child.rows(data, "notifier", applicants)) == dict.fromkeys(OF_EACH, 8)
    assert second is not None, "the demonstration ended before the broker was killed"
    assert child.name_of(second) == "", "the second broker outlived the demonstration"
