"""People of the team, their subscriptions, and what each was told; what is last declared counts."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, fields
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from notifier.domain.alert import Item
from notifier.domain.subscription import DIGESTS, Answer, Subscription, Telling, shown
from notifier.tables import AnswerRow, PersonRow, SubscriptionRow, TellingRow


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
    statement = select(SubscriptionRow).where(col(SubscriptionRow.id) == subscription_id).with_for_update()
    row = (await session.exec(statement)).one_or_none()
    return _subscription(row) if row else None


async def subscriptions_of(session: AsyncSession, person_id: UUID) -> list[Subscription]:
    """Every subject of a person, in one order."""
    statement = select(SubscriptionRow).where(col(SubscriptionRow.person_id) == person_id)
    return [_subscription(row) for row in await session.exec(statement.order_by(col(SubscriptionRow.subject)))]


async def listening(session: AsyncSession) -> list[Subscription]:
    """The subscriptions that write to somebody who may be written to."""
    statement = (
        select(SubscriptionRow)
        .join(PersonRow, col(PersonRow.person_id) == col(SubscriptionRow.person_id))
        .where(
            col(SubscriptionRow.rhythm) != "jamais",
            col(PersonRow.email).is_not(None),
            col(PersonRow.role).in_(DIGESTS),
        )
        .order_by(col(SubscriptionRow.id))
    )
    return [_subscription(row) for row in await session.exec(statement)]


async def save_subscription(session: AsyncSession, one: Subscription) -> None:
    values = {name.name: getattr(one, name.name) for name in fields(Subscription)}
    await session.merge(SubscriptionRow(**(values | {"values": list(one.values)})))
    await session.flush()


def _subscription(row: SubscriptionRow) -> Subscription:
    values = {one.name: getattr(row, one.name) for one in fields(Subscription)}
    return Subscription(**(values | {"values": tuple(row.values)}))


async def tellings(session: AsyncSession, person_id: UUID) -> dict[UUID, Telling]:
    """What a person was told, and is about to be, by match."""
    statement = select(TellingRow).where(col(TellingRow.person_id) == person_id)
    rows = await session.exec(statement)
    return {row.match_id: Telling(row.match_id, row.told, row.delivery_id) for row in rows}


async def begin_telling(session: AsyncSession, person_id: UUID, items: Iterable[Item], delivery_id: UUID) -> None:
    """These matches, as they stand, are in that mail and in no other."""
    statement = select(TellingRow).where(col(TellingRow.person_id) == person_id)
    known = {row.match_id: row for row in await session.exec(statement)}
    for item in items:
        row = known.get(item.match_id) or TellingRow(person_id=person_id, match_id=item.match_id)
        row.telling, row.delivery_id = shown(item), delivery_id
        session.add(row)
    await session.flush()


async def end_telling(session: AsyncSession, delivery_id: UUID, *, told: bool) -> None:
    """That mail was taken: its matches are told as they stood in it. Or it will not be: they are to be told again."""
    statement = select(TellingRow).where(col(TellingRow.delivery_id) == delivery_id)
    for row in (await session.exec(statement)).all():
        if told:
            row.told, row.told_in = row.telling, delivery_id
        row.telling = row.delivery_id = None
        if row.told is None:
            await session.delete(row)
        else:
            session.add(row)
    await session.flush()


async def save_answer(session: AsyncSession, which: tuple[UUID, UUID], said: Answer, by: str, at: datetime) -> None:
    """Keep what a person (the first of `which`) said of a match."""
    person_id, match_id = which
    await session.merge(AnswerRow(person_id=person_id, match_id=match_id, answer=said, by=by, at=at))


async def answer_of(session: AsyncSession, person_id: UUID, match_id: UUID) -> str:
    """What a person said of a match; empty where nothing was."""
    row = await session.get(AnswerRow, (person_id, match_id))
    return row.answer if row else ""
