"""Waves as rows, and the counter that gives each dossier of a year the next number."""

from datetime import UTC
from uuid import UUID

from sqlalchemy import delete, text
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from intake.domain.wave import Calendar, Wave
from intake.store.constraints import spoken
from intake.tables import PreparedWaveRow, WaveRow


async def add_wave(session: AsyncSession, wave: Wave) -> None:
    """Raises `Refused` where another wave is open."""
    async with spoken():
        session.add(_row(wave))
        await session.flush()


async def save_wave(session: AsyncSession, wave: Wave) -> None:
    """Write the changed fields of a wave that was loaded."""
    await session.merge(_row(wave))


async def wave_to_change(session: AsyncSession, wave_id: UUID) -> Wave | None:
    """The wave, held until the end of the transaction."""
    row = (await session.exec(select(WaveRow).where(WaveRow.id == wave_id).with_for_update())).first()
    return _wave(row) if row else None


async def open_wave(session: AsyncSession) -> Wave | None:
    """The wave that is announced or taking dossiers; there is at most one."""
    row = (await session.exec(select(WaveRow).where(WaveRow.state == "ouverte"))).first()
    return _wave(row) if row else None


async def last_wave(session: AsyncSession) -> Wave | None:
    """The wave that a dossier sent now would belong to: the open one, else the one that closed last."""
    query = select(WaveRow).order_by(col(WaveRow.state).desc(), col(WaveRow.closes_at).desc())  # open before closed
    row = (await session.exec(query)).first()
    return _wave(row) if row else None


async def all_waves(session: AsyncSession) -> list[Wave]:
    """Every wave, the latest first."""
    rows = await session.exec(select(WaveRow).order_by(col(WaveRow.opens_at).desc()))
    return [_wave(row) for row in rows]


async def next_rank(session: AsyncSession, year: int) -> int:
    """The next dossier number of `year`: 1, 2, 3… Its row stays locked until the end of the transaction."""
    statement = text(
        "INSERT INTO counter (year, last) VALUES (:year, 1) "
        "ON CONFLICT (year) DO UPDATE SET last = counter.last + 1 RETURNING last"
    )
    rank = await (await session.connection()).scalar(statement, {"year": year})
    return int(rank)


async def prepare(session: AsyncSession, wave: Wave) -> None:
    """Keep a wave to come."""
    calendar = wave.calendar
    session.add(
        PreparedWaveRow(
            id=wave.id,
            title=calendar.title,
            opens_at=calendar.opens_at.astimezone(UTC),
            closes_at=calendar.closes_at.astimezone(UTC),
            quota=calendar.quota,
            by=wave.opened_by,
        )
    )
    await session.flush()


async def prepared(session: AsyncSession) -> list[Wave]:
    """The waves to come, the next first."""
    query = select(PreparedWaveRow).order_by(col(PreparedWaveRow.opens_at), col(PreparedWaveRow.id))
    return [_to_come(row) for row in await session.exec(query)]


async def prepared_to_change(session: AsyncSession, wave_id: UUID) -> Wave | None:
    """A wave to come, held until the end of the transaction."""
    query = select(PreparedWaveRow).where(PreparedWaveRow.id == wave_id).with_for_update()
    row = (await session.exec(query)).first()
    return _to_come(row) if row else None


async def drop_prepared(session: AsyncSession, wave_id: UUID) -> None:
    """Forget a wave to come."""
    await session.exec(delete(PreparedWaveRow).where(col(PreparedWaveRow.id) == wave_id))


def _to_come(row: PreparedWaveRow) -> Wave:
    return Wave(row.id, Calendar(row.title, row.opens_at, row.closes_at, row.quota), row.by)


def _wave(row: WaveRow) -> Wave:
    calendar = Calendar(row.title, row.opens_at, row.closes_at, row.quota)
    return Wave(row.id, calendar, row.opened_by, row.closed_at)


def _row(wave: Wave) -> WaveRow:
    return WaveRow(
        id=wave.id,
        title=wave.calendar.title,
        opens_at=wave.calendar.opens_at.astimezone(UTC),
        closes_at=wave.calendar.closes_at.astimezone(UTC),
        quota=wave.calendar.quota,
        opened_by=wave.opened_by,
        state="ouverte" if wave.is_open else "close",
        closed_at=wave.closed_at,
    )
