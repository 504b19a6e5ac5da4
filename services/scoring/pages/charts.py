"""Charts are lines and places, computed here and drawn by the templates; a table always says the same in figures.

Places on a bar are in percent, so that a chart needs no script to fit a phone.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from scoring.domain.grids import TOP

RADIUS = 130.0
CENTRE = 180.0
LABELS = 158.0


def percent(value: float) -> float:
    """The place of a mark on a line from 0 to the highest level, with a margin for the ends."""
    return round(3 + 94 * min(max(value, 0.0), float(TOP)) / TOP, 2)


TICKS = tuple((level, percent(level)) for level in range(TOP + 1))


@dataclass(frozen=True, slots=True)
class Spoke:
    """An axis of a radar: its number, its end, and where the number stands."""

    number: int
    x: float
    y: float
    label_x: float
    label_y: float


@dataclass(frozen=True, slots=True)
class Overlay:
    """A committee's line; `points` are for a polygon, `places` for its marks."""

    name: str
    points: str
    places: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Radar:
    """Everything that the template draws in a square of 360."""

    rings: tuple[str, ...]
    spokes: tuple[Spoke, ...]
    overlays: tuple[Overlay, ...]


def radar(count: int, lines: Mapping[str, Sequence[float | None]]) -> Radar:
    """`lines`: by name, a value on the scale for each of `count` axes; what is None leaves its point out."""
    rings = tuple(
        _points([_place(n, count, RADIUS * level / TOP) for n in range(count)]) for level in range(1, TOP + 1)
    )
    spokes = tuple(Spoke(n + 1, *_place(n, count, RADIUS), *_place(n, count, LABELS)) for n in range(count))
    overlays = []
    for name, values in lines.items():
        places = [_place(n, count, RADIUS * value / TOP) for n, value in enumerate(values) if value is not None]
        overlays.append(Overlay(name, _points(places), tuple(places)))
    return Radar(rings, spokes, tuple(overlays))


def _place(number: int, count: int, distance: float) -> tuple[float, float]:
    angle = 2 * math.pi * number / count - math.pi / 2
    return round(CENTRE + distance * math.cos(angle), 1), round(CENTRE + distance * math.sin(angle), 1)


def _points(places: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{x},{y}" for x, y in places)
