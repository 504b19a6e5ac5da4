"""Pairs of calls that look like one: found, decided, undone; and which call is shown for which."""

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, cast
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import delete
from sqlmodel import col, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession

from funding_watch.domain.duplicates import Face, Kind, Likeness, shown_first
from funding_watch.store.dialect import insert
from funding_watch.tables import CallChangeRow, CallRow, DuplicateRow

NAMESPACE = uuid.UUID("2b8f0a77-3d52-5a6d-8a43-0f4f6e0c9b18")
"""Of the ids of pairs: the same two calls have the same id, whoever finds them first."""

State = Literal["propose", "meme", "distinct"]


@dataclass(frozen=True, slots=True)
class Pair:
    """Two calls that look like one and what became of it."""

    pair_id: UUID
    first: str
    second: str
    kind: Kind
    score: float
    evidence: tuple[str, ...]
    state: State = "propose"
    kept: str | None = None
    by: str | None = None
    decided_at: datetime | None = None
    reason: str | None = None

    @property
    def hidden(self) -> str | None:
        """The one that is no longer shown for itself."""
        return None if self.kept is None else self.second if self.kept == self.first else self.first


async def faces(session: AsyncSession) -> list[Face]:
    """What all calls are compared by; their texts stay where they are."""
    scale, codes, zone = (col(CallRow.record)[name] for name in ("perimeter_scale", "perimeter_codes", "timezone"))
    columns = (CallRow.key, CallRow.title, CallRow.funders, CallRow.url, CallRow.closes_at)
    rows = await session.exec(select(*columns, scale, codes, zone).order_by(col(CallRow.key)))  # type: ignore[call-overload]  # SQLModel types no more than four columns
    return [
        Face(
            key,
            title,
            tuple(funders),
            url,
            closes_at.astimezone(ZoneInfo(zone or "Europe/Paris")).date() if closes_at else None,
            scale or "autre",
            tuple(codes or ()),
        )
        for key, title, funders, url, closes_at, scale, codes, zone in rows
    ]


async def keep(session: AsyncSession, found: Sequence[Likeness], among: Collection[str], at: datetime) -> int:
    """Make `found` the suggestions about the calls `among`; what a person decided stays. How many are new."""
    standing = {(row.first, row.second): row for row in await _touching(session, among)}
    likely = {(one.first, one.second) for one in found}
    gone = [row.pair_id for pair, row in standing.items() if row.state == "propose" and pair not in likely]
    if gone:
        await session.exec(delete(DuplicateRow).where(col(DuplicateRow.id).in_(gone)))
    new = [one for one in found if (one.first, one.second) not in standing]
    for one in new:
        values = {
            "id": uuid.uuid5(NAMESPACE, f"{one.first}\n{one.second}"),
            "first_key": one.first,
            "second_key": one.second,
            "kind": one.kind,
            "score": one.score,
            "evidence": list(one.evidence),
            "found_at": at,
            "state": "propose",
        }
        await session.exec(insert(session, DuplicateRow).values(values).on_conflict_do_nothing())
    return len(new)


async def _touching(session: AsyncSession, keys: Collection[str]) -> list[Pair]:
    """The pairs that have one of these calls."""
    rows = await session.exec(select(DuplicateRow))
    return [_pair(row) for row in rows if row.first_key in keys or row.second_key in keys]


async def every(session: AsyncSession) -> list[Pair]:
    """All pairs, the likest first."""
    return [
        _pair(row)
        for row in await session.exec(
            select(DuplicateRow).order_by(
                col(DuplicateRow.score).desc(), DuplicateRow.first_key, DuplicateRow.second_key
            )
        )
    ]


async def of_call(session: AsyncSession, key: str) -> list[Pair]:
    """The pairs of one call."""
    query = select(DuplicateRow).where(or_(DuplicateRow.first_key == key, DuplicateRow.second_key == key))
    return [_pair(row) for row in await session.exec(query)]


async def one(session: AsyncSession, pair_id: UUID) -> Pair | None:
    """A pair, held until the end of the transaction; None when there is none."""
    row = (await session.exec(select(DuplicateRow).where(DuplicateRow.id == pair_id).with_for_update())).one_or_none()
    return _pair(row) if row else None


async def hidden(session: AsyncSession) -> dict[str, str]:
    """Each call that is not shown for itself → the one that is shown for it."""
    above: dict[str, list[str]] = {}
    for row in await session.exec(select(DuplicateRow).where(DuplicateRow.state == "meme")):
        pair = _pair(row)
        above.setdefault(pair.hidden or "", []).append(pair.kept or "")
    return {key: shown_first(above, key) for key in above}


async def write(session: AsyncSession, pair: Pair, at: datetime, *, by: str, reason: str) -> None:
    """Keep what a person decided of a pair, and a line in the history of both calls."""
    row = await session.get_one(DuplicateRow, pair.pair_id)
    row.state, row.kept_key = pair.state, pair.kept
    open_ = pair.state == "propose"
    row.decided_by, row.decided_at, row.reason = (None, None, None) if open_ else (by, at, reason)
    session.add(row)
    for mine, other in ((pair.first, pair.second), (pair.second, pair.first)):
        line = CallChangeRow(
            call_key=mine, at=at, kind=_TURNS[pair.state], field="duplicate", new=other, by=by, reason=reason
        )
        session.add(line)
    await session.flush()


_TURNS = {"meme": "merged", "distinct": "parted", "propose": "unmerged"}


def _pair(row: DuplicateRow) -> Pair:
    return Pair(
        row.id,
        row.first_key,
        row.second_key,
        cast("Kind", row.kind),
        row.score,
        tuple(row.evidence),
        cast("State", row.state),
        row.kept_key,
        row.decided_by,
        row.decided_at,
        row.reason,
    )
