"""What mails said is not kept for ever: after its time only who was written to about what, when, and a fingerprint.

The fingerprint is that of the whole letter, so that a copy that somebody kept can still be held against it.
"""

import asyncio
import contextlib
from datetime import timedelta

import structlog

from kernel.runtime.database import Database
from kernel.runtime.failures import sentence
from notifier import store

EVERY = timedelta(hours=6)

log = structlog.get_logger()


class Keeping:
    """Empties mails older than `kept`; nothing is emptied where `kept` is zero."""

    def __init__(self, database: Database, kept: timedelta) -> None:
        self._database = database
        self._kept = kept

    async def run(self, stopping: asyncio.Event) -> None:
        """Look at start and from time to time, until `stopping`."""
        while self._kept and not stopping.is_set():
            try:
                await self.sweep()
            except Exception as error:  # noqa: BLE001 - whatever it was, the next time does it
                log.error("keeping.waiting", reason=sentence(error))
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stopping.wait(), EVERY.total_seconds())

    async def sweep(self) -> int:
        """Empty what is too old now; returns how many mails that was."""
        async with self._database.work() as work:
            emptied = await store.empty(work.session, work.at - self._kept, work.at)
        if emptied:
            log.info("keeping.emptied", mails=emptied)
        return emptied
