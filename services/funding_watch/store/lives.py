"""The lives of calls: which a crawl missed, which are in doubt, which time has touched, and what they turned into."""

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import func, update
from sqlmodel import col, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession

from funding_watch.domain.call import FundingCall
from funding_watch.domain.presence import Life, Turn, next_step_at
from funding_watch.store.calls import KnownCall, known
from funding_watch.tables import CallChangeRow, CallRow

AT_ONCE = 500
"""Keys in one statement: the databases take some tens of thousands at most."""


@dataclass(frozen=True, slots=True)
class Lived:
    """A call whose life went on, and the turns that it took; `by` and `reason` where a person decided."""

    call: FundingCall
    life: Life
    turns: tuple[Turn, ...] = ()
    last_seen_at: datetime | None = None
    """When it was last shown; none for a call that was shown just now."""
    by: str | None = None
    reason: str | None = None


async def keep(session: AsyncSession, lived: Sequence[Lived], at: datetime) -> None:
    """Write how the calls live now, and a line of history for each turn."""
    if not lived:
        return
    await session.exec(update(CallRow), params=[_values(one, at) for one in lived])
    session.add_all(_line(one, turn, at) for one in lived for turn in one.turns)
    await session.flush()


def _values(one: Lived, at: datetime) -> dict[str, Any]:
    step_at = next_step_at(one.call, one.life, at)
    values = asdict(one.life) | {"key": one.call.key, "next_step_at": step_at.astimezone(UTC) if step_at else None}
    return values | {"last_seen_at": one.last_seen_at or at}


def _line(one: Lived, turn: Turn, at: datetime) -> CallChangeRow:
    return CallChangeRow(
        call_key=one.call.key,
        at=at,
        kind=turn.kind,
        field="presence",
        new=turn.why,
        by=one.by,
        reason=one.reason,
    )


async def missed(session: AsyncSession, source: str, seen: Collection[str]) -> list[KnownCall]:
    """The calls of a source, not closed, that a complete crawl did not show; `seen` are those that it did."""
    open_ = await session.exec(select(CallRow.key).where(CallRow.source == source, CallRow.presence != "ferme"))
    return await _read(session, [key for key in open_ if key not in seen])


async def unlisted(session: AsyncSession, source: str) -> list[KnownCall]:
    """The calls of a source, not closed, that its last complete crawl did not show."""
    away = (CallRow.source == source, CallRow.presence != "ferme", col(CallRow.listed).is_(False))
    return await _read(session, list(await session.exec(select(CallRow.key).where(*away))))


async def doubtful(session: AsyncSession, source: str, today: date, most: int) -> list[KnownCall]:
    """Unconfirmed calls of a source that were not asked for today, the longest unasked first."""
    unasked = or_(col(CallRow.asked_on).is_(None), col(CallRow.asked_on) < today)
    query = select(CallRow.key).where(CallRow.source == source, CallRow.presence == "non_confirme", unasked)
    keys = await session.exec(query.order_by(col(CallRow.asked_on), col(CallRow.key)).limit(most))
    return await _read(session, list(keys))


async def asked(session: AsyncSession, keys: Sequence[str], today: date) -> None:
    """The source was asked for these calls today, whatever it answered."""
    await session.exec(update(CallRow).where(col(CallRow.key).in_(keys)).values(asked_on=today))


async def due(session: AsyncSession, at: datetime, most: int) -> list[KnownCall]:
    """Calls that time has touched since they were last looked at, `most` of them."""
    query = select(CallRow.key).where(col(CallRow.next_step_at) <= at)
    return await _read(session, list(await session.exec(query.order_by(col(CallRow.key)).limit(most))))


async def unconfirmed(session: AsyncSession) -> int:
    """How many calls are in doubt."""
    query = select(func.count()).select_from(CallRow).where(CallRow.presence == "non_confirme")
    return (await session.exec(query)).one()


async def _read(session: AsyncSession, keys: list[str]) -> list[KnownCall]:
    found: dict[str, KnownCall] = {}
    for start in range(0, len(keys), AT_ONCE):
        found |= await known(session, keys[start : start + AT_ONCE])
    return [found[key] for key in keys]
