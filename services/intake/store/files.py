"""Contents lie on disk under their digest, out of reach of any address; a row never names a content that is not there.

A content is put down before the row that names it is committed, while the folder is held with others; the sweep
holds it alone. So what the sweep finds without a row belongs to nobody, whoever was killed at whatever line.
"""

import asyncio
import fcntl
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from time import time

ABANDONED = 6 * 3600.0
"""Seconds after which a file that is still coming in comes no more."""
INCOMING = "incoming"


class Files:
    """The folder of the contents."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @property
    def incoming(self) -> Path:
        """Where files arrive: on the same disk, so that putting them down is a rename."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = self.folder / INCOMING
        path.mkdir(mode=0o700, exist_ok=True)
        return path

    def path_of(self, digest: str) -> Path:
        """Where the content with this digest lies, or would."""
        return self.folder / digest[:2] / digest

    @asynccontextmanager
    async def held(self, *, alone: bool = False) -> AsyncIterator[None]:
        """Hold the folder: with others, to put down a content and commit its row; alone, to sweep."""
        waiting = asyncio.ensure_future(asyncio.to_thread(self._lock, fcntl.LOCK_EX if alone else fcntl.LOCK_SH))
        try:
            lock = await asyncio.shield(waiting)
        except asyncio.CancelledError:
            waiting.add_done_callback(lambda late: os.close(late.result()))  # else the lock is held for ever
            raise
        try:
            yield
        finally:
            os.close(lock)

    async def put(self, arrived: Path, digest: str) -> None:
        """Put an arrived file down for good; the folder is held."""
        await asyncio.to_thread(self._put, arrived, self.path_of(digest))

    async def sweep(self, named: Callable[[], Awaitable[set[str]]]) -> int:
        """Remove contents that no row names, and arrivals long abandoned; says how many."""
        async with self.held(alone=True):
            wanted = await named()
            return await asyncio.to_thread(self._sweep, wanted)

    def _lock(self, how: int) -> int:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = os.open(self.folder / ".lock", os.O_RDWR | os.O_CREAT, 0o600)
        fcntl.flock(lock, how)
        return lock

    def _put(self, arrived: Path, place: Path) -> None:
        place.parent.mkdir(mode=0o700, exist_ok=True)
        with arrived.open("rb") as file:
            os.fsync(file.fileno())
        arrived.replace(place)
        for folder in (place.parent, self.folder):
            _sync(folder)

    def _sweep(self, wanted: set[str]) -> int:
        orphans = [path for path in self.folder.glob("??/*") if path.name not in wanted]
        late = [path for path in self.incoming.iterdir() if path.stat().st_mtime < time() - ABANDONED]
        for path in (*orphans, *late):
            path.unlink(missing_ok=True)
        return len(orphans) + len(late)


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
