"""What mails said is not kept for ever: after its time only who was written to about what, when, and a fingerprint.

The fingerprint is that of the whole letter, so that a copy that somebody kept can still be held against it.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from datetime import timedelta

import structlog

from kernel.runtime.failures import sentence

EVERY = timedelta(hours=6)

log = structlog.get_logger()


class Keeping:
    """Empties old mails from time to time; `empty` does it in one commit, and returns how many they were."""

    def __init__(self, empty: Callable[[], Awaitable[int]]) -> None:
        self._empty = empty

    async def run(self, stopping: asyncio.Event) -> None:
        """Look at start and from time to time, until `stopping`."""
        while not stopping.is_set():
            try:
                await self.sweep()
            except Exception as error:  # noqa: BLE001 - whatever it was, the next time does it
                log.error("keeping.waiting", reason=sentence(error))
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stopping.wait(), EVERY.total_seconds())

    async def sweep(self) -> int:
        """Empty what is too old now; returns how many mails that was."""
        emptied = await self._empty()
        if emptied:
            log.info("keeping.emptied", mails=emptied)
        return emptied
