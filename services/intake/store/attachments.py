"""Joined files as rows of a draft or of a dossier; their contents are `files`'."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast
from uuid import UUID, uuid4

from sqlalchemy import delete, update
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from intake.domain.attachments import Attachment, Kind
from intake.store.constraints import spoken
from intake.tables import AttachmentRow, DraftRow


@dataclass(frozen=True, slots=True)
class Owner:
    """What files are joined to: a draft, or a dossier that was sent."""

    draft_id: UUID | None = None
    candidacy_id: UUID | None = None

    @property
    def condition(self) -> Any:
        """The rows of this owner."""
        if self.candidacy_id is not None:
            return col(AttachmentRow.candidacy_id) == self.candidacy_id
        return col(AttachmentRow.draft_id) == self.draft_id


async def of_owner(session: AsyncSession, owner: Owner) -> list[Attachment]:
    """The files of a draft or dossier, the first joined first; those refused among them."""
    query = select(AttachmentRow).where(owner.condition).order_by(col(AttachmentRow.added_at), AttachmentRow.name)
    return [_attachment(row) for row in await session.exec(query)]


async def one(session: AsyncSession, owner: Owner, attachment_id: UUID) -> Attachment | None:
    """A file of this owner; None where it is another's."""
    query = select(AttachmentRow).where(owner.condition, col(AttachmentRow.id) == attachment_id)
    row = (await session.exec(query)).first()
    return _attachment(row) if row else None


async def add(session: AsyncSession, owner: Owner, joined: Attachment) -> None:
    """Write a file of an owner that is held."""
    values: Mapping[str, Any] = {name: getattr(joined, name) for name in Attachment.__dataclass_fields__}
    async with spoken():
        session.add(AttachmentRow(**values, draft_id=owner.draft_id, candidacy_id=owner.candidacy_id))
        await session.flush()


async def drop(session: AsyncSession, owner: Owner, attachment_id: UUID) -> None:
    """No longer join a file; its content goes with the next sweep."""
    await session.exec(delete(AttachmentRow).where(owner.condition, col(AttachmentRow.id) == attachment_id))


async def hand_over(session: AsyncSession, form_token: str, candidacy_id: UUID) -> None:
    """The draft with this token became a dossier: its files are the dossier's. Waits for a file that is coming in."""
    held = select(DraftRow.id).where(DraftRow.form_token == form_token).with_for_update()
    draft_id = (await session.exec(held)).first()
    if draft_id is not None:
        mine = update(AttachmentRow).where(col(AttachmentRow.draft_id) == draft_id)
        await session.exec(mine.values(draft_id=None, candidacy_id=candidacy_id))


async def copy(session: AsyncSession, candidacy_id: UUID, draft_id: UUID, at: datetime) -> None:
    """Join the files of a dossier to a draft that takes it up again: rows alone, the contents are the same."""
    for known in await of_owner(session, Owner(candidacy_id=candidacy_id)):
        if known.digest:
            again = Attachment(uuid4(), known.name, known.kind, known.size, known.digest, at, known.by)
            await add(session, Owner(draft_id=draft_id), again)


async def named(session: AsyncSession) -> set[str]:
    """The digests of all contents that a row names."""
    found = await session.exec(select(AttachmentRow.digest).where(col(AttachmentRow.digest).is_not(None)).distinct())
    return {digest for digest in found if digest}


def _attachment(row: AttachmentRow) -> Attachment:
    return Attachment(
        row.id, row.name, cast("Kind | None", row.kind), row.size, row.digest, row.added_at, row.by, row.refused
    )
