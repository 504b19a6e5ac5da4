"""The décryptage of calls: every version is kept, the highest is shown."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from funding_watch.tables import CallNoteRow
from kernel.contracts.triage import Decoding


@dataclass(frozen=True, slots=True)
class Note:
    """A version of a décryptage."""

    call_key: str
    version: int
    decoding: Decoding
    by: str
    at: datetime


async def versions(session: AsyncSession, key: str) -> list[Note]:
    """All versions of a call's note, the newest first."""
    query = select(CallNoteRow).where(CallNoteRow.call_key == key).order_by(col(CallNoteRow.version).desc())
    return [_note(row) for row in await session.exec(query)]


async def latest(session: AsyncSession, keys: Sequence[str]) -> dict[str, Note]:
    """The note of each of these calls that has one."""
    query = select(CallNoteRow).where(col(CallNoteRow.call_key).in_(keys)).order_by(col(CallNoteRow.version))
    return {row.call_key: _note(row) for row in await session.exec(query)}


async def add(session: AsyncSession, note: Note) -> None:
    """Write a version; the primary key refuses one that somebody else wrote meanwhile."""
    values = {"call_key": note.call_key, "version": note.version, "by": note.by, "at": note.at}
    session.add(CallNoteRow(parts=note.decoding.model_dump(mode="json"), **values))
    await session.flush()


def _note(row: CallNoteRow) -> Note:
    return Note(row.call_key, row.version, Decoding.model_validate(row.parts), row.by, row.at)
