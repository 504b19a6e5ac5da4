"""`chevalement match`, from files to a ranking, to figures, or to one line that says what is wrong."""

import json
import random
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from chevalement.cli import app
from tests.matching.tiny import CALLS, JUDGED, PROJECT, written


@pytest.fixture
def files(tmp_path: Path) -> list[str]:
    """The options that name the tiny set."""
    projects, calls = written(tmp_path / "p.jsonl", [PROJECT]), written(tmp_path / "c.jsonl", CALLS)
    return ["--projects", str(projects), "--calls", str(calls), "--today", "2026-04-01"]


def match(*arguments: object) -> Result:
    return CliRunner().invoke(app, ["match", *(str(one) for one in arguments)])


def test_a_ranking_says_which_need_why_and_what_was_checked(files: list[str], tmp_path: Path) -> None:
    out = tmp_path / "r.jsonl"

    result = match(*files, "--out", out)

    assert result.exit_code == 0, result.output
    [line] = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert set(line["ranked"]) == {"heat", "bikes", "town"}
    assert set(line["alerts"]) <= set(line["ranked"])
    heat = line["explain"]["heat"]
    assert heat["need"] == "Construire un réseau de chaleur au bois"
    assert heat["reason"].startswith("Répond à votre besoin")
    assert [set(check) for check in heat["checks"]] == [{"check", "verdict", "evidence", "fact"}] * 6
    assert {check["verdict"] for check in heat["checks"]} <= {"yes", "no", "to_check"}


def test_the_order_of_the_lines_changes_nothing(files: list[str], tmp_path: Path) -> None:
    first, second, calls = tmp_path / "1.jsonl", tmp_path / "2.jsonl", CALLS.copy()
    match(*files, "--out", first)
    random.Random(1).shuffle(calls)
    written(tmp_path / "c.jsonl", calls)
    match(*files, "--out", second)

    assert first.read_bytes() == second.read_bytes()


def test_figures_come_with_their_rivals(files: list[str], tmp_path: Path) -> None:
    judgments = written(tmp_path / "j.jsonl", JUDGED)

    result = match(*files, "--evaluate", judgments)

    assert result.exit_code == 0, result.output
    rows = [line.split()[:2] for line in result.output.splitlines()[3:]]
    assert [row[1] for row in rows if row[0] == "all"] == ["match", "BM25", "BM25+checks", "SQLite"]
    assert {row[0] for row in rows} == {"all", "real", "English"}
    assert result.output == match(*files, "--evaluate", judgments).output


def test_without_projects_or_calls_there_is_nothing_to_rank(tmp_path: Path) -> None:
    empty, out = written(tmp_path / "empty.jsonl", []), tmp_path / "r.jsonl"

    result = match("--projects", empty, "--calls", empty, "--today", "2026-04-01", "--out", out, "--evaluate", empty)

    assert result.exit_code == 0, result.output
    assert out.read_text() == ""


def test_what_is_wrong_is_one_line_and_exit_code_two(files: list[str], tmp_path: Path) -> None:
    bad = tmp_path / "bad.jsonl"
    bad.write_text('{"project_id": "p1"}\n{"project_id": 3}\n', encoding="utf-8")
    stranger = written(tmp_path / "j.jsonl", [{**JUDGED[0], "call_id": "unknown"}])
    known = {
        "bad.jsonl, line 2: project_id": match("--projects", bad, *files[2:], "--out", tmp_path / "r"),
        "nothing to do": match(*files),
        "is not a day": match(*files[:4], "--today", "hier", "--out", tmp_path / "r"),
        "p1 × unknown": match(*files, "--evaluate", stranger),
        "cannot be read": match("--projects", tmp_path / "none", *files[2:], "--out", tmp_path / "r"),
        "cannot be written": match(*files, "--out", tmp_path),
    }

    for said, result in known.items():
        assert result.exit_code == 2, said
        assert said in result.output
        assert len(result.output.splitlines()) == 1
