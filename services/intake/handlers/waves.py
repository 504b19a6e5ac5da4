"""Waves open when staff say so and close when their time has come; the closing is an appointment."""

from datetime import timedelta
from uuid import UUID, uuid4

from intake.domain import wave as waves
from intake.domain.draft import KEPT
from intake.domain.wave import Calendar, Wave
from intake.store import drafts
from intake.store import waves as wave_store
from kernel.contracts.intake import WaveClosingDue
from kernel.runtime.database import Work

SECOND = timedelta(seconds=1)


async def open_wave(work: Work, calendar: Calendar, by: str) -> Wave:
    """Staff open a wave; its closing is an appointment. Raises `Refused`."""
    wave, events = waves.open_wave(uuid4(), calendar, by, work.at)
    await wave_store.add_wave(work.session, wave)
    work.record(*events)
    _appoint(work, wave)
    return wave


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
    """At start: the open wave is closed if its time passed meanwhile, else its appointment is made again; old
    drafts go."""
    await drafts.drop_untouched(work.session, work.at - KEPT)
    wave = await wave_store.open_wave(work.session)
    if wave is not None:
        await close_wave(work, wave.id)


def _appoint(work: Work, wave: Wave) -> None:
    """Ask to be told at closing time; a second from now where a clock ahead of ours told us too early."""
    at = max(wave.calendar.closes_at, work.at + SECOND)
    work.later(WaveClosingDue(wave_id=wave.id), at, wave.id.hex)
