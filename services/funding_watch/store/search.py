"""The search over all calls, by the databases' own full-text indexes: FTS5 on SQLite, tsvector on PostgreSQL.

The rule kept here: both answer alike. What is indexed is made by the domain (words without accents, and their stems);
the databases only look them up. The index is derived: what it lacks is added at start.
"""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import text
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from funding_watch.domain.call import FundingCall
from funding_watch.domain.searching import Asked, asked_of, searchable
from funding_watch.tables import CallRow

AT_ONCE = 500
"""Calls indexed between two looks at the database."""

WRITE = {
    "sqlite": "INSERT OR REPLACE INTO call_search (rowid, key, head, body) VALUES (:number, :key, :head, :body)",
    "postgresql": "INSERT INTO call_search (key, head, body) "
    "VALUES (:key, array_to_tsvector(string_to_array(:head, ' ')), array_to_tsvector(string_to_array(:body, ' '))) "
    "ON CONFLICT (key) DO UPDATE SET head = excluded.head, body = excluded.body",
}
READ = {
    "sqlite": "SELECT key FROM call_search WHERE call_search MATCH :asked",
    "postgresql": "SELECT key FROM call_search WHERE (head || body) @@ CAST(:asked AS tsquery)",
}
READ_HEAD = {
    "sqlite": "SELECT key FROM call_search WHERE call_search MATCH '{head} : (' || :asked || ')'",
    "postgresql": "SELECT key FROM call_search WHERE head @@ CAST(:asked AS tsquery)",
}


async def index(session: AsyncSession, calls: Sequence[FundingCall]) -> None:
    """Have these calls found by their words of today."""
    if calls:
        await _run(session, WRITE, [_row(call) for call in calls])


async def fill(session: AsyncSession) -> int:
    """Index the calls that are not; how many they were."""
    connection = await session.connection()
    there = set((await connection.execute(text("SELECT key FROM call_search"))).scalars())
    missing = [key for key in await session.exec(select(CallRow.key)) if key not in there]
    for start in range(0, len(missing), AT_ONCE):
        keys = missing[start : start + AT_ONCE]
        rows = await session.exec(select(CallRow.record).where(CallRow.key.in_(keys)))  # type: ignore[attr-defined]  # a column, not a text
        await index(session, [FundingCall.model_validate(record) for record in rows])
    return len(missing)


async def find(session: AsyncSession, typed: str) -> Mapping[str, int] | None:
    """Key of each call that says all that was typed → 0 where its head does, else 1; None when nothing was typed."""
    asked = asked_of(typed)
    if asked is None:
        return None
    written = {"asked": _as_fts5(asked) if _dialect(session) == "sqlite" else _as_tsquery(asked)}
    everywhere = (await _run(session, READ, written)).scalars()
    found = dict.fromkeys(everywhere, 1)
    return found | dict.fromkeys((await _run(session, READ_HEAD, written)).scalars(), 0)


async def _run(session: AsyncSession, spelt: Mapping[str, str], values: Any) -> Any:
    return await (await session.connection()).execute(text(spelt[_dialect(session)]), values)


def _dialect(session: AsyncSession) -> str:
    return session.get_bind().dialect.name


def _row(call: FundingCall) -> dict[str, Any]:
    head, body = searchable(call)
    number = int.from_bytes(hashlib.sha256(call.key.encode()).digest()[:8], "big") >> 1
    return {"number": number, "key": call.key, "head": " ".join(head), "body": " ".join(body)}


def _as_fts5(asked: Asked) -> str:
    """`("berges"* OR "berg") AND ("humides"* OR "humid")`; words are letters and digits alone."""
    return " AND ".join("(" + " OR ".join(f'"{word}"{"*" * far}' for word, far in forms) + ")" for forms in asked)


def _as_tsquery(asked: Asked) -> str:
    return " & ".join("(" + " | ".join(f"'{word}'{':*' * far}" for word, far in forms) + ")" for forms in asked)
