"""What staff keep of dossiers among themselves; none of it is ever read by a page of somebody else."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import delete
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from intake.tables import AsideRow, AssignmentRow, NoteRow, PersonRow, ReaderRow, TagRow


@dataclass(frozen=True, slots=True)
class Note:
    """What somebody of the team noted."""

    at: datetime
    by: str
    text: str


@dataclass(frozen=True, slots=True)
class Follower:
    """Who follows a dossier."""

    id: UUID
    name: str


async def notes(session: AsyncSession, candidacy_id: UUID) -> list[Note]:
    """The notes of a dossier, the newest first."""
    query = select(NoteRow).where(NoteRow.candidacy_id == candidacy_id).order_by(col(NoteRow.at).desc())
    return [Note(row.at, row.by, row.text) for row in await session.exec(query)]


async def add_note(session: AsyncSession, candidacy_id: UUID, note: Note) -> None:
    """Write a note."""
    session.add(NoteRow(id=uuid4(), candidacy_id=candidacy_id, at=note.at, by=note.by, text=note.text))


async def followers(session: AsyncSession) -> Mapping[UUID, Follower]:
    """Who follows each dossier that somebody follows."""
    query = select(AssignmentRow.candidacy_id, PersonRow.id, PersonRow.name)
    rows = await session.exec(query.join(PersonRow, col(PersonRow.id) == col(AssignmentRow.person_id)))
    return {dossier: Follower(person, name) for dossier, person, name in rows}


async def team(session: AsyncSession) -> list[Follower]:
    """Whom a dossier may be entrusted to, by name."""
    query = select(PersonRow).where(PersonRow.role == "staff", col(PersonRow.disabled_at).is_(None))
    return sorted(
        (Follower(row.id, row.name) for row in await session.exec(query)), key=lambda one: one.name.casefold()
    )


async def entrust(session: AsyncSession, candidacy_id: UUID, person_id: UUID | None, at: datetime, by: str) -> None:
    """Say who follows a dossier; None: nobody."""
    if person_id is None:
        await session.exec(delete(AssignmentRow).where(col(AssignmentRow.candidacy_id) == candidacy_id))
        return
    await session.merge(AssignmentRow(candidacy_id=candidacy_id, person_id=person_id, at=at, by=by))
    await session.flush()


async def tags(session: AsyncSession) -> Mapping[UUID, tuple[str, ...]]:
    """The tags of each dossier that has some, in alphabetical order."""
    found: dict[UUID, list[str]] = {}
    for row in await session.exec(select(TagRow).order_by(col(TagRow.word))):
        found.setdefault(row.candidacy_id, []).append(row.word)
    return {dossier: tuple(words) for dossier, words in found.items()}


async def set_tags(session: AsyncSession, candidacy_id: UUID, words: Iterable[str]) -> None:
    """Make these the tags of a dossier."""
    await session.exec(delete(TagRow).where(col(TagRow.candidacy_id) == candidacy_id))
    session.add_all(TagRow(candidacy_id=candidacy_id, word=word) for word in dict.fromkeys(words))
    await session.flush()


async def mark_read(session: AsyncSession, candidacy_id: UUID, person: str, revision: int, at: datetime) -> None:
    """Somebody has read this version."""
    await session.merge(ReaderRow(candidacy_id=candidacy_id, person=person, revision=revision, at=at))


async def read_revisions(session: AsyncSession) -> Mapping[UUID, int]:
    """The latest version of each dossier that somebody of the team has read."""
    found: dict[UUID, int] = {}
    for row in await session.exec(select(ReaderRow)):
        found[row.candidacy_id] = max(row.revision, found.get(row.candidacy_id, 0))
    return found


async def readers(session: AsyncSession, candidacy_id: UUID) -> list[tuple[str, int]]:
    """Who has read a dossier, and which version."""
    rows = await session.exec(select(ReaderRow).where(ReaderRow.candidacy_id == candidacy_id))
    return sorted((row.person, row.revision) for row in rows)


async def put_aside(session: AsyncSession, person: str, task: str, until: date) -> None:
    """Hide a task from somebody until a day."""
    await session.merge(AsideRow(person=person, task=task, until=until))


async def bring_back(session: AsyncSession, person: str, task: str) -> None:
    """Show a task again."""
    await session.exec(delete(AsideRow).where(col(AsideRow.person) == person, col(AsideRow.task) == task))


async def aside(session: AsyncSession, person: str, today: date) -> Mapping[str, date]:
    """The tasks that somebody put aside until a day to come."""
    rows = await session.exec(select(AsideRow).where(AsideRow.person == person, col(AsideRow.until) > today))
    return {row.task: row.until for row in rows}
