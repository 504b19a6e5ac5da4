"""Versions of dossiers and corrections as rows; a version is written in the transaction that makes it count."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import cast
from uuid import UUID

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from intake.domain.dossier import Candidacy, Dossier
from intake.domain.revision import Correction, Outcome
from intake.store.candidacies import dossier_of, fill
from intake.store.constraints import spoken
from intake.tables import CandidacyRow, CorrectionRow, DossierVersionRow


@dataclass(frozen=True, slots=True)
class Version:
    """A dossier as it was sent."""

    revision: int
    at: datetime
    by: str
    dossier: Dossier


async def keep_version(session: AsyncSession, candidacy: Candidacy, at: datetime, by: str) -> None:
    """Make the candidacy's dossier its version `candidacy.revision`, which must be the next one."""
    row = await session.get_one(CandidacyRow, candidacy.id)
    fill(row, candidacy)
    session.add(row)
    session.add(
        DossierVersionRow(
            candidacy_id=candidacy.id,
            revision=candidacy.revision,
            at=at.astimezone(UTC),
            by=by,
            contact_role=row.contact_role,
            contact_email=row.contact_email,
            project=row.project,
            answers=row.answers,
        )
    )
    await session.flush()


async def versions(session: AsyncSession, candidacy_id: UUID) -> list[Version]:
    """What was sent, the first version first."""
    query = select(DossierVersionRow).where(DossierVersionRow.candidacy_id == candidacy_id)
    rows = await session.exec(query.order_by(col(DossierVersionRow.revision)))
    return [Version(row.revision, row.at, row.by, dossier_of(row)) for row in rows]


async def corrections(session: AsyncSession, candidacy_id: UUID) -> list[Correction]:
    """Every request about a dossier, those still asked first, the soonest due first."""
    rows = await session.exec(select(CorrectionRow).where(CorrectionRow.candidacy_id == candidacy_id))
    return sorted(map(correction_of, rows), key=lambda one: (one.outcome is not None, one.due_on, str(one.id)))


async def asked(session: AsyncSession, candidacy_id: UUID) -> list[Correction]:
    """The requests that wait for an answer."""
    return [one for one in await corrections(session, candidacy_id) if one.outcome is None]


async def save_corrections(session: AsyncSession, changed: Sequence[Correction]) -> None:
    """Write requests that are new or closed. Raises `Refused` where the section has an open one."""
    async with spoken():
        for one in changed:
            values = {name: getattr(one, name) for name in CorrectionRow.model_fields}
            await session.merge(CorrectionRow(**values))
        await session.flush()


def correction_of(row: CorrectionRow) -> Correction:
    """The request that a row holds."""
    return Correction(
        row.id,
        row.candidacy_id,
        row.section,
        row.reason,
        row.due_on,
        row.asked_by,
        row.asked_at,
        cast("Outcome | None", row.outcome),
        row.closed_at,
    )
