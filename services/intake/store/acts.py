"""Acts as rows: held while they are done or called back, so that only one of the two happens."""

from collections.abc import Mapping
from typing import Any, cast
from uuid import UUID

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from intake.domain.acts import Act, Kind, Result, State, Step
from intake.tables import ActRow

SHOWN = 50


async def add(session: AsyncSession, act: Act) -> None:
    """Keep a new act."""
    session.add(_row(act))
    await session.flush()


async def save(session: AsyncSession, act: Act) -> None:
    """Write an act that was held."""
    await session.merge(_row(act))
    await session.flush()


async def held(session: AsyncSession, act_id: UUID) -> Act | None:
    """The act, held until the end of the transaction."""
    row = (await session.exec(select(ActRow).where(ActRow.id == act_id).with_for_update())).first()
    return _act(row) if row else None


async def act(session: AsyncSession, act_id: UUID) -> Act | None:
    """The act, to be shown."""
    row = await session.get(ActRow, act_id)
    return _act(row) if row else None


async def latest(session: AsyncSession) -> list[Act]:
    """The latest acts, the newest first."""
    query = select(ActRow).order_by(col(ActRow.planned_at).desc(), col(ActRow.id)).limit(SHOWN)
    return [_act(row) for row in await session.exec(query)]


async def planned(session: AsyncSession) -> list[Act]:
    """Those that wait for their time."""
    query = select(ActRow).where(ActRow.state == "prevu").order_by(col(ActRow.due_at), col(ActRow.id))
    return [_act(row) for row in await session.exec(query)]


def _act(row: ActRow) -> Act:
    return Act(
        id=row.id,
        kind=cast("Kind", row.kind),
        by=row.by,
        planned_at=row.planned_at,
        due_at=row.due_at,
        steps=tuple(Step(UUID(one["dossier"]), dict(one["words"])) for one in row.steps),
        state=cast("State", row.state),
        ended_at=row.ended_at,
        results=tuple(Result(UUID(one["dossier"]), one["said"]) for one in row.results),
    )


def _row(act: Act) -> ActRow:
    steps: list[Mapping[str, Any]] = [
        {"dossier": str(step.candidacy_id), "words": dict(step.words)} for step in act.steps
    ]
    return ActRow(
        id=act.id,
        kind=act.kind,
        by=act.by,
        planned_at=act.planned_at,
        due_at=act.due_at,
        state=act.state,
        ended_at=act.ended_at,
        steps=steps,
        results=[{"dossier": str(one.candidacy_id), "said": one.said} for one in act.results],
    )
