"""Drafts as rows: an answer that is changed is read and written under the draft's lock, so none is overwritten."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from intake.domain.draft import Answer
from intake.tables import AttachmentRow, CandidacyRow, DraftFieldRow, DraftRow


@dataclass(frozen=True, slots=True)
class Draft:
    """A draft without its answers. `form_token` is that of the one dossier it can become.

    `candidacy_id` is the dossier that it changes, in `sections`; `taken_from` the one that it takes up again.
    """

    id: UUID
    key_hash: str
    form_token: str
    created_at: datetime
    saved_at: datetime
    person_id: UUID | None = None
    candidacy_id: UUID | None = None
    taken_from: UUID | None = None
    sections: tuple[str, ...] = ()
    warned_at: datetime | None = None


async def add_draft(session: AsyncSession, draft: Draft) -> None:
    """A draft that has no answer yet."""
    session.add(
        DraftRow(
            id=draft.id,
            key_hash=draft.key_hash,
            form_token=draft.form_token,
            created_at=draft.created_at,
            saved_at=draft.saved_at,
            person_id=draft.person_id,
            candidacy_id=draft.candidacy_id,
            taken_from=draft.taken_from,
            sections=list(draft.sections) or None,
        )
    )
    await session.flush()


async def draft(session: AsyncSession, draft_id: UUID) -> Draft | None:
    """The draft; whoever shows it must have compared its key."""
    row = await session.get(DraftRow, draft_id)
    return _draft(row) if row else None


async def changing(session: AsyncSession, candidacy_id: UUID) -> Draft | None:
    """The draft in which a dossier that was sent is being changed."""
    row = (await session.exec(select(DraftRow).where(DraftRow.candidacy_id == candidacy_id))).first()
    return _draft(row) if row else None


async def taking_up(session: AsyncSession, candidacy_id: UUID) -> Draft | None:
    """The draft that takes a dossier of an earlier wave up again."""
    row = (await session.exec(select(DraftRow).where(DraftRow.taken_from == candidacy_id))).first()
    return _draft(row) if row else None


async def taken_from(session: AsyncSession, form_token: str) -> UUID | None:
    """The dossier that the draft with this token takes up again."""
    return (await session.exec(select(DraftRow.taken_from).where(DraftRow.form_token == form_token))).first()


async def of_person(session: AsyncSession, person_id: UUID) -> list[Draft]:
    """The drafts of new dossiers that somebody began signed in and has not sent, the latest first."""
    sent = select(CandidacyRow.form_token)
    query = select(DraftRow).where(
        DraftRow.person_id == person_id, col(DraftRow.candidacy_id).is_(None), col(DraftRow.form_token).not_in(sent)
    )
    return [_draft(row) for row in await session.exec(query.order_by(col(DraftRow.saved_at).desc()))]


async def person_of(session: AsyncSession, draft_id: UUID) -> UUID | None:
    """Who has the draft among their dossiers; the draft is held."""
    return (await session.exec(select(DraftRow.person_id).where(DraftRow.id == draft_id))).one()


async def attach(session: AsyncSession, draft_id: UUID, person_id: UUID) -> None:
    """Put the draft among somebody's dossiers; the draft is held."""
    row = await session.get_one(DraftRow, draft_id)
    row.person_id = person_id
    session.add(row)


async def open_sections(session: AsyncSession, draft_id: UUID, sections: Sequence[str]) -> None:
    """Say which sections a draft of a sent dossier may change now."""
    row = await session.get_one(DraftRow, draft_id)
    row.sections = list(sections) or None
    session.add(row)


async def forget_answers(session: AsyncSession, form_token: str) -> None:
    """Erase the answers of the draft with this token: what was sent is in the dossier."""
    sent = select(DraftRow.id).where(DraftRow.form_token == form_token)
    await session.exec(delete(DraftFieldRow).where(col(DraftFieldRow.draft_id).in_(sent)))


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
    await session.exec(delete(AttachmentRow).where(col(AttachmentRow.draft_id) == draft_id))
    await session.exec(delete(DraftRow).where(col(DraftRow.id) == draft_id))


def _draft(row: DraftRow) -> Draft:
    return Draft(
        row.id,
        row.key_hash,
        row.form_token,
        row.created_at,
        row.saved_at,
        row.person_id,
        row.candidacy_id,
        row.taken_from,
        tuple(row.sections or ()),
        row.warned_at,
    )
