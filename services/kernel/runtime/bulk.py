"""Many rows in one statement, below the ORM, on both databases.

A row costs 12–20 µs this way against 50–80 µs through ORM inserts, which decides the speed of the outbox,
the inbox and every projection. Values are plain: text, integers, aware datetimes, uuid as text.
"""

import json
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

PG_TYPES = {"text": "text", "int": "bigint", "time": "timestamptz", "uuid": "uuid", "json": "jsonb", "float": "float8"}


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of a bulk statement: `Columns("inbox", id="uuid", at="time")`; kinds are PG_TYPES' keys."""

    table: str
    kinds: dict[str, str]

    @classmethod
    def of(cls, table: str, **kinds: str) -> "Columns":
        unknown = set(kinds.values()) - set(PG_TYPES)
        if unknown:
            raise ValueError(f"unknown column kind {sorted(unknown)} for {table}; use one of {sorted(PG_TYPES)}")
        return cls(table, kinds)

    @property
    def names(self) -> str:
        return ", ".join(self.kinds)


def is_postgresql(connection: AsyncConnection) -> bool:
    return connection.dialect.name == "postgresql"


async def insert(
    connection: AsyncConnection, columns: Columns, rows: Sequence[Sequence[Any]], on_conflict: str = ""
) -> None:
    """Insert `rows`, each in the order of `columns`. `on_conflict` is appended, e.g. `ON CONFLICT DO NOTHING`.

    The text of both clauses comes from code, never from a person.
    """
    if not rows:
        return
    if is_postgresql(connection):
        arrays = ", ".join(f"${n}::{PG_TYPES[kind]}[]" for n, kind in enumerate(columns.kinds.values(), 1))
        statement = f"INSERT INTO {columns.table} ({columns.names}) SELECT * FROM unnest({arrays}) {on_conflict}"  # noqa: S608 - identifiers are the code's own
        await connection.exec_driver_sql(statement, tuple(map(list, zip(*rows, strict=True))))
        return
    marks = ", ".join("?" * len(columns.kinds))
    statement = f"INSERT INTO {columns.table} ({columns.names}) VALUES ({marks}) {on_conflict}"  # noqa: S608 - identifiers are the code's own
    encode = _sqlite_encoders(columns)
    await connection.exec_driver_sql(
        statement, [tuple(f(v) if f else v for f, v in zip(encode, row, strict=True)) for row in rows]
    )


async def insert_new(
    connection: AsyncConnection, columns: Columns, constants: Sequence[Any], keys: Iterable[str]
) -> set[str]:
    """Insert one row per key, leave out those already there, and return the keys that were new.

    `columns` names the constant columns first and the key column last; keys are 32 hexadecimal digits.
    """
    wanted = list(keys)
    if not wanted:
        return set()
    key = list(columns.kinds)[-1]
    if is_postgresql(connection):
        fixed = ", ".join(f"${n}::{PG_TYPES[k]}" for n, k in enumerate(list(columns.kinds.values())[:-1], 1))
        source = f"SELECT {fixed}, unnest(${len(constants) + 1}::uuid[])"
        values: tuple[Any, ...] = (*constants, wanted)
    else:
        source = f"SELECT {', '.join('?' * len(constants))}, value FROM json_each(?) WHERE true"  # noqa: S608 - no value is interpolated
        encode = _sqlite_encoders(columns)
        values = (*(f(v) if f else v for f, v in zip(encode, constants, strict=False)), json.dumps(wanted))
    statement = f"INSERT INTO {columns.table} ({columns.names}) {source} ON CONFLICT DO NOTHING RETURNING {key}"
    result = await connection.exec_driver_sql(statement, values)
    return {as_hex(row[0]) for row in result}


def as_hex(value: uuid.UUID | str) -> str:
    """An identifier as 32 hexadecimal digits: how SQLite stores it and how sets of them compare."""
    return value.hex if isinstance(value, uuid.UUID) else value.replace("-", "")


def sqlite_time(value: datetime) -> str:
    """An aware time as the ORM stores it in SQLite: UTC, naive text, microseconds."""
    return value.astimezone(UTC).replace(tzinfo=None).isoformat(sep=" ", timespec="microseconds")


def _sqlite_encoders(columns: Columns) -> list[Any]:
    return [{"time": sqlite_time, "uuid": as_hex}.get(kind) for kind in columns.kinds.values()]


def read_time(value: datetime | str) -> datetime:
    """A time read below the ORM, aware and in UTC: SQLite gives naive text, PostgreSQL an aware value."""
    parsed = datetime.fromisoformat(value) if isinstance(value, str) else value
    return parsed.replace(tzinfo=UTC) if parsed.tzinfo is None else parsed.astimezone(UTC)
