"""The measures, against values worked out by hand."""

import math

import pytest

from chevalement.matching.measures import average_precision, ineligible, interval, ndcg, precision, recall

GRADES = {"best": 3, "good": 2, "fair": 1, "bad": 0}


def test_ndcg_is_the_gain_over_the_best_gain() -> None:
    # gains 2^g - 1: 7, 3, 1, 0; discounts log2(2), log2(3), log2(4)
    best = 7 + 3 / math.log2(3) + 1 / 2

    assert ndcg(["best", "good", "fair"], GRADES) == pytest.approx(1)
    assert ndcg(["bad", "best"], GRADES) == pytest.approx((7 / math.log2(3)) / best)
    assert ndcg(["bad", "best"], GRADES, depth=1) == 0
    assert ndcg([], GRADES) == 0


def test_recall_counts_the_relevant_ones_among_the_first() -> None:
    assert recall(["bad", "good", "best"], GRADES) == 1
    assert recall(["bad", "good", "best"], GRADES, depth=2) == 0.5


def test_average_precision_is_taken_at_each_relevant_call() -> None:
    assert average_precision(["best", "bad", "good"], GRADES) == pytest.approx((1 + 2 / 3) / 2)
    assert average_precision(["bad", "best"], GRADES) == pytest.approx((1 / 2 + 0) / 2)


def test_precision_is_over_the_alerts_that_were_sent() -> None:
    assert precision(["best", "fair"], GRADES) == 0.5
    assert precision(["fair", "bad", "bad", "bad", "bad", "best"], GRADES) == 0
    assert ineligible(["best", "bad"], frozenset({"bad"})) == 0.5


def test_what_has_no_meaning_is_left_out() -> None:
    assert ndcg(["bad"], {"bad": 0}) is None
    assert recall(["fair"], {"fair": 1}) is None
    assert average_precision(["fair"], {"fair": 1}) is None
    assert precision([], GRADES) is None
    assert interval([None, None]) is None
    assert interval([None, 0.5]) == (0.5, 0.5, 0.5)


def test_an_interval_holds_its_mean_and_is_always_the_same() -> None:
    values = [0.1, 0.4, None, 0.5, 0.9, 1.0]

    found = interval(values)

    assert found == interval(values)
    assert found is not None
    mean, low, high = found
    assert mean == pytest.approx(0.58)
    assert 0.1 <= low < mean < high <= 1
    assert interval([0.3] * 4) == pytest.approx((0.3, 0.3, 0.3))
