"""The database of one service, for the tests of a module, on each of the two engines."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

import pytest

from kernel.runtime import migrate
from kernel.runtime.clock import FixedClock
from kernel.runtime.database import Database


def database_of(service: str, at: datetime) -> Any:
    """A fixture: `database = database_of("scoring", START)`; its clock stands at `at` until a test moves it."""

    @pytest.fixture(name="database")
    async def database(database_url: str) -> AsyncIterator[Database]:
        made = Database(database_url, FixedClock(at))
        await migrate.upgrade(made.engine, service)
        yield made
        await made.close()

    return database
