"""Threads as rows: messages are added only, each side's mark moves forward only."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy import func, or_
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from intake.domain.dossier import CALENDAR
from intake.tables import MessageRow, ThreadRow
from kernel.contracts.intake_life import Side


@dataclass(frozen=True, slots=True)
class Message:
    """What somebody wrote."""

    id: UUID
    at: datetime
    side: Side
    by: str
    text: str


async def thread(session: AsyncSession, candidacy_id: UUID) -> list[Message]:
    """The messages of a dossier, the oldest first."""
    query = select(MessageRow).where(MessageRow.candidacy_id == candidacy_id)
    rows = await session.exec(query.order_by(col(MessageRow.at), col(MessageRow.id)))
    return [Message(row.id, row.at, cast("Side", row.side), row.by, row.text) for row in rows]


async def is_posted(session: AsyncSession, form_token: str) -> bool:
    """Whether the form with this token was sent before."""
    return (await session.exec(select(MessageRow.id).where(MessageRow.form_token == form_token))).first() is not None


async def add(session: AsyncSession, candidacy_id: UUID, message: Message, form_token: str) -> None:
    """Write a message; the thread of its dossier is held by the caller."""
    session.add(
        MessageRow(
            id=message.id,
            candidacy_id=candidacy_id,
            at=message.at,
            side=message.side,
            by=message.by,
            text=message.text,
            form_token=form_token,
        )
    )
    await session.flush()


async def read_until(session: AsyncSession, candidacy_id: UUID, side: Side) -> datetime | None:
    """Until when a side has read the thread."""
    row = await session.get(ThreadRow, candidacy_id)
    return None if row is None else cast("datetime | None", getattr(row, f"{side}_read"))


async def mark(session: AsyncSession, candidacy_id: UUID, field: str, at: datetime) -> None:
    """Move a mark of the thread forward: `porteur_read`, `equipe_read` or `settled`."""
    row = await session.get(ThreadRow, candidacy_id) or ThreadRow(candidacy_id=candidacy_id)
    known = getattr(row, field)
    setattr(row, field, at if known is None else max(known, at))
    session.add(row)
    await session.flush()


async def unread(session: AsyncSession, side: Side) -> Mapping[UUID, int]:
    """By dossier, how many messages of the other side this side has not read."""
    seen = ThreadRow.porteur_read if side == "porteur" else ThreadRow.equipe_read
    query = (
        select(MessageRow.candidacy_id, func.count())
        .join(ThreadRow, col(ThreadRow.candidacy_id) == col(MessageRow.candidacy_id), isouter=True)
        .where(MessageRow.side != side, _after(col(seen)))
        .group_by(col(MessageRow.candidacy_id))
    )
    return dict((await session.exec(query)).all())


async def waiting(session: AsyncSession) -> Mapping[UUID, datetime]:
    """By dossier whose last word is the porteur's and was not settled, when the porteur first wrote since."""
    answered = (
        select(func.max(MessageRow.at))
        .where(
            MessageRow.side == "equipe", MessageRow.by != CALENDAR, MessageRow.candidacy_id == ThreadRow.candidacy_id
        )
        .correlate(ThreadRow)
        .scalar_subquery()
    )
    query = (
        select(MessageRow.candidacy_id, func.min(MessageRow.at))
        .join(ThreadRow, col(ThreadRow.candidacy_id) == col(MessageRow.candidacy_id))
        .where(MessageRow.side == "porteur", _after(col(ThreadRow.settled)), _after(answered))
        .group_by(col(MessageRow.candidacy_id))
    )
    return dict((await session.exec(query)).all())


def _after(moment: Any) -> Any:
    """Messages later than a moment, or all of them where there is none."""
    return or_(moment.is_(None), col(MessageRow.at) > moment)
