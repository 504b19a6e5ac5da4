"""What is heard of a dossier: opinions, the decision, its journal. Kept even before the dossier is known."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import cast
from uuid import UUID

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from intake.domain.dossier import Decision, Opinion
from intake.domain.journal import Act, Entry
from intake.domain.tasks import Quorum
from intake.store.chains import JOURNAL
from intake.tables import DecisionRow, JournalRow, OpinionRow, QuorumRow
from kernel.contracts.scoring import Committee, OpinionValue, Outcome
from kernel.runtime import journal


@dataclass(frozen=True, slots=True)
class Line:
    """A journal line as a page shows it."""

    at: datetime
    by: str
    act: Act
    reason: str


async def write(session: AsyncSession, entries: Iterable[Entry]) -> None:
    """Add lines to the journal; a fact that is already there is not written again."""
    connection = await session.connection()
    for entry in entries:
        head = await journal.hold(connection, JOURNAL, entry.candidacy_id)
        same = select(JournalRow.key).where(JournalRow.candidacy_id == entry.candidacy_id, JournalRow.key == entry.key)
        if (await session.exec(same)).first() is None:
            await journal.append(connection, JOURNAL, head, asdict(entry) | {"at": entry.at.astimezone(UTC)})


async def journal_of(session: AsyncSession, candidacy_id: UUID) -> list[Line]:
    """The journal of a dossier, oldest first."""
    query = select(JournalRow).where(JournalRow.candidacy_id == candidacy_id)
    rows = await session.exec(query.order_by(col(JournalRow.at), col(JournalRow.key)))
    return [Line(row.at, row.by, cast("Act", row.act), row.reason) for row in rows]


async def decision_on(session: AsyncSession, candidacy_id: UUID) -> Decision | None:
    """The decision that counts so far."""
    row = await session.get(DecisionRow, candidacy_id)
    return Decision(row.at, cast("Outcome", row.outcome), row.reason, row.by) if row else None


async def save_decision(session: AsyncSession, candidacy_id: UUID, decision: Decision) -> None:
    """Keep the decision that counts."""
    await session.merge(
        DecisionRow(
            candidacy_id=candidacy_id,
            outcome=decision.outcome,
            reason=decision.reason,
            by=decision.by,
            at=decision.at,
        )
    )


async def opinions_on(session: AsyncSession, candidacy_id: UUID) -> dict[Committee, Opinion]:
    """The opinion of each committee that gave one."""
    rows = await session.exec(select(OpinionRow).where(OpinionRow.candidacy_id == candidacy_id))
    return {opinion.committee: opinion for opinion in map(_opinion, rows)}


async def save_opinion(session: AsyncSession, candidacy_id: UUID, opinion: Opinion) -> None:
    """Keep the opinion of a committee that counts."""
    await session.merge(
        OpinionRow(
            candidacy_id=candidacy_id,
            committee=opinion.committee,
            opinion=opinion.opinion,
            reason=opinion.reason,
            by=opinion.by,
            at=opinion.at,
        )
    )


async def keep_quorum(session: AsyncSession, heard: Quorum) -> None:
    """Keep what a sitting lacks; an older count than the one that is known changes nothing."""
    known = await session.get(QuorumRow, heard.sitting)
    if known is None or known.revision < heard.revision:
        missing = {str(dossier): lacking for dossier, lacking in heard.missing.items()}
        row = QuorumRow(
            sitting_id=heard.sitting, marks_until=heard.marks_until, missing=missing, revision=heard.revision
        )
        await session.merge(row)


async def quorums(session: AsyncSession) -> list[Quorum]:
    """What every sitting lacks, as heard last."""
    rows = await session.exec(select(QuorumRow).order_by(col(QuorumRow.marks_until), col(QuorumRow.sitting_id)))
    return [
        Quorum(row.sitting_id, row.marks_until, {UUID(key): n for key, n in row.missing.items()}, row.revision)
        for row in rows
    ]


def _opinion(row: OpinionRow) -> Opinion:
    committee, opinion = cast("Committee", row.committee), cast("OpinionValue", row.opinion)
    return Opinion(row.at, opinion, row.reason, row.by, committee)
