"""The files that staff reread after an erasure: those that wait, and what was said of those that stay."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from intake.domain.attachments import Attachment
from intake.store.attachments import Owner, of_owner
from intake.tables import AttachmentRow, CandidacyRow, PieceReviewRow

WITHDRAWN = "retire"


@dataclass(frozen=True, slots=True)
class Review:
    """A file to reread since `asked_at`; the reason and who gave it once it was kept."""

    piece: Attachment
    asked_at: datetime
    kept_at: datetime | None
    kept_by: str | None
    reason: str | None


async def ask(session: AsyncSession, dossiers: Collection[UUID], at: datetime) -> tuple[int, int]:
    """Put the files of these dossiers before staff again; those of a withdrawn one go at once. Says how many of each.

    What an antivirus refused has no content, and a name that nobody needs: it goes too.
    """
    rows = await session.exec(
        select(AttachmentRow.id, AttachmentRow.candidacy_id, AttachmentRow.digest, CandidacyRow.state)
        .join(CandidacyRow, col(CandidacyRow.id) == col(AttachmentRow.candidacy_id))
        .where(col(AttachmentRow.candidacy_id).in_(dossiers))
    )
    gone, asked = [], 0
    for id_, candidacy_id, digest, state in rows.all():
        if digest is None or state == WITHDRAWN:
            gone.append(id_)
        else:
            await session.merge(PieceReviewRow(attachment_id=id_, candidacy_id=candidacy_id, asked_at=at))
            asked += 1
    await session.exec(delete(AttachmentRow).where(col(AttachmentRow.id).in_(gone)))
    await session.exec(delete(PieceReviewRow).where(col(PieceReviewRow.attachment_id).in_(gone)))
    await session.flush()
    return len(gone), asked


async def reviews(session: AsyncSession, candidacy_id: UUID) -> list[Review]:
    """The files of a dossier that were to be reread, those that wait first."""
    query = select(PieceReviewRow).where(PieceReviewRow.candidacy_id == candidacy_id)
    rows = {row.attachment_id: row for row in await session.exec(query)}
    pieces = await of_owner(session, Owner(candidacy_id=candidacy_id)) if rows else []
    found = [(rows[piece.id], piece) for piece in pieces if piece.id in rows]
    said = [Review(piece, row.asked_at, row.kept_at, row.kept_by, row.reason) for row, piece in found]
    return sorted(said, key=lambda one: one.kept_at is not None)


async def waiting(session: AsyncSession) -> dict[UUID, datetime]:
    """The dossiers that have files to reread, since when."""
    columns = select(PieceReviewRow.candidacy_id, PieceReviewRow.asked_at)
    joined = columns.join(AttachmentRow, col(AttachmentRow.id) == col(PieceReviewRow.attachment_id))
    rows = await session.exec(joined.where(col(PieceReviewRow.kept_at).is_(None)))
    found: dict[UUID, datetime] = {}
    for candidacy_id, asked_at in rows:
        found[candidacy_id] = min(asked_at, found.get(candidacy_id, asked_at))
    return found


async def to_rule(session: AsyncSession, candidacy_id: UUID, attachment_id: UUID) -> PieceReviewRow | None:
    """The file that is to be kept or removed, locked; None once it was removed."""
    query = select(PieceReviewRow).where(
        PieceReviewRow.attachment_id == attachment_id, PieceReviewRow.candidacy_id == candidacy_id
    )
    return (await session.exec(query.with_for_update())).one_or_none()


async def drop(session: AsyncSession, attachment_id: UUID) -> None:
    """The file went: nothing is to be reread."""
    await session.exec(delete(PieceReviewRow).where(col(PieceReviewRow.attachment_id) == attachment_id))
