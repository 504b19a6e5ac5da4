"""Minutes: every wording is a row, the newest of a point counts."""

from uuid import UUID

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from scoring.domain.minutes import Minute, Point
from scoring.tables import MinuteRow


async def last(session: AsyncSession, sitting_id: UUID) -> dict[Point, Minute]:
    """The wording of each point that counts, in the order in which points were first taken up."""
    statement = select(MinuteRow).where(col(MinuteRow.sitting_id) == sitting_id).order_by(col(MinuteRow.id))
    rows = (await session.exec(statement)).all()
    return {Point(row.candidacy_id, row.question): Minute(row.said, row.by, row.at) for row in rows}


async def add(session: AsyncSession, sitting_id: UUID, point: Point, minute: Minute) -> None:
    """Write a wording."""
    session.add(
        MinuteRow(
            sitting_id=sitting_id,
            candidacy_id=point.candidacy_id,
            question=point.question,
            said=minute.said,
            by=minute.by,
            at=minute.at,
        )
    )
    await session.flush()
