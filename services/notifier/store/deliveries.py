"""Deliveries: read to be shown, locked to be changed, and every state they enter kept as a line of history."""

from collections.abc import Collection, Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Table, and_, bindparam, insert, or_, update
from sqlalchemy import select as sa_select
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from notifier.domain.delivery import Delivery
from notifier.domain.states import State
from notifier.domain.subscription import DIGESTS
from notifier.tables import DeliveryRow, DeliveryStepRow

TABLE: Table = DeliveryRow.__table__
_BORN = {"id", "cause_event_id", "recipient_kind", "recipient", "candidacy_id", "kind", "created_at"}
_MUTABLE = [one.name for one in fields(Delivery) if one.name not in _BORN | {"snapshot"}]
_ONE = update(TABLE).where(TABLE.c.id == bindparam("its_id"))
_SAVE = _ONE.values({name: bindparam(f"new_{name}") for name in _MUTABLE})
_SAVE_WORDS = _ONE.values(snapshot=bindparam("new_snapshot"))


async def delivery(session: AsyncSession, delivery_id: UUID) -> Delivery | None:
    """A delivery to read."""
    row = await session.get(DeliveryRow, delivery_id)
    return read_delivery(row) if row else None


async def locked(session: AsyncSession, delivery_id: UUID) -> Delivery | None:
    """A delivery that is going to change, locked until the end of the transaction."""
    statement = select(DeliveryRow).where(col(DeliveryRow.id) == delivery_id).with_for_update()
    row = (await session.exec(statement)).one_or_none()
    return read_delivery(row) if row else None


async def open_digests(session: AsyncSession, people: Collection[UUID]) -> dict[UUID, Delivery]:
    """The digest of each person that waits and that no mail server can have seen; locked."""
    wanted = (
        _columns()
        .where(
            col(DeliveryRow.recipient).in_([one.hex for one in people]),
            col(DeliveryRow.kind).in_(DIGESTS.values()),
            col(DeliveryRow.state) == State.A_ENVOYER.value,
            col(DeliveryRow.doubt).is_(False),
        )
        .order_by(col(DeliveryRow.created_at).desc())
        .with_for_update()
    )
    return {UUID(one.recipient): one for one in await _read(session, wanted)}


async def write_mails(session: AsyncSession, mails: Sequence[Delivery], at: datetime) -> set[UUID]:
    """Write new mails, and new words of those that wait; returns those that left already, which stay as they are."""
    if not mails:
        return set()
    connection = await session.connection()
    known = (await connection.execute(sa_select(TABLE.c.id, TABLE.c.state).where(_among(mails)))).all()
    states = {row.id: State(row.state) for row in known}
    fresh = [one for one in mails if one.id not in states]
    if fresh:
        await connection.execute(insert(TABLE), [_born(one) for one in fresh])
        await connection.execute(insert(DeliveryStepRow), [_step(one, at) for one in fresh])
    fuller = [one for one in mails if states.get(one.id) is State.A_ENVOYER]
    if fuller:
        await connection.execute(
            _SAVE_WORDS, [{"its_id": one.id, "new_snapshot": dict(one.snapshot)} for one in fuller]
        )
    return {identity for identity, state in states.items() if state is not State.A_ENVOYER}


async def empty(session: AsyncSession, before: datetime, at: datetime) -> int:
    """Forget what was said in mails taken before then, and to which address; returns how many that was."""
    old = update(TABLE).where(TABLE.c.sent_at < before, TABLE.c.emptied_at.is_(None))
    gone: dict[str, Any] = {"snapshot": {}, "address": None, "subject": None, "emptied_at": at}
    return int((await (await session.connection()).execute(old.values(gone))).rowcount)


def _among(mails: Sequence[Delivery]) -> ColumnElement[bool]:
    return TABLE.c.id.in_([one.id for one in mails])


def _born(one: Delivery) -> dict[str, Any]:
    return {name.name: getattr(one, name.name) for name in fields(Delivery)} | {"state": one.state.value}


async def unsent(session: AsyncSession, candidacy_id: UUID) -> list[Delivery]:
    """The deliveries of a candidacy that wait, locked, in the order of their birth."""
    waiting = (State.EN_ATTENTE_ADRESSE.value, State.A_ENVOYER.value)
    statement = (
        select(DeliveryRow)
        .where(col(DeliveryRow.candidacy_id) == candidacy_id, col(DeliveryRow.state).in_(waiting))
        .order_by(col(DeliveryRow.created_at), col(DeliveryRow.id))
        .with_for_update()
    )
    return [read_delivery(row) for row in await session.exec(statement)]


async def claimable(session: AsyncSession, at: datetime, limit: int) -> list[Delivery]:
    """What is due, and what a sender took and did not settle in time; rows that another holds are left out."""
    due = and_(col(DeliveryRow.state) == State.A_ENVOYER.value, col(DeliveryRow.due_at) <= at)
    abandoned = and_(col(DeliveryRow.state) == State.EN_COURS.value, col(DeliveryRow.claimed_until) < at)
    wanted = (
        _columns()
        .where(or_(due, abandoned))
        .order_by(col(DeliveryRow.due_at), col(DeliveryRow.created_at), col(DeliveryRow.id))
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return await _read(session, wanted)


async def held(session: AsyncSession, token: UUID, ids: Collection[UUID] | None = None) -> list[Delivery]:
    """What the sender `token` still holds (of `ids`, where they are given), locked; without what they say."""
    wanted = _columns(words=False).where(col(DeliveryRow.claim) == token)
    if ids is not None:
        wanted = wanted.where(col(DeliveryRow.id).in_(ids))
    return await _read(session, wanted.with_for_update())


def _columns(*, words: bool = True) -> Select[Any]:
    """Deliveries below the ORM: a sender reads and writes many, and each identity that it tracks costs more."""
    return sa_select(*(TABLE.c[one.name] for one in fields(Delivery) if words or one.name != "snapshot"))


async def _read(session: AsyncSession, wanted: Select[Any]) -> list[Delivery]:
    rows = (await (await session.connection()).execute(wanted)).all()
    return [_read_one(dict(row._mapping)) for row in rows]


def _read_one(values: dict[str, Any]) -> Delivery:
    return Delivery(**({"snapshot": {}} | values | {"state": State(values["state"])}))


async def save_all(session: AsyncSession, changed: Sequence[Delivery], at: datetime) -> None:
    """Write what a sender took or settled, two statements for all; each is a step of its delivery's history.

    What they say stays, but for a personal link whose fate is known. No delivery of `changed` may have been
    read through the ORM in this transaction.
    """
    if not changed:
        return
    connection = await session.connection()
    await connection.execute(_SAVE, [_values(one) for one in changed])
    spent = [{"its_id": one.id, "new_snapshot": {}} for one in changed if one.is_personal and one.address is None]
    if spent:
        await connection.execute(_SAVE_WORDS, spent)
    await connection.execute(insert(DeliveryStepRow), [_step(one, at) for one in changed])


def _values(one: Delivery) -> dict[str, Any]:
    values = {f"new_{name}": getattr(one, name) for name in _MUTABLE}
    return values | {"new_state": one.state.value, "its_id": one.id}


def _step(one: Delivery, at: datetime, by: str = "") -> dict[str, Any]:
    note = (one.last_error or "") if one.state in (State.A_ENVOYER, State.ECHEC) else ""
    return {"delivery_id": one.id, "at": at, "state": one.state.value, "note": note, "by": by}


async def later_deliveries(session: AsyncSession, at: datetime) -> list[Delivery]:
    """What is to be tried again after `at`."""
    later = and_(col(DeliveryRow.state) == State.A_ENVOYER.value, col(DeliveryRow.due_at) > at)
    return [read_delivery(row) for row in await session.exec(select(DeliveryRow).where(later))]


async def save(session: AsyncSession, changed: Delivery, at: datetime, by: str = "") -> None:
    """Write a delivery, and the step it made in its history where its state changed or it was tried again."""
    row = await session.get(DeliveryRow, changed.id)
    if row is None or row.state != changed.state or (changed.claim and row.claim != changed.claim):
        step = DeliveryStepRow(**_step(changed, at, by))
        await _put(session, changed)
        await session.flush()
        session.add(step)
    else:
        await _put(session, changed)
    await session.flush()


async def _put(session: AsyncSession, changed: Delivery) -> None:
    values = {one.name: getattr(changed, one.name) for one in fields(Delivery)}
    values |= {"state": changed.state.value, "snapshot": dict(changed.snapshot)}
    await session.merge(DeliveryRow(**values))


def read_delivery(row: DeliveryRow) -> Delivery:
    values = {one.name: getattr(row, one.name) for one in fields(Delivery)}
    return Delivery(**(values | {"state": State(row.state)}))
