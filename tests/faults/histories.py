"""Four services on databases of their own, told of one candidacy's events by the kernel's own consumer."""

import json
import shutil
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast
from uuid import UUID, uuid4, uuid5

from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.js import JetStreamContext

from funding_watch import subscribers as watch
from intake import handlers as acts
from intake import subscribers as intake
from kernel.contracts.envelope import Cause, Envelope, Event
from kernel.runtime import migrate
from kernel.runtime.clock import FixedClock
from kernel.runtime.consumer import Consumer
from kernel.runtime.database import Database
from notifier import subscribers as notifier
from scoring import subscribers as scoring
from tests.faults import child
from tests.intake_story import CALENDAR, NOW, STAFF, dossier
from tests.notifier_story import ALERT_DELAY
from tests.watch_story import PLACE, call, far_calls, read

Told = tuple[UUID, Event]
"""An event with its identity: the same identity twice is the same event delivered twice."""
ACTS = {"preselect": acts.preselect, "decline": acts.decline}
GENERATED = {
    "journal": {"id", "sequence", "previous", "digest"},
    "journal_head": {"digest"},
    "source_reading": {"told_in"},
}
"""Columns that number or chain rows as they came, or that say which of two equal readings was told."""
NOT_COMPARED = {"alembic_version", "inbox", "outbox", "delivery_step"}


@dataclass(frozen=True)
class Start:
    """What every history begins with: a dossier received by intake, calls known to the watch."""

    folder: Path
    candidacy: UUID

    @classmethod
    async def prepare(cls, folder: Path) -> "Start":
        databases = open_all(folder)
        for service, database in databases.items():
            await migrate.upgrade(database.engine, service)
        async with databases["intake"].work() as work:
            await acts.open_wave(work, CALENDAR, STAFF)
            receipt = await acts.submit_candidacy(work, dossier(), "LE", uuid4().hex)
        await read(databases["funding_watch"], call(), *far_calls(4))
        for database in databases.values():
            async with database.work() as work:
                await work.connection.exec_driver_sql("DELETE FROM outbox")
            await database.close()
        return cls(folder, receipt.candidacy_id)


def open_all(folder: Path) -> dict[str, Database]:
    clock = FixedClock(NOW)
    return {s: Database(f"sqlite+aiosqlite:///{folder}/{s}.db", clock) for s in child.SERVICES}


@dataclass
class World:
    """The four services; `folder` holds copies of the start."""

    folder: Path
    candidacy: UUID
    consumers: dict[str, Consumer] = field(default_factory=dict)

    @classmethod
    def of(cls, start: Start, folder: Path) -> "World":
        shutil.copytree(start.folder, folder)
        declared = {
            "intake": intake.declare(),
            "scoring": scoring.declare(),
            "funding_watch": watch.declare(PLACE, ["aides_territoires"]),
            "notifier": notifier.declare(lambda: None, ALERT_DELAY),
        }
        unused = cast("JetStreamContext", None)  # nothing is set aside here: a failure fails the test
        databases = open_all(folder)
        consumers = {s: Consumer(databases[s], unused, declared[s], databases[s].clock) for s in child.SERVICES}
        return cls(folder, start.candidacy, consumers)

    async def hear(self, batch: Sequence[Told]) -> None:
        """Each service gets those of `batch` that it consumes, as one batch of messages."""
        for consumer in self.consumers.values():
            known = [message(told) for told in batch if told[1].subject() in consumer.subscriptions.models]
            if known:
                await consumer.effect([consumer.read(one) for one in known])

    async def act(self, name: str) -> None:
        """What the staff do in intake."""
        async with self.consumers["intake"].database.work() as work:
            await ACTS[name](work, self.candidacy, STAFF, "Un projet solide.")

    async def close(self) -> None:
        for consumer in self.consumers.values():
            await consumer.database.close()

    def kept(self, service: str, *, withdrawn: bool) -> dict[str, Any]:
        """Every table of a service, without what the order of arrival may decide.

        Calls that were proposed before a withdrawal stay on file: they may be there or not.
        """
        left_out = NOT_COMPARED | ({"match"} if withdrawn else set())
        found: dict[str, Any] = {}
        for (table,) in child.rows(self.folder, service, "SELECT name FROM sqlite_master WHERE type = 'table'"):
            if table not in left_out and not table.startswith("sqlite_"):
                found[table] = self._rows(service, table)
        if "delivery" in found:
            messages = found.pop("delivery")
            found["episodes told"] = sum(row["kind"] == "source_degradee" for row in messages)
            found["messages"] = [essence(row) for row in messages if row["kind"] != "source_degradee"]
        return found

    def _rows(self, service: str, table: str) -> list[dict[str, Any]]:
        names = [row[1] for row in child.rows(self.folder, service, f'PRAGMA table_info("{table}")')]
        wanted = [name for name in names if name not in GENERATED.get(table, set())]
        columns = ", ".join(f'"{name}"' for name in wanted)
        found = child.rows(self.folder, service, f'SELECT {columns} FROM "{table}"')  # noqa: S608 - our own tables
        return [dict(zip(wanted, row, strict=True)) for row in sorted(found, key=repr)]

    def inbox(self, service: str) -> set[UUID]:
        return {UUID(found) for (found,) in child.rows(self.folder, service, "SELECT event_id FROM inbox")}

    def told(self, service: str) -> Counter[tuple[str, str]]:
        """How often each event about each thing was recorded; appointments are not events yet."""
        rows = child.rows(self.folder, service, "SELECT subject, headers FROM outbox")
        return Counter((subject, json.loads(h)["ce-subject"]) for subject, h in rows if ".schedule." not in subject)


def essence(row: dict[str, Any]) -> dict[str, Any]:
    """A message; of one that was stopped, only that it was: it may have been ready, or not, before."""
    names = ("id", "kind", "recipient", "state") if row["state"] == "annule" else tuple(row)
    return {name: row[name] for name in names}


def message(told: Told) -> Msg:
    """An event as the broker would hand it over."""
    identity, event = told
    sealed = Envelope(identity.hex, event, NOW, Cause(uuid5(identity, "story").hex, None, ""))
    never = cast("Client", None)  # nobody answers this message
    return Msg(never, event.subject(), "", sealed.body().encode(), sealed.headers())
