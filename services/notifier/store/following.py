"""Calls passed on to porteurs, what people wrote of calls, and what recipients do not want to be written about."""

from collections.abc import Collection
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from notifier.domain.subscription import Optional
from notifier.domain.words import one_line
from notifier.tables import DecodedCallRow, ForwardedRow, MuteRow, WatchedCallRow


@dataclass(frozen=True, slots=True)
class Forwarded:
    """A call passed on for a project, by the highest turn. `track` is as its porteur reads it, JSON values."""

    match_id: UUID
    candidacy_id: UUID
    call_key: str
    turn: int
    is_open: bool
    track: dict[str, Any]
    at: datetime
    next_at: datetime | None = None

    @property
    def closes_on(self) -> date | None:
        """The deadline, None where there is none or the call is over."""
        day = self.track.get("closes_on")
        return date.fromisoformat(day) if day and not self.track.get("closed") else None


async def forwarded(session: AsyncSession, match_id: UUID) -> Forwarded | None:
    """A call that was passed on, as it stands now; None where nothing is known of it."""
    row = await session.get(ForwardedRow, match_id)
    return await _standing(session, row) if row else None


async def of_call(session: AsyncSession, call_key: str) -> list[Forwarded]:
    """Everywhere a call was passed on and has no answer."""
    wanted = select(ForwardedRow).where(col(ForwardedRow.call_key) == call_key, col(ForwardedRow.is_open).is_(True))
    return [await _standing(session, row) for row in (await session.exec(wanted)).all()]


async def awaited(session: AsyncSession) -> list[Forwarded]:
    """What has a reminder to come."""
    wanted = select(ForwardedRow).where(col(ForwardedRow.next_at).is_not(None))
    return [await _standing(session, row) for row in (await session.exec(wanted)).all()]


async def _standing(session: AsyncSession, row: ForwardedRow) -> Forwarded:
    values = {one.name: getattr(row, one.name) for one in fields(Forwarded)}
    call = await session.get(WatchedCallRow, row.call_key)
    if call is not None and call.at > row.at:
        values["track"] = row.track | {
            "title": call.title,
            "url": call.url,
            "funders": list(call.funders),
            "closes_on": call.closes_on.isoformat() if call.closes_on else None,
            "rate_max": call.rate_max,
            "amount_max": call.amount_max,
            "closed": call.closed,
        }
    return Forwarded(**values)


async def save_forwarded(session: AsyncSession, one: Forwarded) -> None:
    await session.merge(ForwardedRow(**{name.name: getattr(one, name.name) for name in fields(Forwarded)}))
    await session.flush()


async def forget_forwarded(session: AsyncSession, candidacies: Collection[UUID]) -> None:
    """Erase what was passed on for these candidacies."""
    await session.exec(delete(ForwardedRow).where(col(ForwardedRow.candidacy_id).in_(candidacies)))


async def save_decoding(session: AsyncSession, call_key: str, edition: int, decoding: dict[str, str]) -> None:
    """Keep what people wrote of a call, unless a later edition is here; each part is one harmless line."""
    row = await session.get(DecodedCallRow, call_key)
    if row is None or edition > row.edition:
        words = {name: one_line(part) for name, part in decoding.items()}
        await session.merge(DecodedCallRow(call_key=call_key, edition=edition, decoding=words))


async def decoding(session: AsyncSession, call_key: str) -> dict[str, str]:
    """What people wrote of a call; empty where nobody did."""
    row = await session.get(DecodedCallRow, call_key)
    return dict(row.decoding) if row else {}


async def mute(session: AsyncSession, recipient: str, subject: Optional, at: datetime) -> None:
    """Write to this recipient no more about this."""
    await session.merge(MuteRow(recipient=recipient, subject=subject, at=at))


async def unmute(session: AsyncSession, recipient: str, subject: Optional) -> None:
    """Write to this recipient about this again."""
    await session.exec(delete(MuteRow).where(col(MuteRow.recipient) == recipient, col(MuteRow.subject) == subject))


async def is_muted(session: AsyncSession, recipient: str, subject: Optional) -> bool:
    """Whether this recipient does not want to be written about this."""
    return await session.get(MuteRow, (recipient, subject)) is not None
