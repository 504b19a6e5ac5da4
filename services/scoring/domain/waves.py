"""A wave is known by what intake told of it, its closing before its opening if the messages came so."""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from kernel.contracts.intake import WaveClosed, WaveOpened


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
    return replace(wave, title=fact.title, opens_at=fact.opens_at, closes_at=fact.closes_at, quota=fact.quota)


def learn_closing(wave: Wave, fact: WaveClosed) -> Wave:
    """The wave with the moment it closed; the first moment counts."""
    moments = [moment for moment in (wave.closed_at, fact.closed_at) if moment is not None]
    return replace(wave, closed_at=min(moments))
