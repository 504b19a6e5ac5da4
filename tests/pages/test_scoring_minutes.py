"""The minutes of a wave tell what was said, and print both marks where a juror changed their mind, without a name."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

from scoring.domain.marks import Given, Mark
from scoring.domain.minutes import Minute, Point
from scoring.pages import papers
from tests.domain.test_scoring_feedback import JURORS, NAMES, book
from tests.sitting_story import label

AT = datetime(2026, 4, 30, 14, tzinfo=UTC)
ONE = UUID(int=1)


def printed(*, second: Mapping[str, Mark], said: str = "") -> str:
    """Everything that the minutes of one sitting say, where the first juror gave `second` marks on a project."""
    first = book(2, JURORS)
    seat = first.seats[0].id
    known = first.first(seat, ONE).marks
    whole = replace(first, given={**first.given, (seat, ONE, 2): Given({**known, **second}, AT)})
    words = {Point(ONE, "argent"): Minute(said, "Équipe", AT)} if said else {}
    paper = papers.minutes("Vague", AT, [], [], (label(), [whole], {}, {whole.sitting.id: words}))
    return "\n".join(line for block in paper.blocks for line in (block.text, *block.lines))


def test_what_was_said_is_in_the_minutes() -> None:
    assert "Projet 1, Argent\u202f: Le plan sera revu." in printed(second={}, said="Le plan sera revu.")
    assert "Ce qui a été dit" not in printed(second={})


def test_both_marks_are_in_the_minutes_with_the_reason() -> None:
    shown = printed(second={"argent": Mark(1, True, "Deux financeurs se retirent."), "voix": Mark(None, False)})

    assert "Projet 1, Argent\u202f: 3, 1. Deux financeurs se retirent." in shown
    assert "Projet 1, Voix\u202f: 3, sans objet." in shown
    assert "Temps" not in shown
    assert not [name for name in NAMES if name in shown]


def test_second_marks_that_change_nothing_are_not_printed() -> None:
    assert "après la discussion" not in printed(second={})
