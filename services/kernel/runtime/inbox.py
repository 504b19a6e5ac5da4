"""Delivered twice means done once: the effect and the mark that it was done are one commit."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Column, MetaData, Table, Text, Uuid
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel.sql.sqltypes import UTCDateTime

from kernel.runtime import bulk

COLUMNS = bulk.Columns.of("inbox", consumer="text", done_at="time", event_id="uuid")


def table(metadata: MetaData) -> Table:
    """The inbox table of a service's database."""
    return Table(
        "inbox",
        metadata,
        Column("consumer", Text(), primary_key=True),
        Column("event_id", Uuid(), primary_key=True),
        Column("done_at", UTCDateTime(), nullable=False),
    )


async def admit(connection: AsyncConnection, consumer: str, ids: Iterable[str], at: datetime) -> set[str]:
    """Mark `ids` as done by `consumer` and return those that were not yet: only these may have an effect."""
    return await bulk.insert_new(connection, COLUMNS, (consumer, at), ids)


async def forget(connection: AsyncConnection, before: datetime) -> int:
    """Drop marks older than `before`, which must lie beyond the streams' retention."""
    mark, value = ("$1", before) if bulk.is_postgresql(connection) else ("?", bulk.sqlite_time(before))
    result = await connection.exec_driver_sql(f"DELETE FROM inbox WHERE done_at < {mark}", (value,))  # noqa: S608 - a placeholder
    return result.rowcount
