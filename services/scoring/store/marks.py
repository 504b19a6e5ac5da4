"""Marks, the moments at which they were given, and ties; whole books are read with a fixed number of queries."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from scoring.domain.books import Book
from scoring.domain.marks import Given, Mark, Round
from scoring.domain.sittings import Declared, Juror, Seat, Sitting, Tie
from scoring.domain.states import State
from scoring.store import sittings
from scoring.tables import BallotRow, DossierRow, MarkRow, TieRow

NOBODY = UUID(int=0)
STILL_THERE = (State.EN_INSTRUCTION.value, State.DECIDE.value)


@dataclass(frozen=True, slots=True)
class Place:
    """Where marks stand: a seat and a dossier."""

    seat_id: UUID
    candidacy_id: UUID


async def book(session: AsyncSession, sitting: Sitting, *seats: UUID) -> Book:
    """Everything about a sitting, or about some of its seats alone."""
    found = [seat for seat in await sittings.seats(session, sitting.id) if not seats or seat.id in seats]
    ids = [seat.id for seat in found]
    return Book(
        sitting=sitting,
        seats=tuple(found),
        ties=await _ties(session, ids),
        given=await _given(session, ids),
        gone=await _gone(session, [frozen.candidacy_id for frozen in sitting.dossiers]),
    )


async def books_of(session: AsyncSession, juror: Juror) -> list[tuple[Book, Seat | None]]:
    """The sittings of a juror's committee, the newest first, each with their own seat and marks alone."""
    found: list[tuple[Book, Seat | None]] = []
    for sitting in await sittings.listed(session):
        if juror.sits_in(sitting):
            seat = await sittings.seat_of(session, sitting.id, juror.key)
            found.append((await book(session, sitting, seat.id if seat else NOBODY), seat))
    return found


async def set_tie(session: AsyncSession, place: Place, tie: Tie, note: str, at: datetime) -> None:
    """Write what a juror says of their ties, in the place of what they said before."""
    key = {"seat_id": place.seat_id, "candidacy_id": place.candidacy_id}
    await session.merge(TieRow(**key, kind=tie, note=note, at=at, lifted_at=None, lifted_by=None, lifted_reason=None))
    await session.flush()


async def lift_tie(session: AsyncSession, place: Place, at: datetime, by: str, reason: str) -> None:
    """Write that staff set a tie aside, and why."""
    row = await session.get_one(TieRow, (place.seat_id, place.candidacy_id))
    row.lifted_at, row.lifted_by, row.lifted_reason = at, by, reason
    await session.flush()


async def save(session: AsyncSession, place: Place, number: Round, marks: Mapping[str, Mark], at: datetime) -> None:
    """Write marks, in the place of those of the same questions. The seat is held by the caller."""
    if not marks:
        return
    key = {"seat_id": place.seat_id, "candidacy_id": place.candidacy_id, "round": number}
    written = select(MarkRow).filter_by(**key).where(col(MarkRow.question).in_(list(marks)))
    rows = {row.question: row for row in await session.exec(written)}
    for question, mark in marks.items():
        row = rows.get(question) or MarkRow(**key, question=question)
        row.value, row.applies, row.reason, row.at = mark.value, mark.applies, mark.reason, at
        session.add(row)
    await session.flush()


async def give(session: AsyncSession, place: Place, number: Round, at: datetime) -> None:
    """Write that the marks of a round are given; the last moment counts."""
    key = {"seat_id": place.seat_id, "candidacy_id": place.candidacy_id, "round": number}
    await session.merge(BallotRow(**key, given_at=at))
    await session.flush()


async def _ties(session: AsyncSession, seats: Iterable[UUID]) -> dict[tuple[UUID, UUID], Declared]:
    statement = select(TieRow).where(col(TieRow.seat_id).in_(list(seats)))
    rows: Iterable[Any] = (await session.exec(statement)).all()
    return {
        (row.seat_id, row.candidacy_id): Declared(row.kind, row.note, row.at, row.lifted_at is not None) for row in rows
    }


async def _given(session: AsyncSession, seats: Iterable[UUID]) -> dict[tuple[UUID, UUID, int], Given]:
    ids = list(seats)
    marks: dict[tuple[UUID, UUID, int], dict[str, Mark]] = {}
    columns = (
        MarkRow.seat_id,
        MarkRow.candidacy_id,
        MarkRow.round,
        MarkRow.question,
        MarkRow.value,
        MarkRow.applies,
        MarkRow.reason,
    )
    written = select(*columns).where(col(MarkRow.seat_id).in_(ids))  # type: ignore[call-overload]  # seven columns
    for seat, dossier, number, question, *mark in await session.exec(written):
        marks.setdefault((seat, dossier, number), {})[question] = Mark(*mark)
    ballots = (await session.exec(select(BallotRow).where(col(BallotRow.seat_id).in_(ids)))).all()
    moments = {(row.seat_id, row.candidacy_id, row.round): row.given_at for row in ballots}
    return {key: Given(marks.get(key, {}), moments.get(key)) for key in {*marks, *moments}}


async def _gone(session: AsyncSession, candidacies: list[UUID]) -> frozenset[UUID]:
    statement = select(DossierRow.candidacy_id).where(
        col(DossierRow.candidacy_id).in_(candidacies), col(DossierRow.state).not_in(STILL_THERE)
    )
    return frozenset((await session.exec(statement)).all())
