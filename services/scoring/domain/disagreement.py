"""The agenda is made of what people do not agree on, beyond what the scale's own noise explains.

Within a committee: the spread of the marks of one question on one dossier against the committee's usual spread.
Between committees: the gap of two means on an axis against the spread of both. What is agreed costs one line.
"""

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations

from kernel.contracts.scoring import Committee
from scoring.domain.scores import Sheet, juror_axis

ROUNDING = 1 / 12
"""The variance that a scale of whole levels adds by itself."""
NOTABLE = 1.645
"""Standard units beyond which one in twenty would go by chance."""


@dataclass(frozen=True, slots=True)
class Item:
    """Something to talk about; `strength` in standard units, `marks` from the lowest."""

    dossier: str
    question: str
    strength: float
    marks: tuple[int, ...]
    committees: tuple[Committee, ...]


def levels(sheet: Sheet, dossier: str, question: str) -> list[int]:
    """The marks of a cell, « sans objet » left out, sorted."""
    found = (answers.get(question) for answers in sheet.of(dossier).values())
    return sorted(level for level in found if level is not None)


def variance(values: Iterable[float]) -> float | None:
    """The unbiased variance; None of fewer than two values."""
    found = list(values)
    if len(found) < 2:
        return None
    middle = math.fsum(found) / len(found)
    return math.fsum((value - middle) ** 2 for value in found) / (len(found) - 1)


def usual(sheet: Sheet) -> float:
    """The committee's usual variance within a cell, never under that of the rounding."""
    cells = [levels(sheet, dossier, code) for dossier in sheet.marks for code in sheet.grid.codes]
    found = [(len(cell) - 1, spread) for cell in cells if (spread := variance(cell)) is not None]
    freedom = sum(count for count, _ in found)
    return max(sum(count * spread for count, spread in found) / freedom if freedom else 0.0, ROUNDING)


def within(sheet: Sheet) -> list[Item]:
    """The cells where the jurors of a committee differ, the strongest first."""
    noise = usual(sheet)
    found = []
    for dossier in sheet.marks:
        for code in sheet.grid.codes:
            cell = levels(sheet, dossier, code)
            spread = variance(cell)
            if spread is None or cell[-1] - cell[0] < 2:
                continue
            strength = excess(spread / noise, len(cell) - 1)
            if strength > NOTABLE:
                found.append(Item(dossier, code, strength, tuple(cell), (sheet.grid.committee,)))
    return sorted(found, key=lambda item: (-item.strength, item.dossier, item.question))


def excess(ratio: float, freedom: int) -> float:
    """How far a ratio of variances is above 1, in standard units (Wilson and Hilferty's cube root)."""
    part = 2 / (9 * freedom)
    return (math.cbrt(ratio) - (1 - part)) / math.sqrt(part)


def between(sheets: Mapping[Committee, Sheet], dossiers: Iterable[str]) -> list[Item]:
    """The axes on which two committees see a dossier differently, the strongest first; `question` is an axis."""
    found = [
        item
        for dossier in dossiers
        for one, other in combinations(sheets.values(), 2)
        for item in _gaps(one, other, dossier)
    ]
    return sorted(found, key=lambda item: (-item.strength, item.dossier, item.question))


def _gaps(one: Sheet, other: Sheet, dossier: str) -> Iterator[Item]:
    for part in one.grid.parts:
        mine, theirs = _axis(one, dossier, part.code), _axis(other, dossier, part.code)
        if len(mine) < 2 or len(theirs) < 2:
            continue
        gap = abs(math.fsum(mine) / len(mine) - math.fsum(theirs) / len(theirs))
        noise = sum(max(variance(cell) or 0.0, ROUNDING) / len(cell) for cell in (mine, theirs))
        strength = gap / math.sqrt(noise)
        if gap >= 1 and strength > NOTABLE:
            yield Item(dossier, part.code, strength, (), (one.grid.committee, other.grid.committee))


def _axis(sheet: Sheet, dossier: str, axis: str) -> list[float]:
    part = sheet.grid.part(axis)
    if part is None:
        return []
    found = (juror_axis(part, answers) for answers in sheet.of(dossier).values())
    return [float(score) for score in found if score is not None]
