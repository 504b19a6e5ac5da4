"""Named views: everybody sees their own, and each is renamed or dropped by its owner alone."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from funding_watch.domain.views import ListName, SavedView
from funding_watch.store.dialect import insert
from funding_watch.tables import SavedViewRow


async def views(session: AsyncSession, person: str, of: ListName) -> list[SavedView]:
    """Those that somebody keeps of a list, by name."""
    found = await session.exec(select(SavedViewRow).where(SavedViewRow.person == person, SavedViewRow.list == of))
    kept = [SavedView(row.id, row.name, row.address) for row in found]
    return sorted(kept, key=lambda one: (one.name.casefold(), one.id))


async def save(session: AsyncSession, person: str, of: ListName, view: SavedView, at: datetime) -> None:
    """Write a view; one of the same name, owner and list is replaced."""
    told = {"address": view.address, "at": at}
    row = insert(session, SavedViewRow).values(id=view.id, person=person, list=of, name=view.name, **told)
    await session.exec(row.on_conflict_do_update(index_elements=["person", "list", "name"], set_=told))


async def rename(session: AsyncSession, view_id: UUID, name: str, at: datetime) -> None:
    """Give a view another name, which none of its owner's has."""
    row = await session.get_one(SavedViewRow, view_id)
    row.name, row.at = name, at
    await session.flush()


async def drop(session: AsyncSession, view_id: UUID) -> None:
    """Forget a view."""
    await session.exec(delete(SavedViewRow).where(col(SavedViewRow.id) == view_id))


async def of_person(session: AsyncSession, person: UUID) -> list[str]:
    """The names of all that somebody keeps."""
    return sorted(await session.exec(select(SavedViewRow.name).where(SavedViewRow.person == str(person))))


async def forget(session: AsyncSession, people: Sequence[UUID]) -> int:
    """Forget all that these people kept; how many views that was."""
    theirs = col(SavedViewRow.person).in_([str(one) for one in people])
    return (await session.exec(delete(SavedViewRow).where(theirs))).rowcount
