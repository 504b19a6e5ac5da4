"""Finds what nobody has used for long: drafts, accounts, what counts requests; of each a bounded number a pass."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, delete, exists, func, or_
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from intake.domain.people import Member
from intake.domain.retention import ALIVE, NOTICE
from intake.store import drafts
from intake.store.people import read_member
from intake.tables import CandidacyRow, DraftFieldRow, DraftRow, LinkRequestRow, PersonRow, SpentLinkRow

BATCH = 200
"""Of each, in one transaction; a schedule that finds as many comes again at once."""
GONE = "%@efface.invalid"


@dataclass(frozen=True, slots=True)
class OldDraft:
    """A draft that goes soon; `email` is empty where nobody can be warned."""

    id: UUID
    email: str
    title: str
    saved_at: datetime


@dataclass(frozen=True, slots=True)
class OldAccount:
    """An account that goes soon, when its person was last here, and when they were warned."""

    member: Member
    seen_at: datetime
    warned_at: datetime | None


async def drafts_to_warn(session: AsyncSession, untouched_since: datetime) -> list[OldDraft]:
    """The drafts untouched since then whose writers were not told, and the address that is written in each."""
    untold = or_(col(DraftRow.warned_at).is_(None), col(DraftRow.warned_at) < col(DraftRow.saved_at))
    query = select(DraftRow).where(col(DraftRow.saved_at) <= untouched_since, untold)
    rows = await session.exec(query.order_by(col(DraftRow.saved_at)).limit(BATCH).with_for_update())
    return [await _old_draft(session, row) for row in rows.all()]


async def _old_draft(session: AsyncSession, row: DraftRow) -> OldDraft:
    """A draft that was sent warns nobody: what it said is in the dossier."""
    sent = (await session.exec(select(CandidacyRow.id).where(CandidacyRow.form_token == row.form_token))).first()
    if sent is not None:
        return OldDraft(row.id, "", "", row.saved_at)
    names = ("contact_courriel", "titre")
    query = select(DraftFieldRow).where(DraftFieldRow.draft_id == row.id, col(DraftFieldRow.name).in_(names))
    typed = {field.name: field.value for field in await session.exec(query)}
    writer = await session.get(PersonRow, row.person_id) if row.person_id else None
    return OldDraft(row.id, writer.email if writer else typed.get(names[0], ""), typed.get("titre", ""), row.saved_at)


async def mark_draft(session: AsyncSession, draft_id: UUID, at: datetime) -> None:
    """Note that the writer was told, or that nobody could be."""
    row = await session.get_one(DraftRow, draft_id)
    row.warned_at = at
    session.add(row)


async def drop_drafts(session: AsyncSession, untouched_since: datetime, told_before: datetime) -> int:
    """Erase the drafts untouched since then whose writers were told long enough ago; returns how many."""
    told = and_(col(DraftRow.warned_at) >= col(DraftRow.saved_at), col(DraftRow.warned_at) <= told_before)
    query = select(DraftRow.id).where(col(DraftRow.saved_at) <= untouched_since, told).limit(BATCH)
    ids = list(await session.exec(query.with_for_update()))
    for draft_id in ids:
        await drafts.drop(session, draft_id)
    return len(ids)


async def old_accounts(session: AsyncSession, unseen_since: datetime, at: datetime) -> list[OldAccount]:
    """Porteurs who were not here since then and have no dossier that waits for an answer, nor a later one.

    Only those about whom there is something to do: not told yet, or told NOTICE ago.
    """
    told_at = col(PersonRow.warned_at)
    seen = func.coalesce(col(PersonRow.signed_in_at), col(PersonRow.invited_at))
    due = or_(told_at.is_(None), told_at < seen, told_at <= at - NOTICE)
    query = select(PersonRow).where(
        PersonRow.role == "applicant",
        col(PersonRow.email).not_like(GONE),
        col(PersonRow.invited_at) <= unseen_since,
        seen <= unseen_since,
        due,
        ~_has_dossier(unseen_since),
    )
    rows = (await session.exec(query.order_by(col(PersonRow.invited_at)).limit(BATCH).with_for_update())).all()
    return [OldAccount(read_member(row), await _seen_at(session, row), row.warned_at) for row in rows]


def _has_dossier(since: datetime) -> ColumnElement[bool]:
    """The person is the contact of a dossier that is still instructed, or was sent since then."""
    theirs = func.lower(col(CandidacyRow.contact_email)) == col(PersonRow.email)
    return exists().where(theirs, or_(col(CandidacyRow.state).in_(ALIVE), col(CandidacyRow.submitted_at) > since))


async def _seen_at(session: AsyncSession, row: PersonRow) -> datetime:
    theirs = func.lower(col(CandidacyRow.contact_email)) == row.email
    sent = list(await session.exec(select(CandidacyRow.submitted_at).where(theirs)))
    return max([row.invited_at, *([row.signed_in_at] if row.signed_in_at else []), *sent])


async def mark_account(session: AsyncSession, person_id: UUID, at: datetime) -> None:
    """Note that the person was told."""
    row = await session.get_one(PersonRow, person_id)
    row.warned_at = at
    session.add(row)


async def closed_accounts(session: AsyncSession, closed_before: datetime) -> Sequence[Member]:
    """Members of the team and of committees whose access was closed long ago, and who are still known."""
    query = select(PersonRow).where(
        PersonRow.role != "applicant",
        col(PersonRow.disabled_at) <= closed_before,
        col(PersonRow.email).not_like(GONE),
    )
    return [read_member(row) for row in await session.exec(query.limit(BATCH).with_for_update())]


async def drop_counts(session: AsyncSession, requests_before: datetime, links_before: datetime) -> None:
    """Erase what limits requests, and the marks of links that no longer let anybody in."""
    await session.exec(delete(LinkRequestRow).where(col(LinkRequestRow.at) < requests_before))
    await session.exec(delete(SpentLinkRow).where(col(SpentLinkRow.spent_at) < links_before))
