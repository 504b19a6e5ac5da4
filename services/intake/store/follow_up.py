"""Lines, accord and news of a dossier as rows; whoever changes them holds the dossier."""

from dataclasses import fields
from datetime import date, datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy import delete, func
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from intake.domain.follow_up import ENDED, OPEN, Accord, Line, News
from intake.tables import AccordRow, CandidacyRow, DecisionRow, FollowUpRow, NewsRow


async def lines(session: AsyncSession, candidacy_id: UUID) -> list[Line]:
    """What was agreed and planned, the soonest first."""
    query = select(FollowUpRow).where(FollowUpRow.candidacy_id == candidacy_id)
    rows = await session.exec(query.order_by(col(FollowUpRow.due_on), FollowUpRow.text))
    return [cast("Line", _value(Line, row)) for row in rows]


async def overdue(session: AsyncSession, today: date) -> list[Line]:
    """The lines of all followed dossiers whose day has passed and that nobody ended."""
    query = (
        select(FollowUpRow)
        .join(CandidacyRow, col(CandidacyRow.id) == col(FollowUpRow.candidacy_id))
        .where(col(CandidacyRow.state).in_(list(OPEN)), FollowUpRow.due_on < today)
        .where(col(FollowUpRow.progress).not_in(sorted(ENDED)))
    )
    return [cast("Line", _value(Line, row)) for row in await session.exec(query)]


async def save_line(session: AsyncSession, line: Line) -> None:
    """Write a line, new or changed."""
    await session.merge(FollowUpRow(**_columns(line)))
    await session.flush()


async def drop_line(session: AsyncSession, line_id: UUID) -> None:
    """Take a line out."""
    await session.exec(delete(FollowUpRow).where(col(FollowUpRow.id) == line_id))


async def accord(session: AsyncSession, candidacy_id: UUID) -> Accord:
    """The accord, one that nobody has proposed yet where there is none."""
    row = await session.get(AccordRow, candidacy_id)
    return cast("Accord", _value(Accord, row)) if row else Accord(candidacy_id)


async def save_accord(session: AsyncSession, changed: Accord) -> None:
    """Write where the accord stands."""
    await session.merge(AccordRow(**_columns(changed)))
    await session.flush()


async def news(session: AsyncSession, candidacy_id: UUID) -> list[News]:
    """What was asked and told, the latest first."""
    rows = await session.exec(select(NewsRow).where(NewsRow.candidacy_id == candidacy_id))
    found = [cast("News", _value(News, row)) for row in rows]
    return sorted(found, key=lambda one: cast("datetime", one.answered_at or one.asked_at), reverse=True)


async def save_news(session: AsyncSession, told: News) -> None:
    """Write news, asked for or told."""
    await session.merge(NewsRow(**_columns(told)))
    await session.flush()


async def last_turn(session: AsyncSession, candidacy_id: UUID) -> int:
    """The last time that the calendar asked for news; 0 where it never did."""
    query = select(func.max(NewsRow.turn)).where(NewsRow.candidacy_id == candidacy_id)
    return (await session.exec(query)).one() or 0


async def followed(session: AsyncSession) -> list[tuple[UUID, datetime]]:
    """The dossiers that something follows, each with the moment of its decision."""
    query = (
        select(CandidacyRow.id, DecisionRow.at)
        .join(DecisionRow, col(DecisionRow.candidacy_id) == col(CandidacyRow.id))
        .where(col(CandidacyRow.state).in_(list(OPEN)))
    )
    return [(known, at) for known, at in await session.exec(query)]


def _columns(value: Any) -> dict[str, Any]:
    return {one.name: getattr(value, one.name) for one in fields(value)}


def _value(kind: type, row: Any) -> object:
    return kind(**{one.name: getattr(row, one.name) for one in fields(kind)})
