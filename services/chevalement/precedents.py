"""Loads the public file of projects that were paid for, so that calls show who near here obtained what."""

from pathlib import Path

from funding_watch.domain.precedents import Read, read_national_file
from funding_watch.store import precedents
from kernel.runtime.database import Database


class Unreadable(ValueError):
    """The file is not one of funded projects; says what it lacks."""


def read(path: Path, programme: str) -> Read:
    """What the file holds. Raises `Unreadable`."""
    content = path.read_bytes()
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", "replace")  # as spreadsheets still write it
    try:
        return read_national_file(text, programme)
    except ValueError as error:
        raise Unreadable(f"{path}: {error}") from error


async def load(database: Database, programme: str, found: Read) -> int:
    """Keep them instead of those of the same programme; how many."""
    async with database.work() as work:
        await precedents.replace(work.session, programme, found.found)
    return len(found.found)
