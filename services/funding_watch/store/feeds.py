"""The secret addresses at which a project's calls are followed: kept as a hash, revoked by a date."""

import hashlib
import secrets
import uuid
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from funding_watch.tables import FeedRow

KEY_BYTES = 24
"""Of randomness in an address; nobody guesses 192 bits."""


@dataclass(frozen=True, slots=True)
class Feed:
    """An address that was given to somebody; its key is known to them alone."""

    feed_id: UUID
    candidacy_id: UUID
    given_to: str
    by: str
    at: datetime
    revoked_by: str | None = None
    revoked_at: datetime | None = None


async def give(session: AsyncSession, candidacy_id: UUID, given_to: str, by: str, at: datetime) -> str:
    """Make an address; its key, which is written nowhere."""
    key = secrets.token_urlsafe(KEY_BYTES)
    session.add(
        FeedRow(
            id=uuid.uuid4(), candidacy_id=candidacy_id, key_hash=_hash(key), given_to=given_to, given_by=by, given_at=at
        )
    )
    await session.flush()
    return key


async def revoke(session: AsyncSession, feed_id: UUID, by: str, at: datetime) -> UUID | None:
    """Shut an address for ever; the project that it showed, None when there is no such address."""
    query = select(FeedRow).where(FeedRow.id == feed_id).with_for_update()
    row = (await session.exec(query)).one_or_none()
    if row is None:
        return None
    if row.revoked_at is None:
        row.revoked_by, row.revoked_at = by, at
        session.add(row)
        await session.flush()
    return row.candidacy_id


async def of_project(session: AsyncSession, candidacy_id: UUID) -> list[Feed]:
    """The addresses of a project, the newest first."""
    query = select(FeedRow).where(FeedRow.candidacy_id == candidacy_id)
    return [_feed(row) for row in await session.exec(query.order_by(col(FeedRow.given_at).desc(), col(FeedRow.id)))]


async def project_of(session: AsyncSession, key: str) -> UUID | None:
    """The project that an address shows; None for one that was never given or is revoked."""
    query = select(FeedRow.candidacy_id).where(FeedRow.key_hash == _hash(key), col(FeedRow.revoked_at).is_(None))
    return (await session.exec(query)).one_or_none()


def _hash(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


def _feed(row: FeedRow) -> Feed:
    return Feed(row.id, row.candidacy_id, row.given_to, row.given_by, row.given_at, row.revoked_by, row.revoked_at)
