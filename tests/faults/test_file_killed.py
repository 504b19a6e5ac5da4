"""A file is joined by a process that may die at any line: no row names what is not there, and nothing is left over."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.timeout(300)
LINES = 40
"""Far fewer than the lines that a file goes through; below, the deaths would not have been where they should."""


def test_a_row_never_points_to_a_missing_file(tmp_path: Path) -> None:
    run = [sys.executable, "-m", "tests.faults.joining", str(tmp_path)]
    done = subprocess.run(run, check=True, capture_output=True, text=True, timeout=290)
    found = json.loads(done.stdout.splitlines()[-1])
    assert found["lives"] > LINES
    assert found["broken"] == {} and found["missing"] == []
    assert len(found["before"]) > 1, "some of the dead left a file behind"
    assert len(found["after"]) == 1, "and the sweep left the one that lives"
