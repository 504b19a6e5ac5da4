"""What a need searches for, and how much of it each call speaks of.

The rule kept here: the need is the query, the project only its context: a call that shares words with the context
alone is not relevant. All the needs of a project are compared with all the calls in one product of matrices, and
only calls that may still be proposed become objects.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from funding_watch.domain.call import FundingCall
from funding_watch.domain.eligibility import Place, is_made_for
from funding_watch.domain.stock import K1, Index, Statistics
from funding_watch.domain.words import words_of
from kernel.contracts.intake import Need, Project

NEED_WEIGHT = {"expertise": 0.85, "communication": 0.7, "partenariat": 0.7}
"""A need that asks for no money counts less: a call is first of all money."""
PURPOSE_WEIGHT, DETAILS_WEIGHT, TITLE_WEIGHT, SUMMARY_WEIGHT = 1.0, 0.5, 0.25, 0.2
"""What a word counts for: the need says what is searched for, the project only in which context."""
PRIORITY_WEIGHT = (1.0, 0.85, 0.6)
"""What a need of first, second, third priority and after counts for."""
OTHER_NEEDS, ANSWERED_TOO = 0.5, 2
"""Share of their own score that the other needs a call answers add to the best one's, and how many of them."""
MADE_FOR = 0.1
"""Added for a call kept for a zone of the project: on a judged set nDCG@10 went from .74 to .81 with it."""
TELLING = 12
"""A need is answered in full by this many of its most telling words."""
ROUNDED = 0.0001
"""More than rounding a score can add to it."""

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Query:
    """What a need searches for. `weights`: stem → what it counts for; `gains`: the same times its rarity."""

    project: Project
    need: Need
    weights: Mapping[str, float]
    gains: Mapping[str, float]
    reachable: float
    """What a call holding the most telling words would reach."""
    weight: float = 1.0
    """What the need counts for among those of the project."""

    def part(self, *, of_need: bool) -> dict[str, float]:
        """The gains of the need's own words, or of those of its context."""
        return {stem: gain for stem, gain in self.gains.items() if self.asks(stem) == of_need}

    def asks(self, stem: str) -> bool:
        """Whether the stem is one of the need's own, and not of its context alone."""
        return self.weights[stem] >= DETAILS_WEIGHT


Relevant = list[tuple[Query, float]]
"""The needs that a call speaks of, each with its relevance, between 0 and 1."""


def query_of(project: Project, need: Need, statistics: Statistics, weight: float = 1.0) -> Query:
    """The words of the need, within what the project is about; words that no measured call has are left out."""
    weights: dict[str, float] = {}
    for text, counted in (
        (project.summary, SUMMARY_WEIGHT),
        (project.title, TITLE_WEIGHT),
        (need.details, DETAILS_WEIGHT),
        (need.purpose, PURPOSE_WEIGHT),
    ):
        for word in words_of(text):
            if word.stem in statistics.frequency:
                weights[word.stem] = max(weights.get(word.stem, 0.0), counted)
    gains = {stem: weights[stem] * statistics.rarity(stem) for stem in sorted(weights)}
    reachable = sum(sorted(gains.values(), reverse=True)[:TELLING]) * (K1 + 1)
    return Query(project, need, weights, gains, reachable or 1.0, weight)


def queries_of(project: Project, statistics: Statistics, priorities: Mapping[int, int] | None = None) -> list[Query]:
    """What the needs of a project search for. `priorities`: number of a need → 1 (first) and more; else its own."""
    needs = sorted(project.needs, key=lambda need: need.number)
    return [query_of(project, need, statistics, _weight_of(need, priorities or {})) for need in needs]


def _weight_of(need: Need, priorities: Mapping[int, int]) -> float:
    rank = max(1, priorities.get(need.number, need.priority or 1))
    return NEED_WEIGHT.get(need.kind, 1.0) * PRIORITY_WEIGHT[min(rank, len(PRIORITY_WEIGHT)) - 1]


def relevances(queries: Sequence[Query], index: Index) -> Floats:
    """A line for each row of the index's postings, a column for each need: BM25 as a share of what is reachable.

    Times the need's weight; 0 where a call shares words with the context of a need alone.
    """
    own, around = np.hsplit(
        index.postings.scores(*(query.part(of_need=own) for own in (True, False) for query in queries)), 2
    )
    found = np.where(own > 0, own + around, np.float32(0))
    found *= np.array([1 / query.reachable for query in queries], np.float32)
    np.minimum(found, 1, out=found)
    found *= np.array([query.weight for query in queries], np.float32)
    return found


def relevant_calls(
    queries: Sequence[Query], index: Index, place: Place, least: float = 0.0
) -> Iterator[tuple[str, Relevant]]:
    """The key of each call that speaks of a need, with those needs, unless it cannot reach `least` for the project."""
    if not queries:
        return
    found = relevances(queries, index)
    promised = _promised(found)
    spoken_of = promised > 0
    promised[index.postings.marked(index.kept_for(place.zones))] += MADE_FOR
    for key, row in index.postings.named(spoken_of & (promised + ROUNDED >= least)):
        scores = zip(queries, found[row].tolist(), strict=True)
        yield key, [(query, score) for query, score in scores if score > 0]


def _promised(found: Floats) -> Floats:
    """What all its needs together could bring a call to, at most; column by column, since there are few."""
    top, total = found[:, 0].copy(), found[:, 0].copy()
    for column in range(1, found.shape[1]):
        np.maximum(top, found[:, column], out=top)
        total += found[:, column]
    return top + np.float32(OTHER_NEEDS) * (total - top)


def most_of(relevances_of_needs: Sequence[float], call: FundingCall, place: Place) -> float:
    """The most that a call can score which is that relevant to the needs of a project, if every check says yes."""
    top, *others = sorted(relevances_of_needs, reverse=True)
    at_home = MADE_FOR if is_made_for(call, place) else 0.0
    return min(1.0, top + OTHER_NEEDS * sum(others[:ANSWERED_TOO]) + at_home) + ROUNDED
