"""The mornings after: what the notifier sends of itself, a digest and a reminder, shown without waiting for them.

Its database is copied, and the very service that runs in production is started on the copy with a clock that says
the morning of the next digest, then that of the next reminder. The demonstration's own state stays at its time.
"""

import asyncio
import contextlib
import shutil
import sqlite3
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

from chevalement.catcher import Catcher
from chevalement.demo.browser import waiting
from chevalement.platform import build
from kernel.runtime.clock import Clock, FixedClock
from kernel.runtime.database import Database
from kernel.runtime.nats_server import NatsServer
from kernel.runtime.settings import Settings
from notifier import store
from notifier.domain.states import State
from notifier.store import following, listeners

FOLDER = "jours-suivants"
LATER = timedelta(minutes=1)
"""The clock is set so long after the hour of an appointment."""


@dataclass(frozen=True, slots=True)
class Morning:
    """What left on a morning that has not come yet."""

    at: datetime
    mails: list[EmailMessage]


async def mornings(settings: Settings, clock: Clock) -> list[Morning]:
    """The mornings of the next digest and of the next reminder, with their mails; none on another database server.

    The mails are files in `jours-suivants/mailbox` of the data folder; those of an earlier run are dropped.
    """
    if settings.database_url:
        return []
    folder = settings.data / FOLDER
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    await asyncio.to_thread(_copy, settings.data / "notifier.db", folder / "notifier.db")
    key = settings.signing_key()
    async with _surroundings(folder) as (catcher, broker):
        there = settings.model_copy(update={"data": folder, "secret": key, "smtp_port": catcher.port})
        moments = await _moments(there, clock)
        return [await _one(there, broker.url, catcher, moment) for moment in moments]


def _copy(source: Path, target: Path) -> None:
    """A copy of a database that is in use."""
    with contextlib.closing(sqlite3.connect(source)) as ours, contextlib.closing(sqlite3.connect(target)) as copy:
        ours.backup(copy)


@contextlib.asynccontextmanager
async def _surroundings(folder: Path) -> AsyncIterator[tuple[Catcher, NatsServer]]:
    catcher, broker = Catcher(folder / "mailbox"), NatsServer(folder / "nats")
    await catcher.start()
    try:
        await broker.start()
        yield catcher, broker
    finally:
        await broker.stop()
        await catcher.stop()


async def _moments(there: Settings, clock: Clock) -> list[datetime]:
    """Just after the next digest and the next reminder that stand, in the order of time."""
    digests, reminders = await _standing(there, clock)
    now = clock.now()
    first = [min(found) for kind in (digests, reminders) if (found := [one for one in kind if one > now])]
    return [moment + LATER for moment in sorted(set(first))]


async def _standing(there: Settings, clock: Clock) -> tuple[list[datetime], list[datetime]]:
    """The appointments that the notifier has, of digests and of reminders."""
    database = Database(there.database_of("notifier"), clock)
    try:
        async with database.reading() as session:
            digests = [one.next_at for one in await listeners.listening(session) if one.next_at]
            reminders = [one.next_at for one in await following.awaited(session) if one.next_at]
    finally:
        await database.close()
    return digests, reminders


async def _one(there: Settings, broker: str, catcher: Catcher, moment: datetime) -> Morning:
    """Start the notifier at `moment`, let it send what is due then, stop it."""
    clock, before = FixedClock(moment), len(catcher.messages)
    service = build("notifier", there, broker, clock)
    await service.start()
    try:
        await waiting(lambda: _calm(there, service.database, clock), f"what is due on {moment} to leave")
    finally:
        await service.stop()
    return Morning(moment, catcher.parsed()[before:])


async def _calm(there: Settings, database: Database, clock: Clock) -> bool:
    """Whether every appointment that has come is kept, and no mail is on its way."""
    digests, reminders = await _standing(there, clock)
    async with database.reading() as session:
        leaving = sum(
            [await store.count(session, store.Selection(state)) for state in (State.A_ENVOYER, State.EN_COURS)]
        )
    return not leaving and not any(one <= clock.now() for one in (*digests, *reminders))
