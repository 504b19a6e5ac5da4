"""What a call off the subject teaches is measured on the calls that stay, with the lesson and without."""

from datetime import date
from pathlib import Path

import pytest

from chevalement.matching import reading
from chevalement.matching.teaching import Taught, as_lines, teach
from tests.matching.tiny import CALL, CALLS, JUDGED, PROJECT, written

TODAY = date(2026, 4, 1)
LEGAL = "Convention pluriannuelle, gouvernance notariale et cadastre des canalisations souterraines."
OFF = {**CALL, "call_id": "legal", "title": "Bois, chaleur et cadastre", "text": LEGAL}
ALIKE = {**CALL, "call_id": "alike", "title": "Bois et cadastre", "text": LEGAL}
ZERO = {"project_id": "p1", "topical": 0, "eligible": "oui", "grade": 0}


def taught(folder: Path, judged: list[dict[str, object]]) -> list[Taught]:
    projects = reading.projects(written(folder / "p.jsonl", [PROJECT]))
    calls = reading.calls(written(folder / "c.jsonl", [*CALLS, OFF, ALIKE]))
    return teach(projects, calls, reading.judgments(written(folder / "j.jsonl", judged)), TODAY)


def test_what_is_like_the_call_set_aside_goes_down_and_the_figures_leave_it_out(tmp_path: Path) -> None:
    (one,) = taught(tmp_path, [*JUDGED, {**ZERO, "call_id": "legal"}, {**ZERO, "call_id": "alike"}])
    assert (one.clicks, one.projects) == (1, 1)
    assert one.lowered_well >= 1 and one.lowered_ill == 0
    assert one.taught >= one.without and one.low == one.high == one.taught - one.without
    (line,) = as_lines([one])
    assert "1 off the subject, 1 projects" in line and f"{one.without:.3f} -> {one.taught:.3f}" in line


@pytest.mark.parametrize("judged", [[], JUDGED, [{**ZERO, "call_id": "legal", "topical": None}]])
def test_without_a_shown_call_off_the_subject_there_is_nothing_to_teach(
    tmp_path: Path, judged: list[dict[str, object]]
) -> None:
    assert taught(tmp_path, judged) == []
