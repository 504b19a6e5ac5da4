"""How long one new call, one changed need and a whole rematch take, beside the bare product of the same matrices.

The rule kept here: the watch's own shelf is measured, eligibility included, on calls whose words are as unevenly
common as in a language; the bare product is scipy's, all needs at once, and does nothing with what it finds.
"""

import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

import numpy as np
import psutil

from funding_watch.domain.call import FundingCall
from funding_watch.domain.eligibility import Place
from funding_watch.domain.matching import THRESHOLD
from funding_watch.domain.postings import Postings
from funding_watch.domain.projects import Candidacy
from funding_watch.domain.relevance import queries_of, relevant_calls
from funding_watch.domain.shelf import Shelf
from kernel.contracts.intake import Need, Project

SIZES: Sequence[tuple[int, int]] = ((10_000, 100), (10_000, 1_000), (100_000, 100), (100_000, 1_000))
"""Calls and needs."""
NEEDS = 5
"""Needs of a project, as the sample projects have."""
WORDS, SHORT, LONG = 60_000, 60, 220
"""Different words there are, and words of a call: the shortest and the longest."""
COMMON = 50
"""Ranks that are left out at the top: the empty words. The first one left is then in a third of the calls."""
_SHARES = np.cumsum(1 / (np.arange(WORDS) + COMMON)) / np.sum(1 / (np.arange(WORDS) + COMMON))
NOW = datetime(2026, 11, 25, 8, tzinfo=UTC)
PLACE = Place("62", "32", frozenset({"bassin-minier"}))
SEED = 62


@dataclass(frozen=True, slots=True)
class Cost:
    """Milliseconds, seconds of all the needs together, megabytes; `bare`: seconds of the product alone."""

    calls: int
    needs: int
    call_p50: float
    call_p99: float
    need_p50: float
    need_p99: float
    scores: float
    whole: float
    bare: float
    memory: float


def measure(calls: int, needs: int, once: int) -> Cost:
    """The cost at that size; `once`: how many single changes are timed."""
    before = psutil.Process().memory_info().rss
    random = np.random.default_rng(SEED)
    shelf, projects = Shelf(), [_project(random, number) for number in range(needs // NEEDS)]
    stock = (_call(random, number) for number in range(calls))
    shelf.learn_calls(stock, _Same())
    shelf.weigh(shelf.index.measured())
    shelf.learn_projects(projects)
    memory = (psutil.Process().memory_info().rss - before) / 1e6
    new = _times(lambda number: _new_call(shelf, random, calls + number), once)
    changed = _times(lambda number: shelf.proposals(projects[number % len(projects)], PLACE, NOW), min(once, 200))
    began = time.perf_counter()
    for one in projects:
        shelf.proposals(one, PLACE, NOW)
    whole = time.perf_counter() - began
    scores, bare = _products(shelf, projects)
    return Cost(calls, needs, *_spread(new), *_spread(changed), scores, whole, bare, memory)


def _new_call(shelf: Shelf, random: np.random.Generator, number: int) -> None:
    call = _call(random, number)
    shelf.learn_calls([call], _Same())
    shelf.touched([call.key], {}, PLACE)


def _products(shelf: Shelf, projects: Sequence[Candidacy]) -> tuple[float, float]:
    """Seconds to score every need against every call as the watch does, and as scipy does with the same weights."""
    queries = [query for one in projects if one.facts for query in queries_of(one.facts, shelf.index.statistics)]
    asked: Postings[str] = Postings()
    asked.over(shelf.index.postings)
    for number, query in enumerate(queries):
        asked.put(str(number), query.gains)
    left, right = asked.matrix(), shelf.index.postings.matrix().T.tocsr()
    began = time.perf_counter()
    found = left @ right
    bare = time.perf_counter() - began
    began = time.perf_counter()
    for start in range(0, len(queries), NEEDS):
        list(relevant_calls(queries[start : start + NEEDS], shelf.index, PLACE, THRESHOLD))
    if not found.nnz:
        raise RuntimeError("no need of the benchmark shares a word with a call: it would measure nothing")
    return time.perf_counter() - began, bare


class _Same(dict[str, str]):
    """Every call has the same version here."""

    def __missing__(self, key: str) -> str:
        return "1"


def _times(act: Callable[[int], object], count: int) -> list[float]:
    found = []
    for number in range(count):
        began = time.perf_counter()
        act(number)
        found.append(1_000 * (time.perf_counter() - began))
    return sorted(found)


def _spread(times: Sequence[float]) -> tuple[float, float]:
    return statistics.median(times), times[int(len(times) * 0.99)]


def _text(random: np.random.Generator, count: int) -> str:
    """Words in the proportions of a language without its empty words (Zipf and Mandelbrot)."""
    ranks = np.searchsorted(_SHARES, random.random(count))
    return " ".join(f"mot{rank}z" for rank in ranks.tolist())


def _call(random: np.random.Generator, number: int) -> FundingCall:
    length = int(random.integers(SHORT, LONG))
    return FundingCall(
        source="banc",
        reference=str(number),
        title=_text(random, 8),
        description=_text(random, length),
        audiences=("commune",),
        perimeter_scale="region",
        perimeter_name="Hauts-de-France",
        perimeter_codes=("32",) if number % 3 else ("11",),
        url="https://financeur.example/",
    )


def _project(random: np.random.Generator, number: int) -> Candidacy:
    needs = tuple(
        Need(
            number=place,
            purpose=_text(random, 9),
            kind="investissement",
            amount=100_000,
            begins=None,
            ends=None,
            details=_text(random, 25),
        )
        for place in range(1, NEEDS + 1)
    )
    facts: Mapping[str, object] = {"description": "", "themes": (), "porteur": "Commune", "porteur_form": "commune"}
    project = Project.model_validate(
        {
            **facts,
            "title": _text(random, 6),
            "summary": _text(random, 30),
            "commune_code": "62498",
            "commune_name": "Lens",
            "epci_code": "246200364",
            "stage": "etude",
            "budget": None,
            "plan": (),
            "needs": needs,
        }
    )
    return Candidacy(UUID(int=number), facts=project, outcome="labellise")
