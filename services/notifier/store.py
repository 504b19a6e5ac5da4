"""The only room that knows the tables: loads and saves what the domain thinks in, and reads lists for pages.

Effects of events take turns, on PostgreSQL by a lock and on SQLite by its single writer, so that an address
and the message that waits for it cannot pass each other in two transactions.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, delete, func, or_, text
from sqlmodel import SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from kernel.contracts.notifier import MessageKind
from kernel.runtime.database import Work
from notifier.domain.alert import Item, Reading
from notifier.domain.delivery import Delivery, Dossier
from notifier.domain.states import State
from notifier.tables import (
    AlertItemRow,
    ContactRow,
    DeliveryRow,
    DeliveryStepRow,
    DossierRow,
    ErasedRow,
    SourceReadingRow,
)

TURN = 0x0A1E27E5
"""Key of the advisory lock of this service's effects."""
PAGE = 50
"""Messages on one page of the list."""


async def take_turn(work: Work) -> None:
    """Wait until no other transaction applies an event; kept until the end of this one."""
    if work.connection.dialect.name == "postgresql":
        await work.connection.execute(text("SELECT pg_advisory_xact_lock(:turn)"), {"turn": TURN})


async def dossier(session: AsyncSession, candidacy_id: UUID) -> Dossier:
    """What is known of a candidacy; all unknown where nothing is."""
    row = await session.get(DossierRow, candidacy_id)
    return _dossier(row) if row else Dossier()


async def dossiers(session: AsyncSession, ids: Iterable[UUID]) -> dict[UUID, Dossier]:
    """What is known of these candidacies; those of which nothing is known are left out."""
    statement = select(DossierRow).where(col(DossierRow.candidacy_id).in_(set(ids)))
    return {row.candidacy_id: _dossier(row) for row in await session.exec(statement)}


def _dossier(row: DossierRow) -> Dossier:
    return Dossier(row.number, row.title, row.porteur, row.withdrawn)


async def save_dossier(session: AsyncSession, candidacy_id: UUID, known: Dossier) -> None:
    await session.merge(
        DossierRow(
            candidacy_id=candidacy_id,
            number=known.number,
            title=known.title,
            porteur=known.porteur,
            withdrawn=known.withdrawn,
        )
    )


async def address(session: AsyncSession, candidacy_id: UUID) -> str | None:
    """Where to write about a candidacy, None while nobody said."""
    row = await session.get(ContactRow, candidacy_id)
    return row.email if row else None


async def save_contact(session: AsyncSession, candidacy_id: UUID, role: str, email: str) -> None:
    if await session.get(ErasedRow, candidacy_id) is None:
        await session.merge(ContactRow(candidacy_id=candidacy_id, role=role, email=email))


async def forget(session: AsyncSession, candidacies: Collection[UUID], people: Collection[UUID], at: datetime) -> int:
    """Erase the addresses of these candidacies and people; what had not left does not leave. Returns how many."""
    for candidacy_id in candidacies:
        await session.merge(ErasedRow(candidacy_id=candidacy_id, at=at))
    gone = await session.exec(delete(ContactRow).where(col(ContactRow.candidacy_id).in_(candidacies)))
    theirs = or_(
        col(DeliveryRow.candidacy_id).in_(candidacies), col(DeliveryRow.recipient).in_([one.hex for one in people])
    )
    rows = (await session.exec(select(DeliveryRow).where(theirs).with_for_update())).all()
    for row in rows:
        if row.state in {State.EN_ATTENTE_ADRESSE, State.A_ENVOYER}:
            stopped = replace(_delivery(row), state=State.ANNULE, due_at=None, address=None)
            await save(session, stopped, at)
        row.address = None
        session.add(row)
    await session.flush()
    return int(gone.rowcount) + sum(1 for _ in rows)


async def delivery(session: AsyncSession, delivery_id: UUID) -> Delivery | None:
    """A delivery to read."""
    row = await session.get(DeliveryRow, delivery_id)
    return _delivery(row) if row else None


async def locked(session: AsyncSession, delivery_id: UUID) -> Delivery | None:
    """A delivery that is going to change, locked until the end of the transaction."""
    statement = select(DeliveryRow).where(col(DeliveryRow.id) == delivery_id).with_for_update()
    row = (await session.exec(statement)).one_or_none()
    return _delivery(row) if row else None


async def unsent(session: AsyncSession, candidacy_id: UUID) -> list[Delivery]:
    """The deliveries of a candidacy that wait, locked, in the order of their birth."""
    waiting = (State.EN_ATTENTE_ADRESSE.value, State.A_ENVOYER.value)
    statement = (
        select(DeliveryRow)
        .where(col(DeliveryRow.candidacy_id) == candidacy_id, col(DeliveryRow.state).in_(waiting))
        .order_by(col(DeliveryRow.created_at), col(DeliveryRow.id))
        .with_for_update()
    )
    return [_delivery(row) for row in await session.exec(statement)]


async def claimable(session: AsyncSession, at: datetime, limit: int) -> list[Delivery]:
    """What is due, and what a sender took and did not settle in time; rows that another holds are left out."""
    due = and_(col(DeliveryRow.state) == State.A_ENVOYER.value, col(DeliveryRow.due_at) <= at)
    abandoned = and_(col(DeliveryRow.state) == State.EN_COURS.value, col(DeliveryRow.claimed_until) < at)
    statement = (
        select(DeliveryRow)
        .where(or_(due, abandoned))
        .order_by(col(DeliveryRow.due_at), col(DeliveryRow.created_at), col(DeliveryRow.id))
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return [_delivery(row) for row in await session.exec(statement)]


async def held(session: AsyncSession, token: UUID) -> list[Delivery]:
    """What the sender `token` still holds, locked."""
    statement = select(DeliveryRow).where(col(DeliveryRow.claim) == token).with_for_update()
    return [_delivery(row) for row in await session.exec(statement)]


async def later_deliveries(session: AsyncSession, at: datetime) -> list[Delivery]:
    """What is to be tried again after `at`."""
    later = and_(col(DeliveryRow.state) == State.A_ENVOYER.value, col(DeliveryRow.due_at) > at)
    return [_delivery(row) for row in await session.exec(select(DeliveryRow).where(later))]


async def save(session: AsyncSession, changed: Delivery, at: datetime, by: str = "") -> None:
    """Write a delivery, and the step it made in its history where its state changed or it was tried again."""
    row = await session.get(DeliveryRow, changed.id)
    if row is None or row.state != changed.state or (changed.claim and row.claim != changed.claim):
        note = (changed.last_error or "") if changed.state in (State.A_ENVOYER, State.ECHEC) else ""
        step = DeliveryStepRow(delivery_id=changed.id, at=at, state=changed.state.value, note=note, by=by)
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


def _delivery(row: DeliveryRow) -> Delivery:
    values = {one.name: getattr(row, one.name) for one in fields(Delivery)}
    return Delivery(**(values | {"state": State(row.state)}))


async def item(session: AsyncSession, match_id: UUID) -> tuple[Item, bool] | None:
    """A match and whether it was told; None when it is new."""
    row = await session.get(AlertItemRow, match_id)
    return (_item(row), row.told_in is not None) if row else None


async def untold(session: AsyncSession) -> list[Item]:
    """The matches to tell, oldest first; those of withdrawn dossiers are not told."""
    statement = select(AlertItemRow).where(*_to_tell()).order_by(col(AlertItemRow.received_at))
    return [_item(row) for row in await session.exec(statement)]


async def waiting_since(session: AsyncSession) -> datetime | None:
    """When the oldest of the matches to tell arrived; None when all was told."""
    return (await session.exec(select(func.min(AlertItemRow.received_at)).where(*_to_tell()))).one()


def _to_tell() -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    gone = select(DossierRow.candidacy_id).where(col(DossierRow.withdrawn).is_(True))
    return col(AlertItemRow.told_in).is_(None), col(AlertItemRow.candidacy_id).not_in(gone)


async def save_item(session: AsyncSession, one: Item) -> None:
    await session.merge(AlertItemRow(**_columns(one, AlertItemRow) | {"funders": list(one.funders)}))
    await session.flush()


async def mark_told(session: AsyncSession, items: Sequence[Item], delivery_id: UUID) -> None:
    """These matches are in that alert, and in no other."""
    for one in items:
        (await session.get_one(AlertItemRow, one.match_id)).told_in = delivery_id


def _item(row: AlertItemRow) -> Item:
    values = {one.name: getattr(row, one.name) for one in fields(Item)}
    return Item(**(values | {"funders": tuple(row.funders)}))


async def readings(session: AsyncSession, source: str) -> list[Reading]:
    """Everything said of one source."""
    statement = select(SourceReadingRow).where(col(SourceReadingRow.source) == source)
    return [_reading(row) for row in await session.exec(statement)]


async def latest_readings(session: AsyncSession) -> list[Reading]:
    """The last word on each source."""
    last = select(SourceReadingRow.source, func.max(SourceReadingRow.at).label("at")).group_by(
        col(SourceReadingRow.source)
    )
    newest = last.subquery()
    statement = select(SourceReadingRow).join(
        newest, and_(col(SourceReadingRow.source) == newest.c.source, col(SourceReadingRow.at) == newest.c.at)
    )
    by_source = {row.source: _reading(row) for row in await session.exec(statement)}
    return list(by_source.values())


async def add_reading(session: AsyncSession, one: Reading) -> None:
    await session.merge(SourceReadingRow(**_columns(one, SourceReadingRow)))
    await session.flush()


async def mark_reading(session: AsyncSession, one: Reading, delivery_id: UUID) -> None:
    """The episode of this reading is in that mail."""
    (await session.get_one(SourceReadingRow, one.id)).told_in = delivery_id


def _reading(row: SourceReadingRow) -> Reading:
    return Reading(row.id, row.source, row.title, row.at, row.calls, row.reason, row.told_in is not None)


def _columns(value: Item | Reading, table: type[SQLModel]) -> dict[str, object]:
    return {one.name: getattr(value, one.name) for one in fields(value) if one.name in table.model_fields}


@dataclass(frozen=True, slots=True)
class Selection:
    """What the list shows; None means no condition."""

    state: State | None = None
    kind: MessageKind | None = None


@dataclass(frozen=True, slots=True)
class Listed:
    """A line of the list: the delivery and what is known of its dossier."""

    delivery: Delivery
    dossier: Dossier


@dataclass(frozen=True, slots=True)
class StepLine:
    """A line of a delivery's history."""

    at: datetime
    state: State
    note: str
    by: str


async def count(session: AsyncSession, selection: Selection) -> int:
    """How many deliveries a selection has."""
    statement = select(func.count()).select_from(DeliveryRow).where(*_conditions(selection))
    return (await session.exec(statement)).one()


async def page(session: AsyncSession, selection: Selection, number: int) -> list[Listed]:
    """One page of the list, the newest first; `number` counts from 1."""
    statement = (
        select(DeliveryRow, DossierRow)
        .join(DossierRow, col(DossierRow.candidacy_id) == col(DeliveryRow.candidacy_id), isouter=True)
        .where(*_conditions(selection))
        .order_by(col(DeliveryRow.created_at).desc(), col(DeliveryRow.id))
        .offset((number - 1) * PAGE)
        .limit(PAGE)
    )
    found = await session.exec(statement)
    return [Listed(_delivery(row), _dossier(known) if known else Dossier()) for row, known in found]


def _conditions(selection: Selection) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if selection.state:
        conditions.append(col(DeliveryRow.state) == selection.state.value)
    if selection.kind:
        conditions.append(col(DeliveryRow.kind) == selection.kind)
    return conditions


async def history(session: AsyncSession, delivery_id: UUID) -> list[StepLine]:
    """The states that a delivery went through, in order."""
    statement = (
        select(DeliveryStepRow).where(col(DeliveryStepRow.delivery_id) == delivery_id).order_by(col(DeliveryStepRow.id))
    )
    return [StepLine(row.at, State(row.state), row.note, row.by) for row in await session.exec(statement)]
