"""What was told last of the quorums of a sitting; whoever writes it holds the sitting."""

from collections.abc import Mapping
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from scoring.tables import QuorumRow


async def revise(session: AsyncSession, sitting_id: UUID, missing: Mapping[UUID, int]) -> int | None:
    """Keep what is missing now; the number of this count, None where it is the same as the last one."""
    data = {str(dossier): lacking for dossier, lacking in missing.items()}
    row = await session.get(QuorumRow, sitting_id)
    if row is None:
        row = QuorumRow(sitting_id=sitting_id, revision=0, missing={})
        session.add(row)
    elif row.missing == data:
        return None
    row.revision, row.missing = row.revision + 1, data
    await session.flush()
    return row.revision
