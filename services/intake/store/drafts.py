"""Drafts as rows: an answer that is changed is read and written under the draft's lock, so none is overwritten."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from intake.domain.draft import Answer
from intake.tables import DraftFieldRow, DraftRow


@dataclass(frozen=True, slots=True)
class Draft:
    """A draft without its answers. `form_token` is that of the one dossier it can become."""

    id: UUID
    key_hash: str
    form_token: str
    created_at: datetime
    saved_at: datetime


async def add_draft(session: AsyncSession, draft: Draft) -> None:
    """A draft that has no answer yet."""
    session.add(
        DraftRow(
            id=draft.id,
            key_hash=draft.key_hash,
            form_token=draft.form_token,
            created_at=draft.created_at,
            saved_at=draft.saved_at,
        )
    )
    await session.flush()


async def draft(session: AsyncSession, draft_id: UUID) -> Draft | None:
    """The draft; whoever shows it must have compared its key."""
    row = await session.get(DraftRow, draft_id)
    return Draft(row.id, row.key_hash, row.form_token, row.created_at, row.saved_at) if row else None


async def hold(session: AsyncSession, draft_id: UUID) -> bool:
    """Keep other writers away from the draft until the end of the transaction; False where it is gone."""
    query = select(DraftRow.id).where(DraftRow.id == draft_id).with_for_update()
    return (await session.exec(query)).first() is not None


async def answers_of(session: AsyncSession, draft_id: UUID) -> dict[str, Answer]:
    """Every answer that somebody wrote, by name."""
    rows = await session.exec(select(DraftFieldRow).where(DraftFieldRow.draft_id == draft_id))
    return {row.name: Answer(row.value, row.revision, row.saved_at, tuple(row.rivals)) for row in rows}


async def save_answers(session: AsyncSession, draft_id: UUID, changed: Mapping[str, Answer], at: datetime) -> None:
    """Write the answers of a draft that is held."""
    for name, answer in changed.items():
        await session.merge(
            DraftFieldRow(
                draft_id=draft_id,
                name=name,
                value=answer.value,
                revision=answer.revision,
                saved_at=answer.saved_at or at,
                rivals=list(answer.rivals),
            )
        )
    row = await session.get_one(DraftRow, draft_id)
    row.saved_at = max(row.saved_at, at)
    session.add(row)


async def drop(session: AsyncSession, draft_id: UUID) -> None:
    """Erase a draft with all its words."""
    await session.exec(delete(DraftFieldRow).where(col(DraftFieldRow.draft_id) == draft_id))
    await session.exec(delete(DraftRow).where(col(DraftRow.id) == draft_id))


async def drop_untouched(session: AsyncSession, since: datetime) -> None:
    """Erase the drafts that nobody has touched after `since`."""
    old = select(DraftRow.id).where(col(DraftRow.saved_at) <= since)
    await session.exec(delete(DraftFieldRow).where(col(DraftFieldRow.draft_id).in_(old)))
    await session.exec(delete(DraftRow).where(col(DraftRow.saved_at) <= since))
