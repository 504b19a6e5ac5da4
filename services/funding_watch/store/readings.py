"""What each reading of a source came to, and what people decided of its counts."""

from dataclasses import asdict, dataclass
from datetime import datetime

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from funding_watch.domain.health import COMPARED, ReadingFacts
from funding_watch.tables import ReadingRow, SourceDecisionRow

KEPT_IN_SIGHT = 2 * COMPARED
"""Readings that a judgment looks at: enough for the usual, however many were refused since."""


@dataclass(frozen=True, slots=True)
class Decision:
    """A person accepted that a source shows fewer calls than before."""

    source: str
    at: datetime
    by: str
    reason: str
    old_count: int
    new_count: int


async def add(session: AsyncSession, source: str, facts: ReadingFacts) -> None:
    """Keep a reading."""
    values = asdict(facts) | {"errors": list(facts.errors), "remarks": list(facts.remarks)}
    session.add(ReadingRow(source=source, **values))
    await session.flush()


async def last(session: AsyncSession, source: str) -> list[ReadingFacts]:
    """The readings of a source, the newest first."""
    query = select(ReadingRow).where(ReadingRow.source == source)
    rows = await session.exec(query.order_by(col(ReadingRow.id).desc()).limit(KEPT_IN_SIGHT))
    return [
        ReadingFacts(
            at=row.at,
            items=row.items,
            believed=row.believed,
            seconds=row.seconds,
            pages=row.pages,
            unchanged=row.unchanged,
            filled=row.filled,
            errors=tuple(row.errors),
            remarks=tuple(row.remarks),
        )
        for row in rows
    ]


async def decide(session: AsyncSession, decision: Decision) -> None:
    """Keep a decision."""
    session.add(SourceDecisionRow(**asdict(decision)))
    await session.flush()


async def decisions(session: AsyncSession, source: str) -> list[Decision]:
    """What was decided of a source, the newest first."""
    query = select(SourceDecisionRow).where(SourceDecisionRow.source == source)
    rows = await session.exec(query.order_by(col(SourceDecisionRow.id).desc()))
    return [Decision(row.source, row.at, row.by, row.reason, row.old_count, row.new_count) for row in rows]
