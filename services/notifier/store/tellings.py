"""What each person was told of each match, and the mail that is about to tell more: few statements for many people."""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Table, bindparam, delete, insert, null, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from notifier.domain.alert import Item
from notifier.domain.subscription import Telling, shown
from notifier.tables import TellingRow

TABLE: Table = TellingRow.__table__
_BEGIN = (
    update(TABLE)
    .where(TABLE.c.person_id == bindparam("its_person"), TABLE.c.match_id == bindparam("its_match"))
    .values(telling=bindparam("new_telling"), delivery_id=bindparam("new_delivery"))
)


async def of_people(session: AsyncSession, people: Collection[UUID]) -> dict[UUID, dict[UUID, Telling]]:
    """What these people were told, and are about to be, by person and match."""
    found: dict[UUID, dict[UUID, Telling]] = {person: {} for person in people}
    wanted = select(TABLE.c.person_id, TABLE.c.match_id, TABLE.c.told, TABLE.c.delivery_id)
    rows = await (await session.connection()).execute(wanted.where(TABLE.c.person_id.in_(people)))
    for person_id, match_id, told, delivery_id in rows:
        found[person_id][match_id] = Telling(match_id, told, delivery_id)
    return found


async def begin(session: AsyncSession, lines: Sequence[tuple[UUID, UUID, Item]]) -> None:
    """These matches, as they stand, are in that mail and in no other: person, mail, match."""
    if not lines:
        return
    connection = await session.connection()
    known = await of_people(session, {person for person, _, _ in lines})
    last = {(person, item.match_id): (mail, shown(item)) for person, mail, item in lines}
    fresh, more = [], []
    for (person, match), (mail, telling) in last.items():
        if match in known[person]:
            more.append({"its_person": person, "its_match": match, "new_telling": telling, "new_delivery": mail})
        else:
            fresh.append({"person_id": person, "match_id": match, "telling": telling, "delivery_id": mail})
    if more:
        await connection.execute(_BEGIN, more)
    if fresh:
        await connection.execute(insert(TABLE), fresh)


async def end(session: AsyncSession, mails: Collection[UUID], *, told: bool) -> None:
    """Those mails were taken: their matches are told as they stood. Or they will not be: to be told again."""
    if not mails:
        return
    connection = await session.connection()
    theirs = TABLE.c.delivery_id.in_(mails)
    over: dict[str, Any] = {"telling": null(), "delivery_id": null()}
    if told:
        taken = over | {"told": TABLE.c.telling, "told_in": TABLE.c.delivery_id}
        await connection.execute(update(TABLE).where(theirs).values(taken))
        return
    await connection.execute(delete(TABLE).where(theirs, TABLE.c.told.is_(None)))
    await connection.execute(update(TABLE).where(theirs).values(over))
