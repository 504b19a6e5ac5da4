"""Waves open when staff say so and close when their time has come; the closing is an appointment."""

from datetime import datetime, timedelta
from uuid import UUID, uuid4

from intake.domain import wave as waves
from intake.domain.dossier import check_reason
from intake.domain.draft import KEPT
from intake.domain.wave import Calendar, Wave
from intake.handlers.acts import keep_acts
from intake.store import drafts
from intake.store import waves as wave_store
from kernel.contracts.intake import WaveClosingDue
from kernel.contracts.intake_life import WaveExtended
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
    """At start: what came due meanwhile is done (the wave closed, acts), else its appointment is made again; old
    drafts go."""
    await drafts.drop_untouched(work.session, work.at - KEPT)
    await keep_acts(work)
    wave = await wave_store.open_wave(work.session)
    if wave is not None:
        await close_wave(work, wave.id)


def _appoint(work: Work, wave: Wave) -> None:
    """Ask to be told at closing time; a second from now where a clock ahead of ours told us too early."""
    at = max(wave.calendar.closes_at, work.at + SECOND)
    work.later(WaveClosingDue(wave_id=wave.id), at, wave.id.hex)
