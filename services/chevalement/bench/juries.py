"""How long the informative layer takes on whole sittings, and whether its draws are worth anything."""

import statistics
import time
from collections.abc import Mapping

import numpy as np

from scoring.domain.severity import Fit, Refusal, fit

SIZES: Mapping[tuple[int, int], str] = {(16, 12): "< 2", (500, 100): "< 60"}
"""Dossiers and jurors of a sitting, and the seconds that its fit may take."""
SEED = 2026


def sitting(dossiers: int, jurors: int) -> dict[tuple[str, str], float]:
    """Scores of a sitting where one cell in four is empty; spreads of 0.6, 0.6 and 0.35 levels."""
    random = np.random.default_rng(SEED)
    worth, severity = random.normal(2.4, 0.6, dossiers), random.normal(0, 0.6, jurors)
    chance = random.normal(0, 0.35, (dossiers, jurors))
    there = random.random((dossiers, jurors)) < 0.75
    return {
        (f"d{d:03}", f"j{j:03}"): float(worth[d] + severity[j] + chance[d, j])
        for d in range(dossiers)
        for j in range(jurors)
        if there[d, j]
    }


def measure(dossiers: int, jurors: int, rounds: int) -> tuple[float, Fit]:
    """Median seconds of a fit, and the last one."""
    scores, seconds = sitting(dossiers, jurors), []
    for _ in range(rounds):
        began = time.perf_counter()
        found = fit(scores, SEED)
        seconds.append(time.perf_counter() - began)
    if isinstance(found, Refusal):
        raise RuntimeError(f"the sitting of the benchmark is refused: {found.reasons}")
    return statistics.median(seconds), found
