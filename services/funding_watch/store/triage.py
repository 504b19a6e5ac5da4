"""What people made of matches. Whoever changes one holds its chain first, so that two take turns.

A match nobody touched has no row: it stands as « nouveau ».
"""

from collections.abc import Collection, Mapping
from dataclasses import asdict, fields
from datetime import UTC
from typing import Any, cast
from uuid import UUID

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from funding_watch.domain.triage import Act, Actor, Line, Reason, State, Triage
from funding_watch.tables import Base, MatchRow, ProjectRow, TriageLineRow, TriageRow
from kernel.runtime import journal
from kernel.runtime.journal import Head, Journal

JOURNAL = Journal(Base.metadata.tables["triage_line"], Base.metadata.tables["triage_head"], "match_id")


async def hold(session: AsyncSession, match_id: UUID) -> Head:
    """The chain of a match, locked until the end of the transaction."""
    return await journal.hold(await session.connection(), JOURNAL, match_id)


async def one(session: AsyncSession, match_id: UUID) -> Triage | None:
    """How a match stands; None where there is no such match."""
    row = await session.get(TriageRow, match_id)
    if row is not None:
        return _triage(row)
    match = await session.get(MatchRow, match_id)
    return Triage(match_id, match.candidacy_id, match.call_key) if match else None


async def every(session: AsyncSession) -> dict[UUID, Triage]:
    """All that was ever touched, by match."""
    return {row.match_id: _triage(row) for row in await session.exec(select(TriageRow))}


async def of_project(session: AsyncSession, candidacy_id: UUID) -> list[Triage]:
    """What was touched of a project, in one order."""
    query = select(TriageRow).where(TriageRow.candidacy_id == candidacy_id).order_by(col(TriageRow.match_id))
    return [_triage(row) for row in await session.exec(query)]


async def of_call(session: AsyncSession, key: str) -> list[Triage]:
    """What was touched of a call, in one order."""
    query = select(TriageRow).where(TriageRow.call_key == key).order_by(col(TriageRow.match_id))
    return [_triage(row) for row in await session.exec(query)]


async def history(session: AsyncSession, match_id: UUID) -> list[Line]:
    """The history of a match, the oldest line first."""
    query = select(TriageLineRow).where(TriageLineRow.match_id == match_id)
    return [_line(row) for row in await session.exec(query.order_by(col(TriageLineRow.sequence)))]


async def is_written(session: AsyncSession, match_id: UUID, key: str) -> bool:
    """Whether a fact is in the history already."""
    query = select(TriageLineRow.sequence).where(TriageLineRow.match_id == match_id, TriageLineRow.key == key)
    return (await session.exec(query)).first() is not None


async def write(session: AsyncSession, head: Head, after: Triage, line: Line, key: str = "") -> None:
    """Keep how a held match stands now, and the line that says why; `key` names a fact that comes once."""
    facts: dict[str, Any] = asdict(line) | {"at": line.at.astimezone(UTC), "match_id": after.match_id}
    await journal.append(await session.connection(), JOURNAL, head, facts | {"key": key or f"ligne:{after.turn}"})
    row = await session.get(TriageRow, after.match_id) or TriageRow(match_id=after.match_id)
    for field in fields(Triage):
        setattr(row, field.name, getattr(after, field.name))
    session.add(row)
    await session.flush()


async def keep_profile(session: AsyncSession, match_id: UUID, profile: Mapping[str, float] | None) -> None:
    """What the call of an off-subject match spoke of; None where it is off the subject no more."""
    row = await session.get_one(TriageRow, match_id)
    row.profile = dict(profile) if profile is not None else None
    session.add(row)
    await session.flush()


async def set_aside(
    session: AsyncSession, candidacies: Collection[UUID]
) -> dict[UUID, list[tuple[Triage, Mapping[str, float] | None]]]:
    """Of each of these projects, what was set aside and, off the subject, what it spoke of; in one order."""
    query = select(TriageRow).where(TriageRow.state == "ecarte", col(TriageRow.candidacy_id).in_(candidacies))
    found: dict[UUID, list[tuple[Triage, Mapping[str, float] | None]]] = {}
    for row in await session.exec(query.order_by(col(TriageRow.match_id))):
        found.setdefault(row.candidacy_id, []).append((_triage(row), row.profile))
    return found


async def numbers(session: AsyncSession) -> dict[UUID, str]:
    """The project's number and the call of every match that has a history."""
    query = select(TriageRow.match_id, ProjectRow.number, TriageRow.call_key).join(
        ProjectRow, col(ProjectRow.candidacy_id) == col(TriageRow.candidacy_id)
    )
    return {match: f"{number or 'unknown dossier'}, {key}" for match, number, key in await session.exec(query)}


async def chained(session: AsyncSession) -> set[UUID]:
    """The matches that must have a history: all that were touched."""
    return set(await session.exec(select(TriageRow.match_id)))


def _triage(row: TriageRow) -> Triage:
    return Triage(**{field.name: getattr(row, field.name) for field in fields(Triage)})


def _line(row: TriageLineRow) -> Line:
    return Line(
        act=cast("Act", row.act),
        by=row.by,
        role=cast("Actor", row.role),
        at=row.at,
        state=cast("State", row.state),
        reason=cast("Reason | None", row.reason),
        words=row.words,
        amount=row.amount,
        about=row.about,
    )
