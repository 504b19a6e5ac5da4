"""Sign-in links that were used; the primary key is what makes a link good once, for all processes together."""

from datetime import datetime

from sqlalchemy import delete
from sqlmodel.ext.asyncio.session import AsyncSession

from intake.store.constraints import spoken
from intake.tables import SpentLinkRow


async def spend(session: AsyncSession, once: str, at: datetime) -> None:
    """Mark a link as used. Raises `SpentLink` when it was."""
    async with spoken():
        session.add(SpentLinkRow(once=once, spent_at=at))
        await session.flush()


async def forget(session: AsyncSession, before: datetime) -> None:
    """Drop the marks of links that are too old to be good anyway."""
    await session.exec(delete(SpentLinkRow).where(SpentLinkRow.spent_at < before))  # type: ignore[arg-type]  # a column
