"""Sources: their health, and who is reading them. A claim has a token and an end; a late reader writes nothing."""

import uuid
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import cast
from uuid import UUID

from sqlmodel import col, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession

from funding_watch.domain.sources import Remembered, SourceHealth, SourceState
from funding_watch.store.dialect import insert
from funding_watch.tables import CrawlRow, SourceRow
from kernel.contracts.envelope import Cause
from kernel.contracts.funding_watch import Health

LEASE = timedelta(seconds=60)
"""How long a claim lasts unless it is renewed; a reader that was killed is replaced after that."""


class ClaimLost(Exception):
    """Someone else reads this source now: what was read under the old claim is to be dropped."""


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to read a source and to store what it showed."""

    source: str
    token: UUID
    cause: Cause
    seen: set[str] = field(default_factory=set, compare=False)
    """The keys of the calls that this reading showed so far."""


async def introduce(session: AsyncSession, name: str, title: str) -> None:
    """Have a row for a source, under its present title."""
    statement = insert(session, SourceRow).values(name=name, title=title, state="jamais")
    await session.exec(statement.on_conflict_do_update(index_elements=["name"], set_={"title": title}))


async def every(session: AsyncSession) -> list[SourceHealth]:
    """The health of all sources, by title."""
    rows = await session.exec(select(SourceRow).order_by(col(SourceRow.title), col(SourceRow.name)))
    return [_health(row) for row in rows]


async def one(session: AsyncSession, name: str) -> SourceHealth:
    """The health of a source that was introduced."""
    return _health(await session.get_one(SourceRow, name))


async def save(session: AsyncSession, health: SourceHealth) -> None:
    """Write the health of a source that was introduced."""
    row = await session.get_one(SourceRow, health.name)
    row.sqlmodel_update(asdict(health))
    await session.flush()


async def remembered(session: AsyncSession, name: str) -> Remembered | None:
    """What the last good reading left; None when it left nothing, or was not good."""
    row = await session.get_one(SourceRow, name)
    return Remembered(**row.remembered) if row.remembered and row.state == "ok" else None


async def remember(session: AsyncSession, name: str, left: Remembered | None) -> None:
    """Keep what a good reading left."""
    (await session.get_one(SourceRow, name)).remembered = asdict(left) if left else None
    await session.flush()


async def mark_due(session: AsyncSession, name: str, at: datetime, cause: Cause) -> None:
    """Have a source read. One that is due or being read stays as it is: that reading will do."""
    statement = insert(session, CrawlRow).values(source=name, due_at=at, cause=asdict(cause))
    await session.exec(statement.on_conflict_do_nothing())


async def due(session: AsyncSession) -> set[str]:
    """The sources that are waiting to be read or being read."""
    return set(await session.exec(select(CrawlRow.source)))


async def claim(session: AsyncSession, at: datetime, name: str | None = None) -> Claim | None:
    """Take the source that has waited longest and that nobody holds, or the one named, until `at` + LEASE."""
    free = or_(col(CrawlRow.leased_until).is_(None), col(CrawlRow.leased_until) < at)
    query = select(CrawlRow).where(free).order_by(col(CrawlRow.due_at), col(CrawlRow.source)).limit(1)
    if name:
        query = query.where(CrawlRow.source == name)
    row = (await session.exec(query.with_for_update(skip_locked=True))).one_or_none()
    if row is None:
        return None
    row.token, row.leased_until = uuid.uuid4(), at + LEASE
    await session.flush()
    return Claim(row.source, row.token, Cause(**row.cause))


async def renew(session: AsyncSession, claim: Claim, at: datetime) -> None:
    """Hold a claim until `at` + LEASE. Raises `ClaimLost` when it is no longer ours."""
    row = await _held(session, claim)
    row.leased_until = at + LEASE
    await session.flush()


async def release(session: AsyncSession, claim: Claim) -> None:
    """Give a source back unread, for another process to take now. Raises `ClaimLost`."""
    row = await _held(session, claim)
    row.token = row.leased_until = None
    await session.flush()


async def close(session: AsyncSession, claim: Claim) -> None:
    """The source was read, well or not: it is due no more. Raises `ClaimLost`."""
    await session.delete(await _held(session, claim))
    await session.flush()


async def _held(session: AsyncSession, claim: Claim) -> CrawlRow:
    query = select(CrawlRow).where(CrawlRow.source == claim.source, CrawlRow.token == claim.token)
    row = (await session.exec(query.with_for_update())).one_or_none()
    if row is None:
        raise ClaimLost(f"{claim.source} is no longer held by {claim.token}: its lease ended")
    return row


def _health(row: SourceRow) -> SourceHealth:
    return SourceHealth(
        name=row.name,
        title=row.title,
        state=cast("SourceState", row.state),
        last_success_at=row.last_success_at,
        last_count=row.last_count,
        last_tried_at=row.last_tried_at,
        reason=row.reason,
        refused_count=row.refused_count,
        health=cast("Health | None", row.health),
    )
