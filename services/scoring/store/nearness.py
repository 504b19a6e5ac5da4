"""Who writes from the mail domain of which dossier's contact, as intake told last."""

from collections.abc import Collection, Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from scoring.tables import NearnessRow


async def keep(session: AsyncSession, person: UUID, dossiers: Iterable[UUID], at: datetime) -> None:
    """Keep what was told; something older than what is known changes nothing."""
    known = await session.get(NearnessRow, str(person))
    if known is None or known.at < at:
        await session.merge(NearnessRow(person=str(person), dossiers=[str(one) for one in dossiers], at=at))


async def is_near(session: AsyncSession, person: str, candidacy_id: UUID) -> bool:
    """Whether somebody writes from the domain of this dossier's contact."""
    row = await session.get(NearnessRow, person)
    return row is not None and str(candidacy_id) in row.dossiers


async def forget(session: AsyncSession, people: Collection[UUID]) -> None:
    """No longer know it of these people."""
    await session.exec(delete(NearnessRow).where(col(NearnessRow.person).in_([str(one) for one in people])))


async def forget_before(session: AsyncSession, at: datetime) -> None:
    """No longer know what was told before then."""
    await session.exec(delete(NearnessRow).where(col(NearnessRow.at) < at))
