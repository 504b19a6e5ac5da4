"""The journal as chains, one per dossier: where its lines are, and which dossiers must have one."""

from collections.abc import Mapping
from uuid import UUID

from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from intake.tables import Base, CandidacyRow
from kernel.runtime.journal import Journal

JOURNAL = Journal(Base.metadata.tables["journal"], Base.metadata.tables["journal_head"], "candidacy_id")


async def numbers(session: AsyncSession) -> Mapping[UUID, str]:
    """The number of each dossier that is known; its journal begins with its arrival."""
    return dict((await session.exec(select(CandidacyRow.id, CandidacyRow.number))).all())


async def chained(session: AsyncSession) -> set[UUID]:
    """The dossiers that must have a journal: all of them."""
    return set(await numbers(session))
