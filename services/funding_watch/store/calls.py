"""Calls and their history: many in one statement, since a catalogue comes by hundreds."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import update
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from funding_watch.domain.call import FundingCall
from funding_watch.domain.catalogue import Reading
from funding_watch.store.dialect import insert
from funding_watch.tables import CallChangeRow, CallRow

KEPT_ON_UPDATE = ("title", "funders", "url", "closes_at", "content_hash", "last_seen_at", "record")


@dataclass(frozen=True, slots=True)
class KnownCall:
    """A call with the dates of its life in the watch."""

    call: FundingCall
    first_seen_at: datetime
    last_seen_at: datetime
    last_changed_at: datetime


@dataclass(frozen=True, slots=True)
class Change:
    """A line of a call's history."""

    at: datetime
    field: str
    old: str | None
    new: str | None


async def known(session: AsyncSession, keys: Sequence[str]) -> dict[str, FundingCall]:
    """Those of the calls that the watch has."""
    rows = await session.exec(select(CallRow.key, CallRow.record).where(col(CallRow.key).in_(keys)))
    return {key: FundingCall.model_validate(record) for key, record in rows}


async def every(session: AsyncSession) -> list[FundingCall]:
    """All calls, in the order of their keys."""
    rows = await session.exec(select(CallRow.record).order_by(col(CallRow.key)))
    return [FundingCall.model_validate(record) for record in rows]


async def keep(session: AsyncSession, readings: Sequence[Reading], at: datetime) -> None:
    """Write what was read at `at`: new calls, changed ones with their history, and that all were seen."""
    for novelty in ("new", "amended", "reworded"):
        rows = [_values(reading.call, at) for reading in readings if reading.novelty == novelty]
        await _upsert(session, rows, changed=novelty == "amended")
    same = [reading.call.key for reading in readings if reading.novelty == "same"]
    if same:
        await session.exec(update(CallRow).where(col(CallRow.key).in_(same)).values(last_seen_at=at))
    lines = [
        CallChangeRow(call_key=reading.call.key, at=at, field=change.field, old=change.old, new=change.new)
        for reading in readings
        for change in reading.changes
    ]
    session.add_all(lines)
    await session.flush()


def _values(call: FundingCall, at: datetime) -> dict[str, Any]:
    return {
        "key": call.key,
        "source": call.source,
        "title": call.title,
        "funders": list(call.funders),
        "url": call.url,
        "closes_at": call.closes_at.astimezone(UTC) if call.closes_at else None,
        "content_hash": call.content_hash(),
        "first_seen_at": at,
        "last_seen_at": at,
        "last_changed_at": at,
        "record": call.model_dump(mode="json"),
    }


async def _upsert(session: AsyncSession, rows: list[dict[str, Any]], *, changed: bool) -> None:
    if not rows:
        return
    statement = insert(session, CallRow).values(rows)
    columns = (*KEPT_ON_UPDATE, "last_changed_at") if changed else KEPT_ON_UPDATE
    fresh = {name: statement.excluded[name] for name in columns}
    await session.exec(statement.on_conflict_do_update(index_elements=["key"], set_=fresh))


async def one(session: AsyncSession, key: str) -> KnownCall | None:
    """A call to show; None when the watch never saw it."""
    row = await session.get(CallRow, key)
    return _known(row) if row else None


async def listed(session: AsyncSession, source: str | None = None) -> list[KnownCall]:
    """Calls to show, of one source where it is given."""
    query = select(CallRow).order_by(col(CallRow.key))
    if source:
        query = query.where(CallRow.source == source)
    return [_known(row) for row in await session.exec(query)]


def _known(row: CallRow) -> KnownCall:
    call = FundingCall.model_validate(row.record)
    return KnownCall(call, row.first_seen_at, row.last_seen_at, row.last_changed_at)


async def history(session: AsyncSession, key: str) -> list[Change]:
    """What changed in a call, the newest first."""
    query = select(CallChangeRow).where(CallChangeRow.call_key == key)
    rows = await session.exec(query.order_by(col(CallChangeRow.at).desc(), col(CallChangeRow.id)))
    return [Change(row.at, row.field, row.old, row.new) for row in rows]
