"""Acknowledged means it will arrive: an event is a row of the transaction that caused it.

The relay takes rows by claims that carry a token and a deadline. Every terminal write filters on the token,
so a relay that woke up late cannot undo what a newer one did, and the rows of a dead relay come back.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, Column, Integer, MetaData, Table, Text, Uuid
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel.sql.sqltypes import UTCDateTime

from kernel.contracts.envelope import MAX_BODY_BYTES, Envelope
from kernel.runtime import bulk

COLUMNS = bulk.Columns.of("outbox", event_id="uuid", subject="text", headers="text", body="text", recorded_at="time")
LEASE = timedelta(seconds=30)
"""How long a claim lasts; far above the time a batch takes to publish (under 0.1 s for 1,000)."""


class OversizeEvent(ValueError):
    """An event body above MAX_BODY_BYTES. Store the document and put a reference on the bus."""


@dataclass(frozen=True, slots=True)
class Row:
    """What will be published: where to, with which headers, what."""

    event_id: str
    subject: str
    headers: str
    body: str


@dataclass(frozen=True, slots=True)
class Claimed:
    """A row that a relay holds for LEASE."""

    id: int
    subject: str
    headers: dict[str, str]
    body: bytes


def table(metadata: MetaData) -> Table:
    """The outbox table of a service's database. The primary key is the order of recording."""
    return Table(
        "outbox",
        metadata,
        Column("id", BigInteger().with_variant(Integer(), "sqlite"), primary_key=True, autoincrement=True),
        Column("event_id", Uuid(), nullable=False, unique=True),
        Column("subject", Text(), nullable=False),
        Column("headers", Text(), nullable=False),
        Column("body", Text(), nullable=False),
        Column("recorded_at", UTCDateTime(), nullable=False),
        Column("claim", Uuid(), nullable=True),
        Column("claimed_until", UTCDateTime(), nullable=True),
    )


def row(envelope: Envelope) -> Row:
    """The row that publishes `envelope` on its own subject."""
    return Row(envelope.id, envelope.event.subject(), json.dumps(envelope.headers()), _body(envelope))


def appointment(envelope: Envelope, schedule: str, key: str) -> Row:
    """The row that hands `envelope` to JetStream's own schedule (`@at <RFC 3339>` or a six-field cron line).

    A stream keeps one schedule per subject, so a later appointment with the same key replaces the earlier.
    """
    event = envelope.event
    headers = envelope.headers() | {"Nats-Schedule": schedule, "Nats-Schedule-Target": event.subject()}
    subject = f"{event.producer()}.schedule.{event.type.rpartition('.')[2]}.{key}"
    return Row(envelope.id, subject, json.dumps(headers), _body(envelope))


def _body(envelope: Envelope) -> str:
    body = envelope.body()
    if len(body) * 4 > MAX_BODY_BYTES and len(body.encode()) > MAX_BODY_BYTES:
        raise OversizeEvent(
            f"{envelope.event.subject()} about {envelope.event.aggregate} is {len(body.encode())} bytes, "
            f"the limit is {MAX_BODY_BYTES}: store the document and send a reference"
        )
    return body


async def add(connection: AsyncConnection, rows: Sequence[Row], at: datetime) -> None:
    """Write `rows` in the transaction of `connection`."""
    await bulk.insert(connection, COLUMNS, [(r.event_id, r.subject, r.headers, r.body, at) for r in rows])


async def claim(connection: AsyncConnection, token: str, at: datetime, limit: int) -> list[Claimed]:
    """Take up to `limit` rows that nobody holds, oldest first, until `at` + LEASE.

    On PostgreSQL the rows are chosen once, in a materialized CTE: a plan may run a subquery anew for each row of the
    table, and each time it skips what it has just locked, so that no limit holds.
    """
    free = "claimed_until IS NULL OR claimed_until < {at}"
    if bulk.is_postgresql(connection):
        due = f"SELECT id FROM outbox WHERE {free.format(at='$3')} ORDER BY id LIMIT $4 FOR UPDATE SKIP LOCKED"  # noqa: S608 - constants
        held = "SET claim = $1, claimed_until = $2 FROM due WHERE outbox.id = due.id"
        taken = "outbox.id, subject, headers, body"
        statement = f"WITH due AS MATERIALIZED ({due}) UPDATE outbox {held} RETURNING {taken}"
        values: tuple[Any, ...] = (token, at + LEASE, at, limit)
    else:
        due = f"SELECT id FROM outbox WHERE {free.format(at='?')} ORDER BY id LIMIT ?"  # noqa: S608 - constants
        statement = (
            f"UPDATE outbox SET claim = ?, claimed_until = ? WHERE id IN ({due}) RETURNING id, subject, headers, body"  # noqa: S608 - constants
        )
        values = (token, bulk.sqlite_time(at + LEASE), bulk.sqlite_time(at), limit)
    rows: Sequence[Any] = (await connection.exec_driver_sql(statement, values)).all()
    return sorted((Claimed(r[0], r[1], json.loads(r[2]), r[3].encode()) for r in rows), key=lambda c: c.id)


async def discard(connection: AsyncConnection, token: str, ids: Sequence[int]) -> int:
    """Delete the published rows `ids` that are still held by `token`; returns how many were."""
    return await _settle(connection, "DELETE FROM outbox", token, ids)


async def release(connection: AsyncConnection, token: str, ids: Sequence[int]) -> int:
    """Give the rows `ids` back, if `token` still holds them."""
    return await _settle(connection, "UPDATE outbox SET claim = NULL, claimed_until = NULL", token, ids)


async def _settle(connection: AsyncConnection, verb: str, token: str, ids: Sequence[int]) -> int:
    if bulk.is_postgresql(connection):
        condition = "id = ANY($2::bigint[])"
        values: tuple[Any, ...] = (token, list(ids))
    else:
        condition = "id IN (SELECT value FROM json_each(?2))"
        values = (token, json.dumps(list(ids)))
    mark = "$1" if bulk.is_postgresql(connection) else "?1"
    result = await connection.exec_driver_sql(f"{verb} WHERE claim = {mark} AND {condition}", values)
    return result.rowcount


async def lag(connection: AsyncConnection, at: datetime) -> tuple[int, float]:
    """How many rows wait, and how many seconds the oldest has waited."""
    result = await connection.exec_driver_sql("SELECT count(*), min(id) FROM outbox")
    row: Any = result.one()
    count, first = row
    if not count:
        return 0, 0.0
    oldest = (await connection.exec_driver_sql(f"SELECT recorded_at FROM outbox WHERE id = {int(first)}")).scalar_one()  # noqa: S608 - an integer
    return count, max(0.0, (at - bulk.read_time(oldest)).total_seconds())
