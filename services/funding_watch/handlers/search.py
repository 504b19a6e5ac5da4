"""At start, calls that the search does not know are indexed: it is derived from the records, and from nothing else."""

from funding_watch.store import search as store
from kernel.runtime.database import Work


async def fill_search(work: Work) -> int:
    """Index the calls that are not; how many they were."""
    return await store.fill(work.session)
