"""What pages list: deliveries with what is known of their dossiers, and the history of one."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, time
from uuid import UUID

from sqlalchemy import ColumnElement, func
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from kernel.contracts.notifier import MessageKind
from notifier.domain.delivery import Delivery
from notifier.domain.dossier import Dossier
from notifier.domain.hours import PARIS
from notifier.domain.states import State
from notifier.store.deliveries import read_delivery
from notifier.store.dossiers import read_dossier
from notifier.tables import DeliveryRow, DeliveryStepRow, DossierRow

PAGE = 50
"""Messages on one page of the list."""


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
    return [Listed(read_delivery(row), read_dossier(known) if known else Dossier()) for row, known in found]


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


@dataclass(frozen=True, slots=True)
class Mail:
    """A message about a dossier, and its history."""

    delivery: Delivery
    steps: tuple[StepLine, ...]


async def of_dossier(session: AsyncSession, candidacy_id: UUID) -> list[Mail]:
    """Every message about a dossier, the oldest first."""
    wanted = select(DeliveryRow).where(col(DeliveryRow.candidacy_id) == candidacy_id)
    rows = (await session.exec(wanted.order_by(col(DeliveryRow.created_at), col(DeliveryRow.id)))).all()
    return [Mail(read_delivery(row), tuple(await history(session, row.id))) for row in rows]


async def volumes(session: AsyncSession, since: date) -> dict[date, tuple[int, int]]:
    """How many messages left and how many failed, by day of Paris from `since` on."""
    begin = datetime.combine(since, time(), PARIS)
    wanted = select(DeliveryStepRow.at, DeliveryStepRow.state).where(
        col(DeliveryStepRow.at) >= begin, col(DeliveryStepRow.state).in_([State.ENVOYE.value, State.ECHEC.value])
    )
    counted: Counter[tuple[date, str]] = Counter()
    for at, state in await session.exec(wanted):
        counted[at.astimezone(PARIS).date(), state] += 1
    days = {day for day, _ in counted}
    return {day: (counted[day, State.ENVOYE.value], counted[day, State.ECHEC.value]) for day in days}
