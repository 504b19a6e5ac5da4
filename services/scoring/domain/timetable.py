"""When each dossier is spoken of: the clock follows from a start, minutes a dossier and pauses, never from hand.

What divides comes first and has the whole time; what is agreed on is read and confirmed in SHORT minutes.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from scoring.domain.sittings import Frozen

SHORT = 5
LONGEST_SPELL = 90
"""Minutes after which people need a pause."""


@dataclass(frozen=True, slots=True)
class Pace:
    """When the meeting begins (with its zone), minutes a dossier, minutes a pause; no pause at 0."""

    begins: datetime
    each: int
    pause: int


@dataclass(frozen=True, slots=True)
class Slot:
    """A dossier's time, with the points to discuss; a pause has no dossier."""

    begins: datetime
    minutes: int
    frozen: Frozen | None
    points: int = 0

    @property
    def ends(self) -> datetime:
        return self.begins + timedelta(minutes=self.minutes)


def ordered(dossiers: Iterable[Frozen], strongest_first: Sequence[str]) -> list[Frozen]:
    """The dossiers in the order of their strongest point, then those that divide nobody."""
    places = {dossier: place for place, dossier in reversed(list(enumerate(strongest_first)))}
    return sorted(dossiers, key=lambda one: (places.get(str(one.candidacy_id), len(strongest_first)), one.number))


def timetable(dossiers: Iterable[Frozen], points: Mapping[str, int], pace: Pace) -> list[Slot]:
    """The slots of a meeting; a pause comes before the dossier that would make a spell too long, never last."""
    slots: list[Slot] = []
    at, spell = pace.begins, 0
    for frozen in dossiers:
        found = points.get(str(frozen.candidacy_id), 0)
        minutes = pace.each if found else min(SHORT, pace.each)
        if pace.pause and spell and spell + minutes > LONGEST_SPELL:
            slots.append(Slot(at, pace.pause, None))
            at, spell = slots[-1].ends, 0
        slots.append(Slot(at, minutes, frozen, found))
        at, spell = slots[-1].ends, spell + minutes
    return slots
