"""What tasks are computed from, read in one go."""

from typing import cast

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from intake.domain.states import State
from intake.domain.tasks import Facts, Known
from intake.store import desk, messages
from intake.store.revisions import correction_of
from intake.store.waves import open_wave
from intake.tables import CandidacyRow, CorrectionRow, JournalRow


async def facts(session: AsyncSession) -> Facts:
    """All that is known of what waits."""
    columns = (
        CandidacyRow.id,
        CandidacyRow.number,
        CandidacyRow.title,
        CandidacyRow.state,
        CandidacyRow.revision,
        CandidacyRow.submitted_at,
    )
    rows = await session.exec(select(*columns).where(CandidacyRow.state != "retire"))  # type: ignore[call-overload]  # six columns
    failed = select(JournalRow).where(JournalRow.act == "message_en_echec")
    asked = select(CorrectionRow).where(col(CorrectionRow.outcome).is_(None))
    return Facts(
        dossiers=[
            Known(id_, number, title, cast("State", state), revision, at)
            for id_, number, title, state, revision, at in rows
        ],
        read=await desk.read_revisions(session),
        waiting=await messages.waiting(session),
        corrections=[correction_of(row) for row in await session.exec(asked)],
        failures=[(row.candidacy_id, row.at, row.reason) for row in await session.exec(failed)],
        wave=await open_wave(session),
    )
