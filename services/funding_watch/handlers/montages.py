"""People choose a montage; a plan found by the solver is a proposal until somebody keeps it under their name."""

from collections.abc import Sequence
from uuid import UUID

from funding_watch.domain.montage import Grant
from funding_watch.store import montages as store
from funding_watch.store import projects
from kernel.runtime.database import Work


async def keep_montage(work: Work, candidacy_id: UUID, grants: Sequence[Grant], by: str) -> int:
    """Keep the next version of a project's montage; none of money empties it. Raises LookupError."""
    candidacy = await projects.one(work.session, candidacy_id)
    if candidacy is None or not candidacy.is_watched:
        raise LookupError(str(candidacy_id))
    return await store.add(work.session, candidacy_id, [one for one in grants if one.amount], by, work.at)
