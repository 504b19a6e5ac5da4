"""People of the team, their subscriptions and their answers; what is last declared counts."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, Table, bindparam, delete, insert, update
from sqlalchemy import select as sa_select
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from notifier.domain.subscription import DIGESTS, Answer, Subscription
from notifier.tables import AnswerRow, PersonRow, SubscriptionRow, TellingRow

TABLE: Table = SubscriptionRow.__table__
_NAMES = [one.name for one in fields(Subscription)]
_SAVE = (
    update(TABLE)
    .where(TABLE.c.id == bindparam("its_id"))
    .values({name: bindparam(f"new_{name}") for name in _NAMES if name != "id"})
)


@dataclass(frozen=True, slots=True)
class Listener:
    """A person as declared last. `email` is None where they may enter no more."""

    person_id: UUID
    email: str | None
    name: str
    role: str
    may_enter: bool
    at: datetime


async def listener(session: AsyncSession, person_id: UUID) -> Listener | None:
    """A person; None where nobody declared them."""
    row = await session.get(PersonRow, person_id)
    return Listener(row.person_id, row.email, row.name, row.role, row.may_enter, row.at) if row else None


async def emails(session: AsyncSession, people: Collection[UUID]) -> dict[UUID, str]:
    """Where these people are written to; those who may not be are left out."""
    wanted = select(PersonRow).where(col(PersonRow.person_id).in_(people), col(PersonRow.email).is_not(None))
    return {row.person_id: row.email for row in await session.exec(wanted) if row.email}


async def listeners(session: AsyncSession, people: Collection[UUID]) -> list[Listener]:
    """These people, those that are known."""
    rows = await session.exec(select(PersonRow).where(col(PersonRow.person_id).in_(people)))
    return [Listener(row.person_id, row.email, row.name, row.role, row.may_enter, row.at) for row in rows]


async def named(session: AsyncSession, name: str, roles: Collection[str]) -> list[UUID]:
    """The people of these roles who bear this name and may be written to, in one order."""
    statement = select(PersonRow.person_id).where(
        col(PersonRow.name) == name, col(PersonRow.role).in_(roles), col(PersonRow.email).is_not(None)
    )
    return list(await session.exec(statement.order_by(col(PersonRow.person_id))))


async def save_listener(session: AsyncSession, one: Listener) -> None:
    await session.merge(PersonRow(**{name.name: getattr(one, name.name) for name in fields(Listener)}))


async def forget_people(session: AsyncSession, people: Collection[UUID]) -> int:
    """Erase who these people are and what they subscribed to; returns how many addresses that was."""
    await session.exec(delete(SubscriptionRow).where(col(SubscriptionRow.person_id).in_(people)))
    await session.exec(delete(TellingRow).where(col(TellingRow.person_id).in_(people)))
    await session.exec(delete(AnswerRow).where(col(AnswerRow.person_id).in_(people)))
    gone = await session.exec(delete(PersonRow).where(col(PersonRow.person_id).in_(people)))
    return int(gone.rowcount)


async def subscription(session: AsyncSession, subscription_id: UUID) -> Subscription | None:
    """A subscription, locked until the end of the transaction."""
    found = await _read(session, _columns().where(TABLE.c.id == subscription_id).with_for_update())
    return found[0] if found else None


async def subscriptions_of(session: AsyncSession, person_id: UUID) -> list[Subscription]:
    """Every subject of a person, in one order."""
    return await _read(session, _columns().where(TABLE.c.person_id == person_id).order_by(TABLE.c.subject))


async def subscriptions_of_all(session: AsyncSession, people: Collection[UUID]) -> list[Subscription]:
    """Every subject of these people."""
    return await _read(session, _columns().where(TABLE.c.person_id.in_(people)).order_by(TABLE.c.id))


async def listening(session: AsyncSession) -> list[Subscription]:
    """The subscriptions that write to somebody who may be written to."""
    wanted = (
        _columns()
        .join(PersonRow, col(PersonRow.person_id) == TABLE.c.person_id)
        .where(TABLE.c.rhythm != "jamais", col(PersonRow.email).is_not(None), col(PersonRow.role).in_(DIGESTS))
    )
    return await _read(session, wanted.order_by(TABLE.c.id))


def _columns() -> Select[Any]:
    """Subscriptions below the ORM: an alert reads and writes those of everybody, and each it tracks costs more."""
    return sa_select(*(TABLE.c[name] for name in _NAMES))


async def _read(session: AsyncSession, wanted: Select[Any]) -> list[Subscription]:
    await session.flush()  # a person declared in this transaction is one to join
    rows = (await (await session.connection()).execute(wanted)).mappings()
    return [Subscription(**(dict(row) | {"values": tuple(row["values"])})) for row in rows]


async def save_subscription(session: AsyncSession, one: Subscription) -> None:
    await save_subscriptions(session, [one])


async def save_subscriptions(session: AsyncSession, every: Sequence[Subscription]) -> None:
    """The same for many, in a few statements; where one is named twice, its last form counts."""
    last = {one.id: {name: getattr(one, name) for name in _NAMES} | {"values": list(one.values)} for one in every}
    if not last:
        return
    await session.flush()
    connection = await session.connection()
    known = set(await connection.scalars(sa_select(TABLE.c.id).where(TABLE.c.id.in_(last))))
    if old := [one for key, one in last.items() if key in known]:
        await connection.execute(_SAVE, [_renamed(one) for one in old])
    if new := [one for key, one in last.items() if key not in known]:
        await connection.execute(insert(TABLE), new)


def _renamed(values: dict[str, Any]) -> dict[str, Any]:
    return {f"new_{name}": value for name, value in values.items() if name != "id"} | {"its_id": values["id"]}


async def save_answer(session: AsyncSession, which: tuple[UUID, UUID], said: Answer, by: str, at: datetime) -> None:
    """Keep what a person (the first of `which`) said of a match."""
    person_id, match_id = which
    await session.merge(AnswerRow(person_id=person_id, match_id=match_id, answer=said, by=by, at=at))


async def answer_of(session: AsyncSession, person_id: UUID, match_id: UUID) -> str:
    """What a person said of a match; empty where nothing was."""
    row = await session.get(AnswerRow, (person_id, match_id))
    return row.answer if row else ""
