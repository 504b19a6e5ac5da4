"""Takes people out of what committees did: a seat keeps its organisation and its marks, never who sat there."""

from collections.abc import Collection
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import func, update
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from scoring.tables import MarkRow, SeatRow, SittingRow, TieRow


async def forget_jurors(session: AsyncSession, people: Collection[UUID]) -> dict[str, int]:
    """Part these people from their seats, and blank what they wrote of their ties; says how many of what."""
    return await _part(session, col(SeatRow.person).in_([str(one) for one in people]))


async def forget_before(session: AsyncSession, day: date) -> dict[str, int]:
    """The same for all jurors of the sittings held before `day`."""
    held = select(SittingRow.id).where(SittingRow.meets_on < day)
    return await _part(session, col(SeatRow.sitting_id).in_(held) & col(SeatRow.person).is_not(None))


async def _part(session: AsyncSession, which: Any) -> dict[str, int]:
    seats = list(await session.exec(select(SeatRow.id).where(which)))
    written = (col(TieRow.seat_id).in_(seats), col(TieRow.note) != "")
    notes = await session.exec(update(TieRow).where(*written).values(note=""))
    await session.exec(update(SeatRow).where(col(SeatRow.id).in_(seats)).values(person=None, came_at=None))
    counted = {"lien entre une personne et sa place de juré": len(seats), "précisions sur des liens": notes.rowcount}
    return {what: count for what, count in counted.items() if count}


async def seats_of(session: AsyncSession, person_id: UUID) -> list[dict[str, str]]:
    """The committees where somebody sat, under which name, since when, with how many marks."""
    marks = select(func.count()).select_from(MarkRow).where(MarkRow.seat_id == SeatRow.id).scalar_subquery()
    query = (
        select(SittingRow.committee, SeatRow.name, SeatRow.came_at, marks)
        .join(SittingRow, col(SittingRow.id) == col(SeatRow.sitting_id))
        .where(SeatRow.person == str(person_id))
        .order_by(col(SittingRow.opened_at))
    )
    return [
        {"comité": committee, "nom": name, "depuis": came_at.isoformat() if came_at else "", "notes": str(count)}
        for committee, name, came_at, count in await session.exec(query)
    ]
