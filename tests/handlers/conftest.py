"""What the tests of handlers share: the clock of their module's database."""

from typing import cast

import pytest

from kernel.runtime.clock import FixedClock
from kernel.runtime.database import Database


@pytest.fixture
async def clock(database: Database) -> FixedClock:
    """Moved with `clock.set`."""
    return cast("FixedClock", database.clock)
