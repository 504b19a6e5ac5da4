"""Live sessions, read with few and small queries: three hundred phones ask at once."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from scoring.domain import grids
from scoring.domain.grids import Grid
from scoring.domain.live import Live
from scoring.domain.marks import Mark
from scoring.domain.sittings import Phase, Seat
from scoring.store.marks import Place
from scoring.tables import BallotRow, FrozenRow, LiveRow, MarkRow, SeatRow, SittingRow

SEAT = ("id", "sitting_id", "person", "name", "seed", "came_at")


@dataclass(frozen=True, slots=True)
class Tally:
    """What a screen shows: devices that answered something, answers on the project; once revealed, the levels."""

    voices: int = 0
    answers: int = 0
    levels: dict[str, Counter[int | None]] = field(default_factory=dict)


async def of_sitting(session: AsyncSession, sitting_id: UUID, *, lock: bool = False) -> Live | None:
    """The live session of a sitting, locked when it is going to change."""
    statement = select(LiveRow).where(col(LiveRow.sitting_id) == sitting_id)
    row = (await session.exec(statement.with_for_update() if lock else statement)).one_or_none()
    return _live(row) if row else None


async def by_code(session: AsyncSession, code: str, *, hold: bool = False) -> Live | None:
    """The live session that a code opens; `hold` when it must not change until the end of the transaction."""
    statement = select(LiveRow).where(col(LiveRow.code) == code)
    row = (await session.exec(statement.with_for_update(read=True) if hold else statement)).one_or_none()
    return _live(row) if row else None


async def asked(session: AsyncSession, sitting_id: UUID) -> Grid:
    """The questions of a sitting, without its dossiers."""
    return grids.read((await session.exec(select(SittingRow.grid).where(col(SittingRow.id) == sitting_id))).one())


async def phase(session: AsyncSession, sitting_id: UUID) -> Phase:
    """Where the sitting is."""
    return Phase((await session.exec(select(SittingRow.phase).where(col(SittingRow.id) == sitting_id))).one())


async def give_all(session: AsyncSession, given: Mapping[Place, Mapping[str, Mark]], at: datetime) -> None:
    """Write what voices say of projects, in the place of what they said before: two statements, however many."""
    if not given:
        return
    keys = {p: {"seat_id": p.seat_id, "candidacy_id": p.candidacy_id, "round": 1} for p in given}
    rows = [
        {**keys[p], "question": code, "value": mark.value, "applies": mark.applies, "reason": mark.reason, "at": at}
        for p, marks in given.items()
        for code, mark in marks.items()
    ]
    await _upsert(session, MarkRow, rows, ("value", "applies", "reason", "at"))
    await _upsert(session, BallotRow, [{**key, "given_at": at} for key in keys.values()], ("given_at",))


async def _upsert(session: AsyncSession, table: type[Any], rows: list[dict[str, Any]], changes: Sequence[str]) -> None:
    statement = _insert(session, table).values(rows)
    found = [column.name for column in table.__table__.primary_key]
    set_ = {name: statement.excluded[name] for name in changes}
    await session.exec(statement.on_conflict_do_update(index_elements=found, set_=set_))


def _insert(session: AsyncSession, table: type[Any]) -> Any:
    return (postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert)(table)


async def title(session: AsyncSession, sitting_id: UUID, candidacy_id: UUID) -> tuple[str, str]:
    """What a project is called and whose it is, as they were frozen."""
    row = await session.get_one(FrozenRow, (sitting_id, candidacy_id))
    return str(row.project["title"]), str(row.project["porteur"])


async def save(session: AsyncSession, live: Live) -> None:
    """Write a live session."""
    row = LiveRow(
        sitting_id=live.sitting_id,
        code=live.code,
        is_open=live.is_open,
        current=live.current,
        revealed=live.revealed,
        presented=[str(one) for one in live.presented],
    )
    await session.merge(row)
    await session.flush()


async def seats_once(session: AsyncSession, seats: Sequence[Seat]) -> dict[tuple[UUID, str], Seat]:
    """By sitting and device, its seat: one of these, or the one that it has already; locked."""
    if not seats:
        return {}
    rows = [{name: getattr(seat, name) for name in SEAT} for seat in seats]
    await session.exec(_insert(session, SeatRow).values(rows).on_conflict_do_nothing())
    wanted = col(SeatRow.person).in_([seat.person for seat in seats])
    here = col(SeatRow.sitting_id).in_({seat.sitting_id for seat in seats})
    statement = select(SeatRow).where(here, wanted).order_by(col(SeatRow.person)).with_for_update()
    found: Sequence[Any] = (await session.exec(statement)).all()
    return {
        (row.sitting_id, row.person): Seat(row.id, row.sitting_id, row.person, row.name, row.seed, row.came_at)
        for row in found
    }


async def is_given(session: AsyncSession, place: Place) -> bool:
    """Whether a voice already answered about a project."""
    return await session.get(BallotRow, (place.seat_id, place.candidacy_id, 1)) is not None


async def answered(session: AsyncSession, sitting_id: UUID, person: str) -> set[UUID]:
    """The projects on which a device answered."""
    statement = (
        select(BallotRow.candidacy_id)
        .join(SeatRow, col(SeatRow.id) == col(BallotRow.seat_id))
        .where(col(SeatRow.sitting_id) == sitting_id, col(SeatRow.person) == person)
    )
    return set((await session.exec(statement)).all())


async def tally(session: AsyncSession, live: Live) -> Tally:
    """What the screen shows now; levels only of a project whose results are revealed."""
    here = col(SeatRow.sitting_id) == live.sitting_id
    voices = (await session.exec(select(func.count()).select_from(SeatRow).where(here))).one()
    if live.current is None:
        return Tally(voices)
    on_it = col(BallotRow.candidacy_id) == live.current
    ballots = select(func.count()).select_from(BallotRow).join(SeatRow, col(SeatRow.id) == col(BallotRow.seat_id))
    answers = (await session.exec(ballots.where(here, on_it))).one()
    return Tally(voices, answers, await _levels(session, live) if live.revealed else {})


async def _levels(session: AsyncSession, live: Live) -> dict[str, Counter[int | None]]:
    statement = (
        select(MarkRow.question, MarkRow.value, func.count())
        .join(SeatRow, col(SeatRow.id) == col(MarkRow.seat_id))
        .where(col(SeatRow.sitting_id) == live.sitting_id, col(MarkRow.candidacy_id) == live.current)
        .group_by(col(MarkRow.question), col(MarkRow.value))
    )
    found: dict[str, Counter[int | None]] = {}
    rows: Sequence[Any] = (await session.exec(statement)).all()
    for question, value, count in rows:
        found.setdefault(question, Counter())[value] += count
    return found


def _live(row: Any) -> Live:
    presented = tuple(UUID(one) for one in row.presented)
    return Live(row.sitting_id, row.code, row.is_open, row.current, row.revealed, presented)
