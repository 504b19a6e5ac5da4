"""What each juror answered about the anchor dossiers; the first answer stays, it is a trial."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from scoring.tables import TrialRow


async def of_seat(session: AsyncSession, seat_id: UUID) -> dict[str, dict[str, int]]:
    """By anchor dossier, the levels that a juror gave."""
    rows = await session.exec(select(TrialRow).where(col(TrialRow.seat_id) == seat_id))
    return {row.dossier: dict(row.answers) for row in rows}


async def add(session: AsyncSession, seat_id: UUID, dossier: str, answers: Mapping[str, int], at: datetime) -> None:
    """Keep a juror's answers, unless they answered before."""
    if await session.get(TrialRow, (seat_id, dossier)) is None:
        session.add(TrialRow(seat_id=seat_id, dossier=dossier, answers=dict(answers), at=at))
        await session.flush()
