"""How far jurors agree on a question: Krippendorff's ordinal alpha, with a jackknife over the dossiers.

It serves next year's grid, never this year's decision. 1 is perfect agreement, 0 that of chance.
"""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from scoring.domain.disagreement import levels
from scoring.domain.grids import TOP
from scoring.domain.scores import Sheet

DOSSIERS_MIN = 4
LITTLE, FAIR = 0.4, 0.667
"""Under the first jurors hardly agree; the second is the bar that Krippendorff asks for tentative conclusions."""
SCALE = range(TOP + 1)


@dataclass(frozen=True, slots=True)
class Agreement:
    """Alpha of a question and its 90 % interval; None where there is too little to tell."""

    question: str
    alpha: float | None
    low: float | None
    high: float | None

    @property
    def words(self) -> str:
        """What to make of it, in plain words."""
        if self.alpha is None:
            return "trop peu de notes pour le dire, ou toutes égales"
        if self.alpha < LITTLE:
            return "les jurés s'accordent peu : précisez les niveaux de ce critère"
        return "les jurés s'accordent en partie" if self.alpha < FAIR else "les jurés s'accordent"


def alpha(units: Sequence[Sequence[int]]) -> float | None:
    """Ordinal alpha of the marks of each dossier; None when nothing varies or nothing can be paired."""
    paired = [unit for unit in units if len(unit) > 1]
    counts = Counter(level for unit in paired for level in unit)
    whole = sum(counts.values())
    if whole < 3 or len(counts) < 2:
        return None
    observed = sum(_disagreement(Counter(unit), counts) / (len(unit) - 1) for unit in paired)
    expected = _disagreement(counts, counts) / (whole - 1)
    return 1 - observed / expected


def _disagreement(cell: Counter[int], counts: Counter[int]) -> float:
    """The sum over ordered pairs of marks of their squared ordinal distance."""
    return sum(cell[a] * cell[b] * _distance(a, b, counts) for a in cell for b in cell if a != b)


def _distance(a: int, b: int, counts: Counter[int]) -> float:
    """How many marks lie between two levels, half of their own included, squared."""
    low, high = min(a, b), max(a, b)
    return (sum(counts[level] for level in range(low, high + 1)) - (counts[low] + counts[high]) / 2) ** 2


def agreement(sheet: Sheet) -> list[Agreement]:
    """One line a question, in the grid's order."""
    return [_of(code, [levels(sheet, dossier, code) for dossier in sorted(sheet.marks)]) for code in sheet.grid.codes]


def _of(code: str, units: list[list[int]]) -> Agreement:
    units = [unit for unit in units if len(unit) > 1]
    whole = alpha(units)
    if whole is None or len(units) < DOSSIERS_MIN:
        return Agreement(code, None, None, None)
    without = [alpha([*units[:n], *units[n + 1 :]]) for n in range(len(units))]
    known = [value for value in without if value is not None]
    if len(known) < len(units):
        return Agreement(code, whole, None, None)
    middle = math.fsum(known) / len(known)
    error = math.sqrt((len(known) - 1) / len(known) * math.fsum((value - middle) ** 2 for value in known))
    return Agreement(code, whole, max(whole - 1.645 * error, -1.0), min(whole + 1.645 * error, 1.0))
