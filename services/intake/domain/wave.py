"""A wave takes dossiers between two moments, once; it closes when its time has truly come, not when told."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from intake.domain.refusals import NoOpenWave, Refused, permits
from kernel.contracts.intake import WaveClosed, WaveOpened

LONGEST = timedelta(days=3 * 366)
"""A calendar beyond this is a slip of the keyboard."""
LARGEST_QUOTA = 500


@dataclass(frozen=True, slots=True)
class Calendar:
    """What staff ask for. Moments are aware; seconds are kept, fractions are not."""

    title: str
    opens_at: datetime
    closes_at: datetime
    quota: int


@dataclass(frozen=True, slots=True)
class Wave:
    """A call for candidacies. `closed_at` is None as long as it has not been closed."""

    id: UUID
    calendar: Calendar
    opened_by: str
    closed_at: datetime | None = None

    @property
    def is_open(self) -> bool:
        """Whether it is the current wave: announced or taking dossiers."""
        return self.closed_at is None


def check_calendar(calendar: Calendar, at: datetime) -> None:
    """Refuse a calendar that nobody could apply in."""
    if not calendar.title.strip():
        raise Refused("Donnez un titre à la vague.")
    if calendar.closes_at <= calendar.opens_at:
        raise Refused("La vague doit se terminer après son ouverture.")
    if calendar.closes_at <= at:
        raise Refused("La date de clôture est déjà passée : choisissez-en une à venir.")
    if calendar.closes_at > at + LONGEST:
        raise Refused("La clôture est dans plus de trois ans : vérifiez l’année.")
    if not 1 <= calendar.quota <= LARGEST_QUOTA:
        raise Refused(f"Le nombre de dossiers retenus doit être compris entre 1 et {LARGEST_QUOTA}.")


def open_wave(wave_id: UUID, calendar: Calendar, by: str, at: datetime) -> tuple[Wave, list[WaveOpened]]:
    """A new wave and what is told of it."""
    check_calendar(calendar, at)
    exact = replace(
        calendar,
        opens_at=calendar.opens_at.replace(microsecond=0),
        closes_at=calendar.closes_at.replace(microsecond=0),
    )
    told = WaveOpened(
        wave_id=wave_id,
        title=exact.title,
        opens_at=exact.opens_at,
        closes_at=exact.closes_at,
        quota=exact.quota,
    )
    return Wave(wave_id, exact, by), [told]


def check_follows(calendar: Calendar, current: Wave) -> None:
    """Refuse a wave to come that would open while the current one still takes dossiers."""
    if calendar.opens_at < current.calendar.closes_at:
        raise Refused(
            "Une vague est déjà ouverte : la suivante peut être préparée, si elle s’ouvre après sa clôture "
            f"({current.calendar.closes_at:%d/%m/%Y})."
        )


def is_due(wave: Wave, at: datetime) -> bool:
    """Whether the wave is to be closed now."""
    return wave.is_open and at >= wave.calendar.closes_at


def close(wave: Wave, at: datetime) -> tuple[Wave, list[WaveClosed]]:
    """The wave after its closing time; unchanged, and nothing told, before it or a second time."""
    if not is_due(wave, at):
        return wave, []
    return replace(wave, closed_at=at), [WaveClosed(wave_id=wave.id, closed_at=at)]


def check_takes_dossiers(wave: Wave | None, at: datetime) -> Wave:
    """The wave that takes a dossier now; refuses where there is none."""
    if wave is None or not wave.is_open:
        raise NoOpenWave("Aucune vague de candidatures n’est ouverte en ce moment.")
    if at < wave.calendar.opens_at:
        raise NoOpenWave(f"La vague « {wave.calendar.title} » n’est pas encore ouverte.")
    if at >= wave.calendar.closes_at:
        raise NoOpenWave(f"La vague « {wave.calendar.title} » est close.")
    return wave


def check_receives(wave: Wave | None, at: datetime, late: timedelta) -> tuple[Wave, bool]:
    """The wave that a dossier sent now belongs to, and whether it comes late; refuses where it is too late too.

    A late dossier is received all the same: whether it is taken is for the team to say.
    """
    if wave is not None and wave.calendar.closes_at <= at < wave.calendar.closes_at + late:
        return wave, True
    return check_takes_dossiers(wave, at), False


def receives(wave: Wave | None, at: datetime, late: timedelta) -> bool:
    """Whether a dossier sent now is received, late or not."""
    return permits(check_receives, wave, at, late)


def extend(wave: Wave, closes_at: datetime, at: datetime) -> Wave:
    """The wave with a later closing. Refuses one that would shorten it, or that nobody could keep."""
    if not wave.is_open:
        raise Refused("Cette vague est close : ouvrez-en une nouvelle, ou acceptez les dossiers reçus hors délai.")
    later = replace(wave.calendar, closes_at=closes_at.replace(microsecond=0))
    if later.closes_at <= wave.calendar.closes_at:
        raise Refused("La nouvelle clôture doit venir après celle qui est annoncée : des porteurs comptent dessus.")
    check_calendar(later, at)
    return replace(wave, calendar=later)


def takes_dossiers(wave: Wave | None, at: datetime) -> bool:
    """Whether a dossier may be sent now."""
    return permits(check_takes_dossiers, wave, at)
