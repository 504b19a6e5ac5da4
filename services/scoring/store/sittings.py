"""Sittings, their frozen dossiers and their seats. A sitting that is going to change is locked first."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from kernel.contracts.intake import Project
from scoring.domain import grids
from scoring.domain.sittings import Frozen, Phase, Seat, Sitting
from scoring.tables import FrozenRow, SeatRow, SittingActRow, SittingRow


@dataclass(frozen=True, slots=True)
class Act:
    """What staff did in a sitting."""

    at: datetime
    by: str
    what: str
    reason: str


async def add(session: AsyncSession, sitting: Sitting, projects: Mapping[UUID, Project]) -> None:
    """Write a new sitting with its dossiers as they are now."""
    session.add(
        SittingRow(
            id=sitting.id,
            wave_id=sitting.wave_id,
            committee=sitting.committee,
            grid=sitting.grid.as_data(),
            grid_version=sitting.grid.version,
            phase=sitting.phase.value,
            seed=sitting.seed,
            opened_at=sitting.opened_at,
            opened_by=sitting.opened_by,
            marks_until=sitting.marks_until,
            meets_on=sitting.meets_on,
        )
    )
    await session.flush()
    for frozen in sitting.dossiers:
        project = projects[frozen.candidacy_id].model_dump(mode="json")
        row = FrozenRow(
            sitting_id=sitting.id,
            candidacy_id=frozen.candidacy_id,
            number=frozen.number,
            revision=frozen.revision,
            project=project,
        )
        session.add(row)
    await session.flush()


async def load(session: AsyncSession, sitting_id: UUID, *, lock: bool = False, hold: bool = False) -> Sitting | None:
    """A sitting; `lock` when it is going to change, `hold` when it must not until the end of the transaction."""
    statement = select(SittingRow).where(col(SittingRow.id) == sitting_id)
    if lock or hold:
        statement = statement.with_for_update(read=hold)
    row = (await session.exec(statement)).one_or_none()
    return (await _sittings(session, [row]))[0] if row else None


async def listed(session: AsyncSession, wave_id: UUID | None = None) -> list[Sitting]:
    """The sittings of a wave, or of all, the newest first."""
    statement = select(SittingRow).order_by(col(SittingRow.opened_at).desc(), col(SittingRow.committee))
    if wave_id is not None:
        statement = statement.where(col(SittingRow.wave_id) == wave_id)
    return await _sittings(session, (await session.exec(statement)).all())


async def set_phase(session: AsyncSession, sitting_id: UUID, phase: Phase) -> None:
    """Turn a locked sitting to its next phase."""
    row = await session.get_one(SittingRow, sitting_id)
    row.phase = phase.value


async def project(session: AsyncSession, sitting_id: UUID, candidacy_id: UUID) -> Project | None:
    """What the porteur had written when the sitting opened."""
    row = await session.get(FrozenRow, (sitting_id, candidacy_id))
    return Project.model_validate(row.project) if row else None


async def add_seat(session: AsyncSession, seat: Seat) -> None:
    """Write a new seat."""
    session.add(_seat_row(seat))
    await session.flush()


async def take(session: AsyncSession, seat: Seat) -> None:
    """Write who came to an awaited seat."""
    row = await session.get_one(SeatRow, seat.id)
    row.person, row.came_at = seat.person, seat.came_at
    await session.flush()


async def seats(session: AsyncSession, sitting_id: UUID) -> list[Seat]:
    """The seats of a sitting by name, those of one name by their place in the draw."""
    statement = select(SeatRow).where(col(SeatRow.sitting_id) == sitting_id)
    ordered = statement.order_by(col(SeatRow.name), col(SeatRow.seed), col(SeatRow.id))
    return [_seat(row) for row in (await session.exec(ordered)).all()]


async def seat_of(session: AsyncSession, sitting_id: UUID, person: str, *, lock: bool = False) -> Seat | None:
    """The seat that a person took, locked when their marks are going to change."""
    statement = select(SeatRow).where(col(SeatRow.sitting_id) == sitting_id, col(SeatRow.person) == person)
    row = (await session.exec(statement.with_for_update() if lock else statement)).one_or_none()
    return _seat(row) if row else None


async def note(session: AsyncSession, sitting_id: UUID, act: Act) -> None:
    """Add a line to what staff did."""
    session.add(SittingActRow(sitting_id=sitting_id, at=act.at, by=act.by, what=act.what, reason=act.reason))


async def acts(session: AsyncSession, sitting_id: UUID) -> list[Act]:
    """What staff did, the oldest first."""
    statement = select(SittingActRow).where(col(SittingActRow.sitting_id) == sitting_id)
    rows = (await session.exec(statement.order_by(col(SittingActRow.id)))).all()
    return [Act(row.at, row.by, row.what, row.reason) for row in rows]


async def _sittings(session: AsyncSession, rows: Iterable[Any]) -> list[Sitting]:
    rows = list(rows)
    statement = select(FrozenRow).where(col(FrozenRow.sitting_id).in_([row.id for row in rows]))
    frozen: dict[UUID, list[Frozen]] = {}
    for row in (await session.exec(statement.order_by(col(FrozenRow.number)))).all():
        frozen.setdefault(row.sitting_id, []).append(_frozen(row))
    return [_sitting(row, tuple(frozen.get(row.id, ()))) for row in rows]


def _sitting(row: Any, dossiers: tuple[Frozen, ...]) -> Sitting:
    """The sitting of a row, whose codes the database keeps to the domain's lists."""
    return Sitting(
        id=row.id,
        wave_id=row.wave_id,
        committee=row.committee,
        grid=grids.read(row.grid),
        phase=Phase(row.phase),
        seed=row.seed,
        opened_at=row.opened_at,
        opened_by=row.opened_by,
        marks_until=row.marks_until,
        meets_on=row.meets_on,
        dossiers=dossiers,
    )


def _frozen(row: FrozenRow) -> Frozen:
    return _shown(row.candidacy_id, row.number, row.project, row.revision)


def frozen_of(candidacy_id: UUID, number: str, project: Project) -> Frozen:
    """What a sitting shows of a dossier in its lists."""
    written = project.model_dump(mode="json")
    return _shown(candidacy_id, number, written, grids.revision(written))


def _shown(candidacy_id: UUID, number: str, project: Mapping[str, Any], revision: str) -> Frozen:
    """From a project as we wrote it; lists are read at each mark, and ask for no more than they show."""
    return Frozen(
        candidacy_id=candidacy_id,
        number=number,
        title=project["title"],
        porteur=project["porteur"],
        commune=project["commune_name"],
        revision=revision,
        funders=tuple(line["funder"] for line in project["plan"]),
    )


def _seat_row(seat: Seat) -> SeatRow:
    return SeatRow(
        id=seat.id,
        sitting_id=seat.sitting_id,
        person=seat.person,
        name=seat.name,
        seed=seat.seed,
        came_at=seat.came_at,
    )


def _seat(row: SeatRow) -> Seat:
    return Seat(row.id, row.sitting_id, row.person, row.name, row.seed, row.came_at)
