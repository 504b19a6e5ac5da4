"""Named views: everybody sees their own and those that are shared, each is replaced or dropped by its owner alone."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import delete, or_
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from intake.tables import SavedViewRow


@dataclass(frozen=True, slots=True)
class SavedView:
    """A name for an address (what stands behind `?`)."""

    id: UUID
    name: str
    address: str
    shared: bool
    mine: bool


async def views(session: AsyncSession, person: str) -> list[SavedView]:
    """Those that somebody sees, by name."""
    query = select(SavedViewRow).where(or_(col(SavedViewRow.person) == person, col(SavedViewRow.shared)))
    found = [
        SavedView(row.id, row.name, row.address, row.shared, row.person == person) for row in await session.exec(query)
    ]
    return sorted(found, key=lambda one: (one.name.casefold(), one.id))


async def count_of(session: AsyncSession, person: str) -> int:
    """How many somebody keeps."""
    return len(list(await session.exec(select(SavedViewRow.id).where(SavedViewRow.person == person))))


async def save(session: AsyncSession, person: str, view: SavedView, at: datetime) -> None:
    """Keep a view; one of the same name and owner is replaced."""
    query = select(SavedViewRow).where(SavedViewRow.person == person, SavedViewRow.name == view.name)
    row = (await session.exec(query)).first() or SavedViewRow(id=uuid4(), person=person, name=view.name)
    row.address, row.shared, row.at = view.address, view.shared, at
    session.add(row)
    await session.flush()


async def drop(session: AsyncSession, person: str, view_id: UUID) -> None:
    """Forget a view of somebody's own; nothing happens with another's."""
    theirs = (col(SavedViewRow.id) == view_id, col(SavedViewRow.person) == person)
    await session.exec(delete(SavedViewRow).where(*theirs))
