"""How good a ranking is, against the judgments of people.

The rule kept here: a measure that has no meaning for a project (nothing to find, nothing sent) is None and is
left out of the mean, never counted as a zero or a one.
"""

import math
import random
from collections.abc import Mapping, Sequence

RELEVANT = 2
"""Grade from which a call was worth showing."""
DRAWS = 2_000
SEED = 5


def ndcg(ranked: Sequence[str], grades: Mapping[str, int], depth: int = 10) -> float | None:
    """Normalised discounted gain of the first calls, gain 2^grade - 1; None where every grade is 0."""
    best = _gained(sorted(grades.values(), reverse=True)[:depth])
    return _gained([grades.get(call, 0) for call in ranked[:depth]]) / best if best else None


def _gained(grades: Sequence[int]) -> float:
    return sum((2**grade - 1) / math.log2(rank + 1) for rank, grade in enumerate(grades, 1))


def recall(ranked: Sequence[str], grades: Mapping[str, int], depth: int = 20) -> float | None:
    """Share of the relevant calls that come among the first; None where none is relevant."""
    wanted = _relevant(grades)
    return len(wanted & set(ranked[:depth])) / len(wanted) if wanted else None


def average_precision(ranked: Sequence[str], grades: Mapping[str, int]) -> float | None:
    """Mean, over the relevant calls, of the precision at their rank (0 for one that is not ranked)."""
    wanted = _relevant(grades)
    found, total = 0, 0.0
    for rank, call in enumerate(ranked, 1):
        if call in wanted:
            found += 1
            total += found / rank
    return total / len(wanted) if wanted else None


def precision(alerts: Sequence[str], grades: Mapping[str, int], depth: int = 5) -> float | None:
    """Share of the first alerts sent that are relevant; None where none is sent."""
    return _share(alerts[:depth], _relevant(grades))


def ineligible(alerts: Sequence[str], refused: frozenset[str], depth: int = 5) -> float | None:
    """Share of the first alerts sent that the project cannot claim; None where none is sent."""
    return _share(alerts[:depth], refused)


def _share(alerts: Sequence[str], wanted: frozenset[str]) -> float | None:
    return sum(call in wanted for call in alerts) / len(alerts) if alerts else None


def _relevant(grades: Mapping[str, int]) -> frozenset[str]:
    return frozenset(call for call, grade in grades.items() if grade >= RELEVANT)


def interval(values: Sequence[float | None], share: float = 0.9) -> tuple[float, float, float] | None:
    """Mean, and the bounds within which it falls in `share` of DRAWS draws with replacement; always the same draws."""
    known = [value for value in values if value is not None]
    if not known:
        return None
    chance = random.Random(SEED)  # noqa: S311  # a draw that can be repeated, no secret
    means = sorted(sum(chance.choices(known, k=len(known))) / len(known) for _ in range(DRAWS))
    cut = (1 - share) / 2
    return sum(known) / len(known), means[int(cut * DRAWS)], means[int((1 - cut) * DRAWS) - 1]
