"""Waves open when staff say so and close when their time has come; the closing is an appointment."""

from datetime import datetime, timedelta
from uuid import UUID, uuid4

from intake.domain import wave as waves
from intake.domain.dossier import check_reason
from intake.domain.wave import Calendar, Wave
from intake.handlers import reminding
from intake.handlers.acts import keep_acts
from intake.handlers.retention import appoint
from intake.store import waves as wave_store
from kernel.contracts.intake import WaveClosingDue
from kernel.contracts.intake_life import WaveExtended, WaveOpeningDue
from kernel.runtime.database import Work

SECOND = timedelta(seconds=1)


class UnknownWave(LookupError):
    """No wave has this identifier."""


async def open_wave(work: Work, calendar: Calendar, by: str) -> Wave:
    """Staff open a wave; its closing is an appointment. Raises `Refused`."""
    wave, events = waves.open_wave(uuid4(), calendar, by, work.at)
    await wave_store.add_wave(work.session, wave)
    work.record(*events)
    _appoint(work, wave)
    return wave


async def plan_wave(work: Work, calendar: Calendar, by: str) -> bool:
    """Staff open a wave or, while another is open, prepare the next; True where it is open. Raises `Refused`."""
    current = await wave_store.open_wave(work.session)
    if current is None:
        await open_wave(work, calendar, by)
        return True
    waves.check_calendar(calendar, work.at)
    waves.check_follows(calendar, current)
    wave = Wave(uuid4(), calendar, by)
    await wave_store.prepare(work.session, wave)
    work.later(WaveOpeningDue(wave_id=wave.id), calendar.opens_at, wave.id.hex)
    return False


async def come_open(work: Work, wave_id: UUID) -> None:
    """The opening day came: the prepared wave opens if its time has come and no other is open, else later.

    A wave whose closing passed too, while nobody was there, is left out: nobody could apply in it.
    """
    wave = await wave_store.prepared_to_change(work.session, wave_id)
    if wave is None:
        return
    current = await wave_store.open_wave(work.session)
    first = max(wave.calendar.opens_at, current.calendar.closes_at + SECOND if current else work.at)
    if current is not None or work.at < first:
        work.later(WaveOpeningDue(wave_id=wave_id), max(first, work.at + SECOND), wave_id.hex)
        return
    await wave_store.drop_prepared(work.session, wave_id)
    if work.at < wave.calendar.closes_at:
        opened, events = waves.open_wave(wave_id, wave.calendar, wave.opened_by, work.at)
        await wave_store.add_wave(work.session, opened)
        work.record(*events)
        _appoint(work, opened)


async def drop_prepared(work: Work, wave_id: UUID) -> None:
    """Staff give a wave to come up; its appointment finds nothing."""
    await wave_store.drop_prepared(work.session, wave_id)


async def extend_wave(work: Work, wave_id: UUID, closes_at: datetime, by: str, reason: str) -> Wave:
    """Staff give more time: the closing and its appointment move. Raises `Refused`, `UnknownWave`."""
    wave = await wave_store.wave_to_change(work.session, wave_id)
    if wave is None:
        raise UnknownWave(f"no wave {wave_id}: follow a link of the list")
    check_reason(reason)
    extended = waves.extend(wave, closes_at, work.at)
    await wave_store.save_wave(work.session, extended)
    work.record(WaveExtended(wave_id=wave_id, closes_at=extended.calendar.closes_at, by=by, reason=reason, at=work.at))
    _appoint(work, extended)
    return extended


async def close_wave(work: Work, wave_id: UUID) -> None:
    """The appointment came: close the wave if its time has, else make the appointment again."""
    wave = await wave_store.wave_to_change(work.session, wave_id)
    if wave is None or not wave.is_open:
        return
    if not waves.is_due(wave, work.at):
        _appoint(work, wave)
        return
    closed, events = waves.close(wave, work.at)
    await wave_store.save_wave(work.session, closed)
    work.record(*events)


async def keep_appointments(work: Work) -> None:
    """At start: what came due meanwhile is done (the wave closed, acts), else its appointment is made again, and that
    of what was kept long enough."""
    appoint(work)
    await keep_acts(work)
    await reminding.keep(work)
    wave = await wave_store.open_wave(work.session)
    if wave is not None:
        await close_wave(work, wave.id)
    for prepared in await wave_store.prepared(work.session):
        await come_open(work, prepared.id)


def _appoint(work: Work, wave: Wave) -> None:
    """Ask to be told at closing time; a second from now where a clock ahead of ours told us too early."""
    at = max(wave.calendar.closes_at, work.at + SECOND)
    work.later(WaveClosingDue(wave_id=wave.id), at, wave.id.hex)
