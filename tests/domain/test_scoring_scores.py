"""The published arithmetic, by hand, then redone by the verifier from the file alone."""

import csv
import io
import random
import subprocess
import sys
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chevalement import verify
from scoring.domain import what_if
from scoring.domain.ledger import ledger
from scoring.domain.scores import Sheet, committee_score, ranks, shown, total
from tests.patience import PATIENCE
from tests.sitting_story import sheet_of, small_grid

HAND = {
    "A": [(4, 2, 1), (3, 3, 2), (2, None, 3)],
    "B": [(1, 1, 1), (2, 2, None), (None, None, None)],
    "C": [(0, 4, 4), (4, 4, 4), (4, 0, 0)],
}
"""Three dossiers, three jurors. A, « faire »: 3, 3, 2; « dire »: 1, 2, 3. B: its third juror answered nothing."""


def sheet(quorum: int = 2) -> Sheet:
    return sheet_of(HAND, small_grid(quorum=quorum))


def test_three_by_three_by_hand() -> None:
    a, b, c = (committee_score(sheet(), name) for name in "ABC")

    assert a.axes == {"faire": Fraction(8, 3), "dire": Fraction(2)}
    assert a.score == Fraction(60 * 8, 300) + Fraction(40 * 2, 100)  # 1.6 + 0.8 = 2.4
    assert (a.heard, a.not_applicable) == (3, 1)
    assert b.axes == {"faire": Fraction(3, 2), "dire": Fraction(1)}
    assert b.score == Fraction(13, 10)
    assert (b.heard, b.not_applicable) == (2, 1)
    assert c.score == Fraction(60 * 8, 300) + Fraction(40 * 8, 300)  # (2 + 4 + 2) / 3, and the same again


def test_not_applicable_is_not_zero() -> None:
    grid = small_grid(quorum=1)
    without = committee_score(sheet_of({"A": [(4, None, 2)]}, grid), "A")
    zero = committee_score(sheet_of({"A": [(4, 0, 2)]}, grid), "A")

    assert without.axes["faire"] == 4
    assert zero.axes["faire"] == 2


def test_an_axis_that_nobody_answered_leaves_its_weight_to_the_others() -> None:
    found = committee_score(sheet_of({"A": [(3, 3, None), (1, 1, None)]}, small_grid()), "A")

    assert found.axes["dire"] is None
    assert found.score == 2


def test_no_score_under_the_quorum_and_no_total_without_every_committee() -> None:
    under = committee_score(sheet(quorum=3), "B")
    missing = total({"technique": sheet()}, ["expertise"], "A")

    assert (under.heard, under.score) == (2, None)
    assert missing.value is None
    assert missing.awaited == ("expertise",)


def test_the_total_weighs_committees_out_of_100() -> None:
    other = sheet_of({"A": [(4, 4, 4), (4, 4, 4)]}, small_grid("expertise", weight=150))

    found = total({"technique": sheet(), "expertise": other}, (), "A")

    assert found.value == (50 * Fraction(12, 5) + 150 * 4) / 200 * 25
    assert shown(Fraction(1, 8)) == Decimal("0.13")


@given(st.randoms(use_true_random=False))
def test_the_order_of_jurors_and_dossiers_does_not_matter(shuffler: random.Random) -> None:
    first = sheet()
    dossiers = list(first.marks)
    shuffler.shuffle(dossiers)
    mixed = {}
    for dossier in dossiers:
        jurors = list(first.marks[dossier].items())
        shuffler.shuffle(jurors)
        mixed[dossier] = dict(jurors)

    again = Sheet(first.grid, mixed)

    assert [committee_score(again, name) for name in "ABC"] == [committee_score(first, name) for name in "ABC"]


def test_equal_totals_share_a_rank() -> None:
    assert ranks({"A": Fraction(2), "B": Fraction(3), "C": Fraction(2)}) == {"B": 1, "A": 2, "C": 2}


def file_of(folder: Path, *, awaited: bool = False) -> Path:
    sheets = {"technique": Sheet(sheet().grid, sheet().marks, {"B": 1})}
    if not awaited:
        sheets["expertise"] = sheet_of(dict.fromkeys("ABC", [(2, 2, 2)] * 2), small_grid("expertise", weight=30))
    names = {"A": "LE-1", "B": "LE-2", "C": "LE-3"}
    path = folder / "notes.csv"
    path.write_text(ledger(sheets, ["expertise"] if awaited else [], names), encoding="utf-8", newline="")
    return path


@pytest.mark.parametrize("awaited", [False, True])
def test_the_verifier_finds_what_the_platform_found(tmp_path: Path, awaited: bool) -> None:
    lines, agrees = verify.report(file_of(tmp_path, awaited=awaited))

    assert agrees, lines
    assert lines[0] == ("LE-1: no total" if awaited else "LE-1: 56.25")


def test_the_verifier_runs_alone(tmp_path: Path) -> None:
    """By Python alone: `-I` and an empty path leave it nothing of ours to import."""
    command = [sys.executable, "-I", "-S", str(verify.__file__), str(file_of(tmp_path))]

    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=PATIENCE)

    assert (done.returncode, done.stderr) == (0, "")
    assert "every result agrees" in done.stdout


def changed(path: Path, kind: str, value: str) -> Path:
    """The same file with the value of the first line of a kind replaced."""
    rows = list(csv.reader(io.StringIO(path.read_text(encoding="utf-8"), newline=""), delimiter=";"))
    row = next(row for row in rows if row[0] == kind)
    assert row[-1] != value
    row[-1] = value
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=";").writerows(rows)
    path.write_text(out.getvalue(), encoding="utf-8", newline="")
    return path


@pytest.mark.parametrize(
    ("kind", "value"),
    [("cell", "0"), ("cell", "NA"), ("weight", "7"), ("quorum", "9"), ("score", "1.0"), ("total", "")],
)
def test_one_changed_value_is_seen(tmp_path: Path, kind: str, value: str) -> None:
    lines, agrees = verify.report(changed(file_of(tmp_path), kind, value))

    assert not agrees
    assert any("the file says" in line for line in lines)


@pytest.mark.parametrize(("kind", "value"), [("cell", "5"), ("format", "other"), ("quorum", "deux")])
def test_what_is_no_file_of_ours_is_said(tmp_path: Path, kind: str, value: str) -> None:
    lines, agrees = verify.report(changed(file_of(tmp_path), kind, value))

    assert not agrees
    assert "cannot be verified" in lines[0]


def test_a_line_that_was_taken_out_is_seen(tmp_path: Path) -> None:
    path = file_of(tmp_path)
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join(line for line in lines if not line.startswith("total;;;;LE-2")), encoding="utf-8")

    assert not verify.report(path)[1]


def test_other_weights_change_nothing_but_the_answer() -> None:
    sheets = {"technique": sheet(), "expertise": sheet_of(HAND, small_grid("expertise", weight=30))}
    usual = what_if.published(sheets)
    heavy = what_if.Weights({"technique": 90, "expertise": 10}, {**usual.axes, "technique": {"faire": 0, "dire": 100}})

    other = what_if.totals(what_if.weighed(sheets, heavy), (), ["A"])

    assert what_if.totals(what_if.weighed(sheets, usual), (), list("ABC")) == what_if.totals(sheets, (), list("ABC"))
    assert other["A"] == (90 * Fraction(2) + 10 * Fraction(12, 5)) / 100 * 25


def test_a_rank_holds_as_brute_force_says() -> None:
    rows = {"near": [(0, 0, 4)] * 2, "nearly": [(3, 3, 0)] * 2, "far": [(0, 0, 0)] * 2}
    sheets = {"technique": sheet_of(rows, small_grid())}

    held = what_if.stability(sheets, list(rows), seed=4)

    drawn, kept = random.Random(9), 0
    for _ in range(4_000):
        faire, dire = 60 + drawn.uniform(-5, 5), 40 + drawn.uniform(-5, 5)
        kept += 4 * dire < 3 * faire
    assert held["far"] == 1
    assert 0.5 < held["nearly"] < 0.99
    assert held["nearly"] == pytest.approx(kept / 4_000, abs=0.05)
    assert held == what_if.stability(sheets, list(rows), seed=4)


def test_dossiers_without_a_total_have_no_rank_to_hold() -> None:
    assert what_if.stability({"technique": sheet(quorum=9)}, list("ABC"), seed=1) == {}
