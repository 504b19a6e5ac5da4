"""What somebody asked to take away: the latest demand, and what the other services answered to it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from intake.tables import ExportAnswerRow, ExportRow


@dataclass(frozen=True, slots=True)
class Export:
    """A demand with the answers so far: service → what it holds, by kind."""

    id: UUID
    at: datetime
    held: Mapping[str, Any]


async def add(session: AsyncSession, export_id: UUID, person_id: UUID, at: datetime) -> None:
    """Record a demand."""
    session.add(ExportRow(id=export_id, person_id=person_id, at=at))
    await session.flush()


async def answer(session: AsyncSession, export_id: UUID, service: str, held: Mapping[str, Any], at: datetime) -> None:
    """Keep what a service holds; an answer to a demand that is gone is left."""
    if await session.get(ExportRow, export_id) is not None:
        await session.merge(ExportAnswerRow(export_id=export_id, service=service, at=at, held=dict(held)))


async def latest(session: AsyncSession, person_id: UUID) -> Export | None:
    """The last demand of somebody."""
    query = select(ExportRow).where(ExportRow.person_id == person_id).order_by(col(ExportRow.at).desc())
    row = (await session.exec(query)).first()
    if row is None:
        return None
    said = await session.exec(select(ExportAnswerRow).where(ExportAnswerRow.export_id == row.id))
    return Export(row.id, row.at, {one.service: one.held for one in said})


async def drop(session: AsyncSession, before: datetime) -> None:
    """Erase the demands made before a moment, with their answers."""
    await _drop(session, col(ExportRow.at) < before)


async def drop_of(session: AsyncSession, person_id: UUID) -> None:
    """Erase all that somebody asked to take away."""
    await _drop(session, col(ExportRow.person_id) == person_id)


async def _drop(session: AsyncSession, which: Any) -> None:
    gone = select(ExportRow.id).where(which)
    await session.exec(delete(ExportAnswerRow).where(col(ExportAnswerRow.export_id).in_(gone)))
    await session.exec(delete(ExportRow).where(which))
