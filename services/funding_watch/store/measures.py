"""What words tell, kept between two measures so that every process and every day's calls share it."""

from datetime import datetime

from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from funding_watch.domain.stock import Statistics
from funding_watch.tables import WordMeasureRow


async def day(session: AsyncSession) -> datetime | None:
    """When words were last measured; None where they never were."""
    return (await session.exec(select(WordMeasureRow.measured_at))).one_or_none()


async def last(session: AsyncSession) -> Statistics:
    """What words told when they were last measured. Raises `NoResultFound` where they never were."""
    row = await session.get_one(WordMeasureRow, 1, populate_existing=True)
    return Statistics(row.total, row.frequency, row.usual)


async def keep(session: AsyncSession, statistics: Statistics, at: datetime) -> None:
    """Replace the measure."""
    values = {"total": statistics.total, "usual": dict(statistics.usual), "frequency": dict(statistics.frequency)}
    await session.merge(WordMeasureRow(id=1, measured_at=at, **values))
    await session.flush()
