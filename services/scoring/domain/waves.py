"""A wave is known by what intake told of it, its closing before its opening if the messages came so."""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from kernel.contracts.intake import WaveClosed, WaveOpened
from kernel.contracts.intake_life import WaveExtended


@dataclass(frozen=True, slots=True)
class Wave:
    """A call for candidacies; `title` and the dates are None until its opening is known."""

    wave_id: UUID
    title: str | None = None
    opens_at: datetime | None = None
    closes_at: datetime | None = None
    quota: int | None = None
    closed_at: datetime | None = None


def learn_opening(wave: Wave, fact: WaveOpened) -> Wave:
    """The wave with its calendar. A wave opens once: a repetition says the same."""
    closes_at = fact.closes_at if wave.closes_at is None else max(wave.closes_at, fact.closes_at)
    return replace(wave, title=fact.title, opens_at=fact.opens_at, closes_at=closes_at, quota=fact.quota)


def learn_extension(wave: Wave, fact: WaveExtended) -> Wave:
    """The wave with its later closing. A closing only moves later, so the latest counts, in any order."""
    return replace(wave, closes_at=fact.closes_at if wave.closes_at is None else max(wave.closes_at, fact.closes_at))


def learn_closing(wave: Wave, fact: WaveClosed) -> Wave:
    """The wave with the moment it closed; the first moment counts."""
    moments = [moment for moment in (wave.closed_at, fact.closed_at) if moment is not None]
    return replace(wave, closed_at=min(moments))
