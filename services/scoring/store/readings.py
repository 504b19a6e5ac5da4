"""What was told last of the dossiers whose documents a seat opens; whoever writes it holds the sitting or the seat."""

from collections.abc import Iterable
from uuid import UUID

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from scoring.tables import ReadingRow, SeatRow


async def revise(session: AsyncSession, seat_id: UUID, dossiers: Iterable[UUID]) -> int | None:
    """Keep what a seat opens now; the number of this say, None where it is the same as the last one."""
    data = [str(dossier) for dossier in dossiers]
    row = await session.get(ReadingRow, seat_id)
    if row is None:
        row = ReadingRow(seat_id=seat_id, dossiers=[], revision=0)
    if row.dossiers == data:
        return None
    row.revision, row.dossiers = row.revision + 1, data
    session.add(row)
    await session.flush()
    return row.revision


async def left_open(session: AsyncSession) -> list[tuple[UUID, UUID]]:
    """The sittings and seats that open dossiers to somebody who no longer sits there."""
    query = select(ReadingRow, SeatRow.sitting_id).join(SeatRow, col(SeatRow.id) == col(ReadingRow.seat_id))
    rows = await session.exec(query.where(col(SeatRow.person).is_(None)).order_by(col(ReadingRow.seat_id)))
    return [(sitting_id, row.seat_id) for row, sitting_id in rows if row.dossiers]
