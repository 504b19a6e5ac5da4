"""The montages that people chose: every version is kept, the highest counts."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from funding_watch.domain.montage import Grant
from funding_watch.tables import MontageRow


@dataclass(frozen=True, slots=True)
class Chosen:
    """A version of a project's montage."""

    candidacy_id: UUID
    version: int
    grants: tuple[Grant, ...]
    by: str
    at: datetime


async def chosen(session: AsyncSession, candidacy_id: UUID) -> Chosen | None:
    """The montage of a project; None where nobody chose one, or it was emptied."""
    query = select(MontageRow).where(MontageRow.candidacy_id == candidacy_id)
    row = (await session.exec(query.order_by(col(MontageRow.version).desc()).limit(1))).first()
    if row is None:
        return None
    return Chosen(candidacy_id, row.version, tuple(Grant(**grant) for grant in row.grants), row.by, row.at)


async def add(session: AsyncSession, candidacy_id: UUID, grants: Sequence[Grant], by: str, at: datetime) -> int:
    """Write the next version; its number. The primary key refuses one that somebody wrote meanwhile."""
    last = await chosen(session, candidacy_id)
    version = (last.version if last else 0) + 1
    written = [asdict(grant) for grant in grants]
    session.add(MontageRow(candidacy_id=candidacy_id, version=version, grants=written, by=by, at=at))
    await session.flush()
    return version
