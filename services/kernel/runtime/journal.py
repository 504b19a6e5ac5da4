"""A journal is chains of lines: each line carries the hash of its facts and of the line before it.

Whoever changes, removes, adds or moves a line behind our back must rewrite all that follows, and the head of the
chain, which is kept apart and only moves forward. `verify` tells what does not match. It cannot tell a chain that
was rewritten whole, head included, by somebody who may switch the triggers off: for that, compare the digests
of the heads with a copy kept elsewhere.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Column, LargeBinary, Table, cast, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Dialect
from sqlalchemy.ext.asyncio import AsyncConnection

START = "0" * 64
"""What the first line of a chain has before it."""
LINKS = frozenset({"sequence", "previous", "digest"})
"""The columns that link a line to its chain; all others are its facts."""

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Journal:
    """Where the lines are, where the heads are, and the column of both that names the chain."""

    lines: Table
    heads: Table
    chain: str

    @property
    def facts(self) -> tuple[str, ...]:
        """The columns that a line's digest covers beside its place in the chain."""
        return tuple(column.name for column in self.lines.columns if column.name not in LINKS)


@dataclass(frozen=True, slots=True)
class Head:
    """The last line of a chain; `sequence` 0 is a chain without lines."""

    chain: UUID
    sequence: int = 0
    digest: str = START


@dataclass(frozen=True, slots=True)
class Break:
    """Something that does not match. `sequence` is None where the whole chain is meant."""

    chain: str
    sequence: int | None
    what: str


@dataclass(frozen=True, slots=True)
class Verified:
    """What was read, and what does not match in it. `heads` is one digest of all the heads together."""

    heads: str
    chains: int
    lines: int
    breaks: tuple[Break, ...]


def digest(sequence: int, previous: str, facts: Row) -> str:
    """SHA-256, in hexadecimal, of one JSON text: sorted keys, no space, UTF-8, times in UTC with microseconds."""
    told = {"facts": {name: _plain(value) for name, value in facts.items()}, "previous": previous, "sequence": sequence}
    text = json.dumps(told, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _plain(value: object) -> str | int | None:
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if value is None or isinstance(value, str | int):
        return value
    raise TypeError(f"a journal keeps no {type(value).__name__}, got {value!r}: write it as text")


async def hold(connection: AsyncConnection, journal: Journal, chain: UUID) -> Head:
    """The head of a chain, locked until the end of the transaction: one writer at a time adds to it."""
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    begun = dialect.insert(journal.heads).values({journal.chain: chain, "sequence": 0, "digest": START})
    await connection.execute(begun.on_conflict_do_nothing())
    heads = journal.heads.c
    query = select(heads.sequence, heads.digest).where(heads[journal.chain] == chain).with_for_update()
    row = (await connection.execute(query)).one()
    return Head(chain, row.sequence, row.digest)


async def append(connection: AsyncConnection, journal: Journal, head: Head, facts: Row) -> Head:
    """Add a line behind a head that is held; returns the new head. `facts` names every column of `journal.facts`."""
    if set(facts) != set(journal.facts) or facts[journal.chain] != head.chain:
        raise ValueError(f"a line of chain {head.chain} tells {sorted(journal.facts)}, not {sorted(facts)}")
    after = Head(head.chain, head.sequence + 1, digest(head.sequence + 1, head.digest, facts))
    link = {"sequence": after.sequence, "previous": head.digest, "digest": after.digest}
    await connection.execute(insert(journal.lines).values({**facts, **link}))
    moved = update(journal.heads).where(journal.heads.c[journal.chain] == head.chain)
    await connection.execute(moved.values(sequence=after.sequence, digest=after.digest))
    return after


async def verify(connection: AsyncConnection, journal: Journal, expected: Iterable[UUID] = ()) -> Verified:
    """Read every line and every head. `expected` names chains that must have lines.

    Needs a connection whose transaction sees one moment, or a line may be added between the lines and the heads.
    """
    unreadable: list[Break] = []
    lines = await _rows(connection, journal.lines, journal.chain, unreadable)
    heads = {row[journal.chain]: row for row in await _rows(connection, journal.heads, journal.chain, unreadable)}
    chains: dict[UUID, list[Row]] = {}
    for row in lines:
        chains.setdefault(row[journal.chain], []).append(row)
    found = list(unreadable)
    for chain in sorted({*chains, *heads, *expected}):
        rows = sorted(chains.get(chain, []), key=lambda row: int(row["sequence"]))
        found += _breaks(journal, chain, rows, heads.get(chain))
    return Verified(_digest_of_heads(heads), len(chains), len(lines), tuple(found))


def _digest_of_heads(heads: Mapping[UUID, Row]) -> str:
    text = "".join(f"{chain} {row['sequence']} {row['digest']}\n" for chain, row in sorted(heads.items()))
    return hashlib.sha256(text.encode()).hexdigest()


def _breaks(journal: Journal, chain: UUID, rows: Sequence[Row], head: Row | None) -> Iterator[Break]:
    """What does not match in one chain; after a gap, reading goes on from the line that follows it."""
    last = Head(chain)
    for row in rows:
        sequence = int(row["sequence"])
        if sequence != last.sequence + 1:
            yield Break(str(chain), sequence, f"line {last.sequence + 1} is missing before it")
        if row["previous"] != last.digest:
            yield Break(str(chain), sequence, "it does not follow the line before it")
        if row["digest"] != digest(sequence, row["previous"], {name: row[name] for name in journal.facts}):
            yield Break(str(chain), sequence, "its facts are not those that were written")
        last = Head(chain, sequence, row["digest"])
    if head is None:
        yield Break(str(chain), None, "its head is missing" if rows else "it has no line at all")
    elif (int(head["sequence"]), head["digest"]) != (last.sequence, last.digest):
        yield Break(str(chain), None, f"its head is at line {head['sequence']}, its last line is {last.sequence}")


async def _rows(connection: AsyncConnection, table: Table, chain: str, unreadable: list[Break]) -> list[Row]:
    """The rows of a table; one that no longer reads as what was written is a break instead of a row.

    SQLite keeps no types: its bytes are read as they are, since a flipped one may be no text, time or number.
    """
    columns = list(table.columns)
    if connection.dialect.name == "postgresql":
        return [dict(row._mapping) for row in await connection.execute(select(*columns))]
    raw = await connection.execute(select(*(cast(column, LargeBinary).label(column.name) for column in columns)))
    found: list[Row] = []
    for values in raw:
        try:
            read = {c.name: _read(c, v, connection.dialect) for c, v in zip(columns, values, strict=True)}
        except (ValueError, TypeError) as error:
            named = dict(zip((column.name for column in columns), values, strict=True))
            unreadable.append(Break(_shown(named[chain]), None, f"a row of {table.name} cannot be read: {error}"))
        else:
            found.append(read)
    return found


def _read(column: Column[Any], raw: bytes | None, dialect: Dialect) -> object:
    """A value out of SQLite's bytes. Raises `ValueError` where they are not those that its value is written with."""
    if raw is None:
        return None
    text = raw.decode()
    kind = column.type.dialect_impl(dialect)
    read, written = kind.result_processor(dialect, None), kind.bind_processor(dialect)
    value = int(text) if column.type.python_type is int else read(text) if read else text
    if str(written(value) if written else value) != text:
        raise ValueError(f"{column.name} is {text!r}")
    return value


def _shown(raw: bytes | None) -> str:
    return repr(raw.decode(errors="replace")) if raw else "?"
