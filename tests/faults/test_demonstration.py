"""`make demo` comes to the year 2022 and, on the state that it left, to the same year again."""

from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any

import pytest

from chevalement.demo.mornings import FOLDER
from tests.faults import child
from tests.patience import LONG

pytestmark = [pytest.mark.slow, pytest.mark.timeout(3 * LONG)]
KINDS = {"digest": "nouvelles pistes pour", "reminder": "fin de l’appel"}
UNSTEADY = {"seconds", "mails", "mails_of_the_next_days"}


def played(folder: Path) -> dict[str, Any]:
    """The numbers of a demonstration on the state that a folder holds, without those that depend on its pace.

    The team's alerts are grouped by what came while the first one waited, so mails are not counted; nor are those of
    the next days, of which the morning may come between two runs.
    """
    run = child.start(folder, "demo", "--once", "--json", "--data", str(folder / "var"), "--port", "0")
    assert run.ends(LONG) == 0, run.err[-2000:]
    return {name: value for name, value in run.summary().items() if name not in UNSTEADY}


def kinds_of_the_next_days(folder: Path) -> set[str]:
    """What the mails of the mornings after are about, by their subjects."""
    files = (folder / "var" / FOLDER / "mailbox").glob("*.eml")
    subjects = [str(message_from_bytes(one.read_bytes(), policy=default)["Subject"]) for one in files]
    return {kind for kind, words in KINDS.items() for subject in subjects if words in subject}


def test_a_second_run_finds_the_first_one_again(tmp_path: Path) -> None:
    known = {"candidacies": 8, "labelled": 5, "nominated": 3, "dead_letters": 0, "lost": 0}
    first = played(tmp_path)
    assert {name: first[name] for name in known} == known
    assert first["calls"] > 50 and first["matches"] > 8
    assert kinds_of_the_next_days(tmp_path) == set(KINDS)

    assert played(tmp_path) == first
