"""What tasks are computed from, read in one go."""

from datetime import datetime
from typing import cast
from uuid import UUID

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from intake.domain.states import State
from intake.domain.tasks import Facts, Known
from intake.store import acts, desk, follow_up, funding, hearsay, messages, pieces
from intake.store.revisions import correction_of
from intake.store.waves import last_wave, open_wave
from intake.tables import CandidacyRow, CorrectionRow, JournalRow


async def facts(session: AsyncSession, at: datetime) -> Facts:
    """All that is known of what waits at `at`."""
    columns = (
        CandidacyRow.id,
        CandidacyRow.number,
        CandidacyRow.title,
        CandidacyRow.state,
        CandidacyRow.revision,
        CandidacyRow.submitted_at,
    )
    rows = await session.exec(select(*columns).where(CandidacyRow.state != "retire"))  # type: ignore[call-overload]  # six columns
    asked = select(CorrectionRow).where(col(CorrectionRow.outcome).is_(None))
    return Facts(
        dossiers=[
            Known(id_, number, title, cast("State", state), revision, at)
            for id_, number, title, state, revision, at in rows
        ],
        read=await desk.read_revisions(session),
        waiting=await messages.waiting(session),
        corrections=[correction_of(row) for row in await session.exec(asked)],
        failures=await _failures(session),
        wave=await open_wave(session),
        last=await last_wave(session),
        halves=await acts.latest(session),
        quorums=await hearsay.quorums(session),
        lines=await follow_up.overdue(session, at.date()),
        reminders=await funding.reminders(session),
        rereading=await pieces.waiting(session),
    )


async def _failures(session: AsyncSession) -> list[tuple[UUID, datetime, str]]:
    """Messages that did not leave and have not left since: the same delivery that was sent later is no task."""
    told = select(JournalRow).where(col(JournalRow.act).in_(["message_en_echec", "message_envoye"]))
    rows = list(await session.exec(told))
    sent: dict[tuple[UUID, str], datetime] = {}
    for row in rows:
        if row.act == "message_envoye":
            known = (row.candidacy_id, _delivery(row.key))
            sent[known] = max(row.at, sent.get(known, row.at))
    found = []
    for row in rows:
        left = sent.get((row.candidacy_id, _delivery(row.key)))
        if row.act == "message_en_echec" and (left is None or left < row.at):
            found.append((row.candidacy_id, row.at, row.reason))
    return found


def _delivery(key: str) -> str:
    """Which delivery a line of the journal is about; its key is « message:<delivery>:… »."""
    return ":".join(key.split(":")[:2])
