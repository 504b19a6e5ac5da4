"""What other weights would say, and how far a rank holds when they move a little. It changes nothing.

Weights are drawn uniformly within a few points of the published ones, negative ones cut at zero, from a seed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np

from kernel.contracts.scoring import Committee
from scoring.domain.scores import Sheet, committee_score, ranks, total

DRAWS = 1_000
POINTS = 5


@dataclass(frozen=True, slots=True)
class Weights:
    """In percent: of the committees, and of the axes of each."""

    committees: Mapping[Committee, int]
    axes: Mapping[Committee, Mapping[str, int]]


def published(sheets: Mapping[Committee, Sheet]) -> Weights:
    """Those of the frozen grids."""
    return Weights(
        {committee: sheet.grid.weight for committee, sheet in sheets.items()},
        {committee: {part.code: part.weight for part in sheet.grid.parts} for committee, sheet in sheets.items()},
    )


def weighed(sheets: Mapping[Committee, Sheet], weights: Weights) -> dict[Committee, Sheet]:
    """The same marks under other weights."""
    return {
        committee: replace(
            sheet,
            grid=replace(
                sheet.grid,
                weight=weights.committees[committee],
                parts=tuple(replace(part, weight=weights.axes[committee][part.code]) for part in sheet.grid.parts),
            ),
        )
        for committee, sheet in sheets.items()
    }


def totals(
    sheets: Mapping[Committee, Sheet], awaited: Sequence[Committee], dossiers: Sequence[str]
) -> dict[str, Fraction]:
    """The totals that exist."""
    found = {dossier: total(sheets, awaited, dossier).value for dossier in dossiers}
    return {dossier: value for dossier, value in found.items() if value is not None}


def stability(sheets: Mapping[Committee, Sheet], dossiers: Sequence[str], seed: int) -> dict[str, float]:
    """For each dossier with a total, the share of nearby weights under which it keeps its rank."""
    first = totals(sheets, (), dossiers)
    if not first:
        return {}
    names = sorted(first)
    random = np.random.default_rng(seed)
    drawn = np.zeros((DRAWS, len(names)))
    whole = np.zeros((DRAWS, 1))
    for _, sheet in sorted(sheets.items()):
        near = _near(random, [part.weight for part in sheet.grid.parts])
        found = [committee_score(sheet, name).axes for name in names]
        scores = np.array([[_plain(axes[part.code]) for part in sheet.grid.parts] for axes in found])
        values, there = np.nan_to_num(scores), ~np.isnan(scores)
        mine = _near(random, [sheet.grid.weight])
        drawn += mine * ((near @ values.T) / np.maximum(near @ there.T, 1e-12))
        whole += mine
    order = (np.round(drawn / whole, 12)[:, None, :] > np.round(drawn / whole, 12)[:, :, None]).sum(2) + 1
    published_ranks = ranks(first)
    return {name: float((order[:, n] == published_ranks[name]).mean()) for n, name in enumerate(names)}


def _plain(value: Fraction | None) -> float:
    return float("nan") if value is None else float(value)


def _near(random: np.random.Generator, weights: Sequence[int]) -> "np.ndarray[tuple[int, int], np.dtype[np.float64]]":
    moved = np.array(weights)[None] + random.uniform(-POINTS, POINTS, (DRAWS, len(weights)))
    return np.maximum(moved, 0.0)
