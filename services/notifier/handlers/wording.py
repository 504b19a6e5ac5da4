"""Staff choose where alerts go besides mailboxes, and in which words each kind of message is written."""

from collections.abc import Callable
from uuid import UUID, uuid4

from kernel.contracts.notifier import MessageKind
from kernel.runtime.database import Work
from notifier import store
from notifier.store import rooms
from notifier.store.rooms import Room


class UnknownRoom(LookupError):
    """No room has this identity."""


async def open_room(work: Work, name: str, url: str, by: str) -> UUID:
    """Post the team's alerts in this room from now on."""
    await store.take_turn(work)
    one = Room(uuid4(), name, url, by, is_open=True, at=work.at)
    await rooms.save_room(work.session, one)
    return one.id


async def close_room(work: Work, room_id: UUID) -> None:
    """Post there no more; its address is forgotten. Raises `UnknownRoom`."""
    await store.take_turn(work)
    if not await rooms.close_room(work.session, room_id):
        raise UnknownRoom(f"no room {room_id}")


async def write(work: Work, kind: MessageKind, source: str, by: str, check: Callable[[str], None]) -> int:
    """Write messages of this kind in these words from now on; `check` raises where they cannot be."""
    check(source)
    await store.take_turn(work)
    return await rooms.add_wording(work.session, kind, source, by, work.at)
