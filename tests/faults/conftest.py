"""Nothing that a test of faults started outlives its module."""

from collections.abc import Iterator

import pytest

from tests.faults import child


@pytest.fixture(autouse=True, scope="module")
def _no_child_outlives_its_module() -> Iterator[None]:
    yield
    child.leave_none()
