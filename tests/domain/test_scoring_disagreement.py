"""The agenda finds what was planted, and agreement is measured as its author does."""

import random

import pytest

from scoring.domain import disagreement
from scoring.domain.reliability import agreement, alpha
from scoring.domain.scores import Sheet
from tests.sitting_story import sheet_of, small_grid


def quiet(seed: int = 1, jurors: int = 5) -> dict[str, list[list[int | None]]]:
    """Ten dossiers on which jurors differ by a level at most."""
    drawn = random.Random(seed)
    return {f"d{d}": [[drawn.choice((2, 2, 3)) for _ in range(3)] for _ in range(jurors)] for d in range(10)}


def test_a_planted_disagreement_comes_first() -> None:
    rows = quiet()
    for juror, level in zip(rows["d4"], (0, 4, 0, 4, 4), strict=True):
        juror[1] = level

    found = disagreement.within(sheet_of(rows, small_grid()))

    assert (found[0].dossier, found[0].question) == ("d4", "temps")
    assert found[0].marks == (0, 0, 4, 4, 4)


def test_what_is_agreed_is_no_item() -> None:
    assert disagreement.within(sheet_of(quiet(), small_grid())) == []


def test_not_applicable_is_no_disagreement() -> None:
    rows = quiet()
    for juror in rows["d4"][:2]:
        juror[1] = None

    assert disagreement.within(sheet_of(rows, small_grid())) == []


def test_two_committees_that_see_otherwise_are_told() -> None:
    mine = sheet_of({"A": [(4, 4, 2), (4, 4, 2), (3, 4, 2)], "B": [(2, 2, 2)] * 3}, small_grid())
    theirs = sheet_of({"A": [(1, 1, 2), (2, 1, 2)], "B": [(2, 3, 2)] * 2}, small_grid("expertise"))

    found = disagreement.between({"technique": mine, "expertise": theirs}, ["A", "B"])

    assert [(item.dossier, item.question) for item in found] == [("A", "faire")]


def test_alpha_of_a_table_done_by_hand() -> None:
    """Ordinal distances with 3 marks of 1, 1 of 2, 2 of 3: d(1,2) = 4, d(1,3) = 12.25, d(2,3) = 2.25."""
    units = [[1, 1], [1, 2], [3, 3]]
    observed = 2 * 4
    expected = 2 * (3 * 1 * 4 + 3 * 2 * 12.25 + 1 * 2 * 2.25) / 5

    assert alpha(units) == pytest.approx(1 - observed / expected)


def test_alpha_knows_perfect_agreement_and_its_absence() -> None:
    assert alpha([[0, 0, 0], [2, 2], [4, 4, 4]]) == 1
    assert alpha([[2, 2], [2, 2]]) is None
    drawn = random.Random(3)
    chance = alpha([[drawn.randrange(5) for _ in range(6)] for _ in range(60)])
    assert chance is not None
    assert abs(chance) < 0.1


def test_each_question_has_its_line_with_an_interval_round_it() -> None:
    rows = {f"d{d}": [[d % 5, 2, (d + j) % 5] for j in range(4)] for d in range(8)}

    agreed, flat, mixed = agreement(sheet_of(rows, small_grid()))

    assert (agreed.alpha, agreed.low) == (1, 1)
    assert flat.alpha is None
    assert mixed.alpha is not None and mixed.low is not None and mixed.high is not None
    assert mixed.low <= mixed.alpha <= mixed.high < 0.4
    assert "précisez" in mixed.words


def test_an_empty_sheet_says_nothing() -> None:
    empty = Sheet(small_grid(), {})

    assert disagreement.within(empty) == []
    assert all(line.alpha is None for line in agreement(empty))
