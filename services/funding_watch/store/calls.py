"""Calls and their history: many in one statement, since a catalogue comes by hundreds."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, cast

from sqlalchemy import update
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from funding_watch.domain.call import FundingCall, Presence, Status
from funding_watch.domain.catalogue import Reading, told_as
from funding_watch.domain.presence import Life
from funding_watch.domain.trust import doubts
from funding_watch.store import copies, search
from funding_watch.store.dialect import insert
from funding_watch.tables import CallChangeRow, CallRow, SourceRow

KEPT_ON_UPDATE = (
    "title",
    "funders",
    "url",
    "closes_at",
    "content_hash",
    "last_seen_at",
    "record",
    "listed",
    "absences",
    "doubts",
)


@dataclass(frozen=True, slots=True)
class KnownCall:
    """A call with the dates of its life in the watch."""

    call: FundingCall
    first_seen_at: datetime
    last_seen_at: datetime
    last_changed_at: datetime
    life: Life = field(default_factory=Life)
    doubts: tuple[str, ...] = ()
    """Why it is in quarantine; none once a person has looked."""


@dataclass(frozen=True, slots=True)
class Change:
    """A line of a call's history: a field, or a turn of its life; `by` and `reason` where a person decided."""

    at: datetime
    field: str
    old: str | None
    new: str | None
    kind: str = "amended"
    by: str | None = None
    reason: str | None = None


async def known(session: AsyncSession, keys: Sequence[str]) -> dict[str, KnownCall]:
    """Those of the calls that the watch has."""
    rows = await session.exec(_with_source().where(col(CallRow.key).in_(keys)))
    return {row.key: _known(row, read_at) for row, read_at in rows}


def _with_source() -> Any:
    """Calls beside the last good reading of their source: what it shows was seen then, without a write for each."""
    query = select(CallRow, SourceRow.last_success_at).outerjoin(SourceRow, col(SourceRow.name) == CallRow.source)
    return query.execution_options(populate_existing=True)  # rows are written by statements that the session ignores


async def keys(session: AsyncSession) -> list[str]:
    """The keys of all calls."""
    return list(await session.exec(select(CallRow.key).order_by(col(CallRow.key))))


async def versions(session: AsyncSession) -> dict[str, str]:
    """Key of each call → what changes whenever its record, or what the watch believes of it, is written."""
    columns = (CallRow.key, CallRow.last_seen_at, CallRow.content_hash, CallRow.presence, CallRow.cleared_hash)
    return {key: " ".join(map(str, rest)) for key, *rest in await session.exec(select(*columns))}  # type: ignore[call-overload]  # five columns are one more than its overloads


async def every(session: AsyncSession) -> list[FundingCall]:
    """All calls, in the order of their keys, with what the watch believes of each."""
    return [one.call for one in await listed(session)]


async def introduce(session: AsyncSession, call: FundingCall, at: datetime) -> bool:
    """Have a row for a call; False where there is one already, whoever wrote it a moment ago."""
    statement = insert(session, CallRow).values(_values(call, at)).on_conflict_do_nothing(index_elements=["key"])
    return bool((await session.exec(statement)).rowcount)


async def claim(session: AsyncSession, key: str) -> KnownCall | None:
    """A call that nobody else may write until the end of this transaction; None when the watch has none."""
    await session.exec(select(CallRow.key).where(CallRow.key == key).with_for_update())
    return await one(session, key)


async def keep(
    session: AsyncSession,
    readings: Sequence[Reading],
    at: datetime,
    *,
    by: str | None = None,
    reason: str | None = None,
) -> None:
    """Write what was read at `at`: new calls, changed ones with their history; an unchanged one costs no write.

    `by` and `reason`: of the person who wrote it, where it was one.
    """
    for novelty in ("new", "amended", "reworded"):
        rows = [_values(reading.call, at) for reading in readings if reading.novelty == novelty]
        await _upsert(session, rows, changed=novelty == "amended")
    await search.index(session, [reading.call for reading in readings if reading.novelty != "same"])
    said = {"at": at, "by": by, "reason": reason}
    session.add_all(
        CallChangeRow(call_key=one.call.key, kind=told_as(one, change), **said, **change.model_dump())
        for one in readings
        for change in one.changes
    )
    await copies.keep(session, [reading.call for reading in readings], at)
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
        "record": call.model_dump(mode="json", exclude={"presence", "quarantined"}),
        "listed": True,
        "absences": 0,
        "doubts": doubts(call) or None,
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
    return (await known(session, [key])).get(key)


async def listed(session: AsyncSession, source: str | None = None) -> list[KnownCall]:
    """Calls to show, of one source where it is given."""
    query = _with_source().order_by(col(CallRow.key))
    if source:
        query = query.where(CallRow.source == source)
    return [_known(row, read_at) for row, read_at in await session.exec(query)]


def _known(row: CallRow, read_at: datetime | None) -> KnownCall:
    doubtful = tuple(row.doubts or ()) if row.cleared_hash != row.content_hash else ()
    found = {"presence": row.presence, "quarantined": bool(doubtful)}
    call = FundingCall.model_validate(row.record | found)
    life = Life(
        presence=cast("Presence", row.presence),
        listed=row.listed,
        absences=row.absences,
        gone_on=row.gone_on,
        phase=cast("Status | None", row.phase),
        closing_told=row.closing_told,
    )
    shown = row.listed and row.presence != "ferme"
    last_seen_at = max(row.last_seen_at, read_at) if read_at and shown else row.last_seen_at
    return KnownCall(call, row.first_seen_at, last_seen_at, row.last_changed_at, life, doubtful)


async def history(session: AsyncSession, key: str) -> list[Change]:
    """What changed in a call, the newest first."""
    query = select(CallChangeRow).where(CallChangeRow.call_key == key)
    rows = await session.exec(query.order_by(col(CallChangeRow.at).desc(), col(CallChangeRow.id)))
    return [Change(row.at, row.field, row.old, row.new, row.kind, row.by, row.reason) for row in rows]


async def note(session: AsyncSession, key: str, kind: str, at: datetime, *, by: str, reason: str) -> None:
    """A line of a call's history: what a person did with it."""
    session.add(CallChangeRow(call_key=key, at=at, kind=kind, field="presence", by=by, reason=reason))
    await session.flush()


async def clear(session: AsyncSession, known: KnownCall, at: datetime, by: str, reason: str) -> None:
    """A person found that what was read is right, as long as it stays as it is."""
    key = known.call.key
    cleared = {"cleared_hash": known.call.content_hash()}
    await session.exec(update(CallRow).where(col(CallRow.key) == key).values(cleared))
    session.add(CallChangeRow(call_key=key, at=at, kind="cleared", field="quarantined", by=by, reason=reason))
    await session.flush()


async def changes_since(session: AsyncSession, since: datetime | None) -> list[tuple[str, Change]]:
    """(key, line of its history) of all calls from `since` on, the oldest first."""
    query = select(CallChangeRow).order_by(col(CallChangeRow.at), col(CallChangeRow.id))
    if since:
        query = query.where(col(CallChangeRow.at) >= since)
    return [
        (row.call_key, Change(row.at, row.field, row.old, row.new, row.kind, row.by, row.reason))
        for row in await session.exec(query)
    ]
