"""Spiders are tested against the bundled portals: a real server on a port of its own for each test."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any

import pytest

from chevalement.portals import LocalPortals
from tests.spiders.crawling import TODAY, OpenPortals


@pytest.fixture
async def open_portals() -> AsyncIterator[OpenPortals]:
    """Opens portals with the faults and samples given; closes them all."""
    async with AsyncExitStack() as stack:

        async def open_(**options: Any) -> LocalPortals:
            portals = LocalPortals(today=lambda: TODAY, **options)
            await portals.start()
            stack.push_async_callback(portals.stop)
            return portals

        yield open_
