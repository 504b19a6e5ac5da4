"""Rooms of the team where alerts are posted, and the wordings that staff wrote; both are only added to or closed."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, update
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from notifier.domain.delivery import TEMPLATE_VERSION
from notifier.tables import RoomRow, WordingRow


@dataclass(frozen=True, slots=True)
class Room:
    """Where alerts are posted besides mailboxes. `url` holds the room's own secret: it is shown to nobody."""

    id: UUID
    name: str
    url: str
    by: str
    is_open: bool
    at: datetime


async def rooms(session: AsyncSession) -> list[Room]:
    """Every room, by name."""
    rows = await session.exec(select(RoomRow).order_by(col(RoomRow.name), col(RoomRow.id)))
    return [Room(**{name.name: getattr(row, name.name) for name in fields(Room)}) for row in rows]


async def room(session: AsyncSession, room_id: UUID) -> Room | None:
    """A room that is open."""
    return next((one for one in await rooms(session) if one.id == room_id and one.is_open), None)


async def save_room(session: AsyncSession, one: Room) -> None:
    session.add(RoomRow(**{name.name: getattr(one, name.name) for name in fields(Room)}))
    await session.flush()


async def close_room(session: AsyncSession, room_id: UUID) -> bool:
    """Post there no more, and forget its address; False where there is no such room."""
    closed = update(RoomRow).where(col(RoomRow.id) == room_id).values(is_open=False, url="")
    return bool((await session.exec(closed)).rowcount)


@dataclass(frozen=True, slots=True)
class Wording:
    """The words of a kind of message as somebody wrote them."""

    kind: str
    version: int
    source: str
    by: str
    at: datetime


async def wordings(session: AsyncSession, kind: str) -> Sequence[Wording]:
    """Every wording of a kind, the newest first."""
    wanted = select(WordingRow).where(col(WordingRow.kind) == kind).order_by(col(WordingRow.version).desc())
    return [Wording(row.kind, row.version, row.source, row.by, row.at) for row in await session.exec(wanted)]


async def wording(session: AsyncSession, kind: str, version: int) -> str | None:
    """One wording; None where nobody wrote it."""
    row = await session.get(WordingRow, (kind, version))
    return row.source if row else None


async def latest(session: AsyncSession) -> dict[str, int]:
    """The version in which each kind is written now; kinds that nobody edited are left out."""
    wanted = select(WordingRow.kind, func.max(WordingRow.version)).group_by(col(WordingRow.kind))
    return {kind: version for kind, version in await session.exec(wanted)}


async def add_wording(session: AsyncSession, kind: str, source: str, by: str, at: datetime) -> int:
    """Keep a new wording; messages that are born from now on are written in it. Returns its version."""
    version = (await latest(session)).get(kind, TEMPLATE_VERSION) + 1
    session.add(WordingRow(kind=kind, version=version, source=source, by=by, at=at))
    await session.flush()
    return version
