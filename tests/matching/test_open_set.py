"""The open judged set: what the matching is worth on it may not fall unseen.

The floors are a little (0.03; 0.05 for the alerts) under the values of the day they were set: nDCG@10 .854,
recall@20 .915, mean average precision .751, precision of the alerts .833. A lower figure is either a fault or
a choice to be written here with its reason. One assessor judged the pairs, with the ranking in view, so the
set guards against a fall and is no proof of quality.
"""

from collections.abc import AsyncIterator, Sequence

import pytest

from chevalement.matching import measures
from chevalement.portals import LocalPortals
from funding_watch.domain.call import FundingCall
from funding_watch.domain.matching import Fit, ranked, worth_sending
from funding_watch.domain.stock import Index
from tests.matching.sample_set import JUDGED, PLACE, grade, sample_projects
from tests.spiders.crawling import NOON, TODAY, crawl

FLOORS = {"ndcg": 0.82, "recall": 0.88, "map": 0.72, "alerts": 0.78}


@pytest.fixture
async def calls() -> AsyncIterator[list[FundingCall]]:
    """What the spiders read from the two bundled portals."""
    portals = LocalPortals(today=lambda: TODAY)
    await portals.start()
    try:
        sources = ("aides_territoires", "eu_portal")
        yield [call for name in sources for call in (await crawl(name, portals)).calls.values()]
    finally:
        await portals.stop()


def keys(fits: Sequence[Fit]) -> list[str]:
    return [fit.entry.call.reference for fit in fits]


def mean(values: Sequence[float | None]) -> float:
    found = measures.interval(values)
    assert found is not None
    return found[0]


async def test_the_matching_stays_as_good_as_it_was(calls: list[FundingCall]) -> None:
    index = Index.of(calls)
    fits = {slug: ranked(project, index, PLACE, NOON) for slug, project in sample_projects().items()}
    grades = {slug: {call: grade(judgment) for call, judgment in JUDGED[slug].items()} for slug in fits}

    found = {
        "ndcg": mean([measures.ndcg(keys(fits[slug]), grades[slug]) for slug in fits]),
        "recall": mean([measures.recall(keys(fits[slug]), grades[slug]) for slug in fits]),
        "map": mean([measures.average_precision(keys(fits[slug]), grades[slug]) for slug in fits]),
        "alerts": mean([measures.precision(keys(worth_sending(fits[slug])), grades[slug]) for slug in fits]),
    }

    assert not {name: value for name, value in found.items() if value < FLOORS[name]}, found
    assert all(worth_sending(fits[slug]) for slug in fits), "every sample project has something to read"


async def test_nothing_that_cannot_be_claimed_is_sent(calls: list[FundingCall]) -> None:
    index = Index.of(calls)
    for slug, project in sample_projects().items():
        sent = keys(worth_sending(ranked(project, index, PLACE, NOON)))

        assert not [call for call in sent if JUDGED[slug].get(call, {}).get("eligible") == "no"]


async def test_every_judgment_is_of_a_pair_that_exists(calls: list[FundingCall]) -> None:
    assert set(JUDGED) == set(sample_projects())
    known = {call.reference for call in calls}
    for judged in JUDGED.values():
        assert set(judged) <= known
        for one in judged.values():
            assert one["topical"] in {1, 2, 3}
            assert one["eligible"] in {"yes", "partly", "no"}
            assert one["topical"] < 2 or len(one["why"]) > 20
