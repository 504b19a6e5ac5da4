"""Secret addresses of a project's calls: given by staff, for somebody, and taken back."""

from uuid import UUID

from funding_watch.store import feeds as store
from funding_watch.store import projects
from kernel.runtime.database import Work


class UnknownFeed(Exception):
    """No such address, or no such project to follow."""


async def give_feed(work: Work, candidacy_id: UUID, given_to: str, by: str) -> str:
    """An address for the calls of a project; its key, to be shown once. Raises `UnknownFeed`."""
    candidacy = await projects.one(work.session, candidacy_id)
    if candidacy is None or not candidacy.is_watched:
        raise UnknownFeed(f"{candidacy_id} is not watched: there is nothing to follow")
    return await store.give(work.session, candidacy_id, given_to, by, work.at)


async def revoke_feed(work: Work, feed_id: UUID, by: str) -> UUID:
    """Shut an address; the project that it showed. Raises `UnknownFeed`."""
    candidacy_id = await store.revoke(work.session, feed_id, by, work.at)
    if candidacy_id is None:
        raise UnknownFeed(str(feed_id))
    return candidacy_id
