"""Calls passed on to porteurs; one that is going to change is claimed: its row exists and is locked."""

import json
from collections.abc import Collection
from dataclasses import fields
from typing import cast
from uuid import UUID

from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from intake.domain.funding import Funding, State
from intake.domain.tasks import Reminder
from intake.tables import FundingNoteRow, FundingReminderRow, FundingRow
from kernel.contracts.triage import CallDecoded, Decoding, FundingAnswer, MatchReminded, Track


async def claim(session: AsyncSession, match_id: UUID, candidacy_id: UUID) -> Funding:
    """What is known of a match, made where nothing was, locked until the end of the transaction."""
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    empty = {"candidacy_id": candidacy_id, "turn": 0, "state": "rappele", "track_turn": 0, "by": ""}
    await session.exec(insert(FundingRow).values(match_id=match_id, **empty).on_conflict_do_nothing())
    query = select(FundingRow).where(FundingRow.match_id == match_id).with_for_update()
    return _funding((await session.exec(query)).one())


async def save(session: AsyncSession, known: Funding) -> None:
    """Write a claimed match."""
    row = await session.get_one(FundingRow, known.match_id)
    for field in fields(Funding):
        setattr(row, field.name, getattr(known, field.name))
    row.track = known.track.model_dump(mode="json") if known.track else None
    session.add(row)
    await session.flush()


async def of_dossier(session: AsyncSession, candidacy_id: UUID) -> list[Funding]:
    """All that was heard of for a dossier."""
    query = select(FundingRow).where(FundingRow.candidacy_id == candidacy_id)
    return [_funding(row) for row in await session.exec(query)]


async def about_calls(session: AsyncSession, keys: Collection[str]) -> list[Funding]:
    """What was passed on of these calls, locked; there are few of them, so that all are read."""
    query = select(FundingRow).where(col(FundingRow.track).is_not(None)).order_by(col(FundingRow.match_id))
    found = [_funding(row) for row in await session.exec(query.with_for_update())]
    return [one for one in found if one.track and one.track.call.key in keys]


async def decode(session: AsyncSession, event: CallDecoded) -> None:
    """Keep the décryptage of a call, unless a later edition is known."""
    row = await session.get(FundingNoteRow, event.call_key)
    if row is None or row.version < event.edition:
        parts = event.decoding.model_dump(mode="json")
        await session.merge(FundingNoteRow(call_key=event.call_key, version=event.edition, parts=parts))


async def remind(session: AsyncSession, event: MatchReminded) -> None:
    """Keep that a call is to be looked at, or no more, unless a later turn is known."""
    row = await session.get(FundingReminderRow, event.match_id)
    if row is not None and row.turn >= event.turn:
        return
    to = f", confié à {event.assigned_name}" if event.assigned_name else ""
    what = f"{event.call_title}, pour {event.project_title}{to}"
    facts = {"turn": event.turn, "due_on": event.due_on, "what": what, "at": event.at}
    await session.merge(FundingReminderRow(match_id=event.match_id, candidacy_id=event.candidacy_id, **facts))


async def reminders(session: AsyncSession) -> list[Reminder]:
    """The calls to look at, the oldest first."""
    query = select(FundingReminderRow).where(col(FundingReminderRow.due_on).is_not(None))
    rows = await session.exec(query.order_by(col(FundingReminderRow.at), col(FundingReminderRow.match_id)))
    return [Reminder(row.match_id, row.candidacy_id, row.due_on, row.what, row.at) for row in rows if row.due_on]


async def decodings(session: AsyncSession, keys: list[str]) -> dict[str, Decoding]:
    """The décryptage of those of the calls that have one."""
    rows = await session.exec(select(FundingNoteRow).where(col(FundingNoteRow.call_key).in_(keys)))
    return {row.call_key: Decoding.model_validate(row.parts) for row in rows}


def _funding(row: FundingRow) -> Funding:
    return Funding(
        match_id=row.match_id,
        candidacy_id=row.candidacy_id,
        turn=row.turn,
        state=cast("State", row.state),
        track_turn=row.track_turn,
        track=Track.model_validate_json(json.dumps(row.track)) if row.track else None,
        amount=row.amount,
        by=row.by,
        at=row.at,
        said=cast("FundingAnswer | None", row.said),
        said_at=row.said_at,
        call_at=row.call_at,
        closed=row.closed,
    )
