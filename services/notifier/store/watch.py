"""Matches gathered for alerts and what was said of sources, each with the mail that told it."""

from collections.abc import Sequence
from dataclasses import fields
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func
from sqlmodel import SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from notifier.domain.alert import Item, Reading
from notifier.tables import AlertItemRow, DossierRow, MatchTurnRow, SourceReadingRow


async def item(session: AsyncSession, match_id: UUID) -> Item | None:
    """A match as it was proposed last; None when it is new."""
    row = await session.get(AlertItemRow, match_id)
    return read_item(row) if row else None


async def untold(session: AsyncSession) -> list[Item]:
    """The matches to tell, oldest first; not those of withdrawn dossiers, nor those proposed no more."""
    statement = select(AlertItemRow).where(*_to_tell()).order_by(col(AlertItemRow.received_at))
    return [read_item(row) for row in await session.exec(statement)]


async def waiting_since(session: AsyncSession) -> datetime | None:
    """When the oldest of the matches to tell arrived; None when all was told."""
    return (await session.exec(select(func.min(AlertItemRow.received_at)).where(*_to_tell()))).one()


def _to_tell() -> tuple[ColumnElement[bool], ...]:
    withdrawn = select(DossierRow.candidacy_id).where(col(DossierRow.withdrawn).is_(True))
    gone = select(MatchTurnRow.match_id).where(col(MatchTurnRow.gone).is_(True))
    item = AlertItemRow
    return col(item.told_in).is_(None), col(item.candidacy_id).not_in(withdrawn), col(item.match_id).not_in(gone)


async def note_turn(session: AsyncSession, match_id: UUID, turn: int, *, gone: bool) -> bool:
    """Keep that a match left or came back, unless a higher turn said otherwise; whether it was news."""
    known = await session.get(MatchTurnRow, match_id)
    if known is not None and turn <= known.turn:
        return False
    await session.merge(MatchTurnRow(match_id=match_id, turn=turn, gone=gone))
    await session.flush()
    return True


async def save_item(session: AsyncSession, one: Item) -> None:
    """Write what is known of a match; the mail that told it stays."""
    await session.merge(AlertItemRow(**_columns(one, AlertItemRow) | {"funders": list(one.funders)}))
    await session.flush()


async def mark_told(session: AsyncSession, items: Sequence[Item], delivery_id: UUID) -> None:
    """These matches are in that alert, and in no other."""
    for one in items:
        (await session.get_one(AlertItemRow, one.match_id)).told_in = delivery_id


def read_item(row: AlertItemRow) -> Item:
    """A match as it was proposed last."""
    values = {one.name: getattr(row, one.name) for one in fields(Item) if one.name in AlertItemRow.model_fields}
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
