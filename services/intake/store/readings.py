"""Who may fetch the files of which dossiers, as scoring told last."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import update
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from intake.domain.readings import Reading
from intake.tables import ReadingRow


async def keep(session: AsyncSession, heard: Reading) -> None:
    """Keep what a seat opens; something told before what is known changes nothing."""
    known = await session.get(ReadingRow, heard.seat_id)
    if known is None or known.revision < heard.revision:
        row = ReadingRow(
            seat_id=heard.seat_id,
            juror=heard.juror,
            dossiers=[str(dossier) for dossier in heard.dossiers],
            frozen_at=heard.frozen_at,
            revision=heard.revision,
        )
        await session.merge(row)


async def of_juror(session: AsyncSession, juror: str) -> list[Reading]:
    """What somebody's seats open, the newest sitting first."""
    query = select(ReadingRow).where(ReadingRow.juror == juror).order_by(col(ReadingRow.frozen_at).desc())
    return [
        Reading(row.seat_id, row.juror, tuple(map(UUID, row.dossiers)), row.frozen_at, row.revision)
        for row in await session.exec(query)
    ]


async def forget(session: AsyncSession, people: Collection[UUID]) -> None:
    """Shut everything to these people, and no longer know where they sat."""
    theirs = col(ReadingRow.juror).in_([str(one) for one in people])
    await session.exec(update(ReadingRow).where(theirs).values(juror="", dossiers=[]))
