"""People of the team, their subscriptions and their answers; what is last declared counts."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from notifier.domain.subscription import DIGESTS, Answer, Subscription
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
    statement = select(SubscriptionRow).where(col(SubscriptionRow.id) == subscription_id).with_for_update()
    row = (await session.exec(statement)).one_or_none()
    return _subscription(row) if row else None


async def subscriptions_of(session: AsyncSession, person_id: UUID) -> list[Subscription]:
    """Every subject of a person, in one order."""
    statement = select(SubscriptionRow).where(col(SubscriptionRow.person_id) == person_id)
    return [_subscription(row) for row in await session.exec(statement.order_by(col(SubscriptionRow.subject)))]


async def subscriptions_of_all(session: AsyncSession, people: Collection[UUID]) -> list[Subscription]:
    """Every subject of these people."""
    statement = select(SubscriptionRow).where(col(SubscriptionRow.person_id).in_(people))
    return [_subscription(row) for row in await session.exec(statement.order_by(col(SubscriptionRow.id)))]


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
    await save_subscriptions(session, [one])


async def save_subscriptions(session: AsyncSession, every: Sequence[Subscription]) -> None:
    """The same for many, where most of them are there already."""
    for one in every:
        values = {name.name: getattr(one, name.name) for name in fields(Subscription)}
        await session.merge(SubscriptionRow(**(values | {"values": list(one.values)})))
    await session.flush()


def _subscription(row: SubscriptionRow) -> Subscription:
    values = {one.name: getattr(row, one.name) for one in fields(Subscription)}
    return Subscription(**(values | {"values": tuple(row.values)}))


async def save_answer(session: AsyncSession, which: tuple[UUID, UUID], said: Answer, by: str, at: datetime) -> None:
    """Keep what a person (the first of `which`) said of a match."""
    person_id, match_id = which
    await session.merge(AnswerRow(person_id=person_id, match_id=match_id, answer=said, by=by, at=at))


async def answer_of(session: AsyncSession, person_id: UUID, match_id: UUID) -> str:
    """What a person said of a match; empty where nothing was."""
    row = await session.get(AnswerRow, (person_id, match_id))
    return row.answer if row else ""
