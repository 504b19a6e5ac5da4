"""What a calm run comes to: the measure of every run that was disturbed."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.faults import child
from tests.patience import LONG


@pytest.fixture(autouse=True, scope="module")
def _no_child_outlives_its_module() -> Iterator[None]:
    yield
    child.leave_none()


@pytest.fixture(scope="session")
def calm(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The numbers of one demonstration that nothing disturbed, without what depends on its pace."""
    folder = tmp_path_factory.mktemp("calm")
    run = child.start(folder, "demo", "--once", "--json", "--data", str(folder / "var"), "--port", "0")
    assert run.ends(LONG) == 0, run.err[-2000:]
    return without_time(run.summary())


def without_time(summary: dict[str, Any]) -> dict[str, Any]:
    """What two runs must have in common: the team's alerts are grouped by what came while the first one waited."""
    return {name: value for name, value in summary.items() if name not in {"seconds", "mails"}}
