"""An accord binds both sides as it was read; the calendar asks for news once a year."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.domain import follow_up as rules
from intake.domain.follow_up import KINDS, MOST, OPEN, Accord, Kind, Line
from intake.domain.refusals import Refused
from intake.domain.states import STATES, State
from tests.intake_story import DAY, NOW


def line(kind: Kind) -> Line:
    return Line(uuid4(), uuid4(), kind, "Ouvrir le chantier", date(2026, 9, 1), "prevu", "Équipe", NOW)


BOTH = [line("porteur"), line("label")]
OFFERED = rules.propose(Accord(uuid4()), "labellise", BOTH, NOW)


def test_an_accord_binds_both_sides_or_nobody() -> None:
    fresh = Accord(uuid4())
    for lines, said in (([], "du porteur"), ([line("porteur")], "du label"), ([line("label")], "du porteur")):
        with pytest.raises(Refused, match=said):
            rules.propose(fresh, "labellise", lines, NOW)
    with pytest.raises(Refused, match="labellisé"):
        rules.propose(fresh, "nomine", BOTH, NOW)
    with pytest.raises(Refused, match="déjà proposé"):
        rules.propose(OFFERED, "labellise", BOTH, NOW)


def test_what_is_accepted_is_what_was_read() -> None:
    accepted = rules.accept(OFFERED, 1, NOW + DAY)
    assert accepted.accepted_at == NOW + DAY and rules.accept(accepted, 1, NOW + 2 * DAY) == accepted
    changed = rules.reopened(accepted, "label")
    assert changed == replace(accepted, offered_at=None, accepted_at=None)
    assert rules.reopened(accepted, "jalon") == accepted
    for accord, version in ((changed, 1), (OFFERED, 2), (Accord(uuid4()), 0)):
        with pytest.raises(Refused, match="relisez"):
            rules.accept(accord, version, NOW)
    assert rules.propose(changed, "labellise", BOTH, NOW).version == 2


@pytest.mark.parametrize("state", STATES)
def test_lines_have_their_place_after_a_decision(state: State) -> None:
    for kind in KINDS:
        if kind in OPEN.get(state, ()):
            rules.check_adds(state, kind, [])
            with pytest.raises(Refused, match=str(MOST)):
                rules.check_adds(state, kind, [line(kind)] * MOST)
        else:
            with pytest.raises(Refused):
                rules.check_adds(state, kind, [])


@given(st.integers(0, 3650 * 24), st.integers(0, 4000))
def test_the_turn_is_the_last_one_whose_day_has_come(hours: int, days: int) -> None:
    decided = datetime(2020, 1, 1, tzinfo=UTC) + timedelta(hours=hours)
    at = decided + timedelta(days=days)
    turn = rules.turn_at(decided, at)
    assert turn == 0 or rules.news_due(decided, turn) <= at
    assert at < rules.news_due(decided, turn + 1)


def test_who_was_decided_on_the_29_of_february_is_asked_on_the_28() -> None:
    assert rules.news_due(datetime(2024, 2, 29, 12, tzinfo=UTC), 1) == datetime(2025, 2, 28, 12, tzinfo=UTC)
