"""What people may make of a match: the table holds whatever steps are tried, and taking back leads back exactly."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from funding_watch.domain.triage import (
    ACTORS,
    MOVES,
    REASON_WORDS,
    REASONS,
    STATE_WORDS,
    STATES,
    Line,
    Refused,
    Step,
    Triage,
    Who,
    can_step,
    dated,
    moved,
    noted,
    reminds,
    steps_from,
    undone,
)
from tests.watch_story import START

FRESH = Triage(UUID(int=1), UUID(int=2), "source:1")
TEAM = Who("Équipe du Label", "staff")
STEPS = st.builds(
    lambda to, reason: Step(to, reason if to == "ecarte" else None), st.sampled_from(STATES), st.sampled_from(REASONS)
)
TRIED = st.lists(st.tuples(st.sampled_from(ACTORS), st.one_of(st.none(), STEPS)), max_size=12)


def same(one: Triage, other: Triage) -> bool:
    """Equal but for who wrote last, and how many lines there are."""
    return replace(one, turn=0, by="", at=None) == replace(other, turn=0, by="", at=None)


def test_every_state_and_reason_has_words_and_every_state_a_way_out() -> None:
    assert set(STATE_WORDS) == set(STATES) == set(MOVES)
    assert set(REASON_WORDS) == set(REASONS)
    assert all(steps_from(state, "staff") for state in STATES)


@given(TRIED)
def test_whatever_is_tried_the_table_holds_and_taking_back_leads_back(tried: list[tuple[str, Step | None]]) -> None:
    known, history, stood = FRESH, list[Line](), [FRESH]
    for minute, (role, step) in enumerate(tried):
        who, at = Who("Quelqu’un", role), START + timedelta(minutes=minute)  # type: ignore[arg-type]  # from ACTORS
        try:
            after, line = moved(known, step, who, at) if step else undone(known, history, who, at)
        except Refused as refused:
            assert str(refused)
            continue
        assert after.turn == known.turn + 1
        if step:
            assert role in MOVES[known.state][step.to]
            stood.append(after)
        else:
            stood.pop()
        assert same(after, stood[-1])
        known, history = after, [*history, line]
    assert (known.state == "ecarte") == (known.reason is not None)


@pytest.mark.parametrize(
    ("step", "role", "words"),
    [
        (Step("transmis"), "partner", "sans l’équipe du Label"),
        (Step("obtenu"), "staff", "on ne passe pas"),
        (Step("ecarte"), "staff", "Dites pourquoi"),
        (Step("a_etudier", "clos"), "staff", "ne va qu’à un écart"),
        (Step("a_etudier", None, "x" * 2001), "staff", "2001 caractères"),
    ],
)
def test_a_step_that_may_not_be_says_why(step: Step, role: str, words: str) -> None:
    with pytest.raises(Refused, match=words):
        moved(FRESH, step, Who("A", role), START)  # type: ignore[arg-type]  # one of ACTORS
    assert not can_step(FRESH, step, role)  # type: ignore[arg-type]  # as above


@pytest.mark.parametrize("amount", [0, -5])
def test_an_absurd_amount_is_refused(amount: int) -> None:
    forwarded, _ = moved(FRESH, Step("transmis"), TEAM, START)
    with pytest.raises(Refused, match="nombre d’euros"):
        moved(forwarded, Step("obtenu", amount=amount), TEAM, START)


def test_a_note_moves_nothing_and_an_empty_one_is_refused() -> None:
    after, line = noted(FRESH, "Appeler la Région.", TEAM, START)
    assert (after.state, after.turn, line.act, line.words) == ("nouveau", 1, "note", "Appeler la Région.")
    with pytest.raises(Refused):
        noted(FRESH, "", TEAM, START)


def test_a_day_reminds_as_long_as_something_is_expected() -> None:
    day = START.date() + timedelta(days=7)
    after, _ = dated(FRESH, day, TEAM, START)
    refused, _ = moved(after, Step("ecarte", "clos"), TEAM, START)
    assert reminds(after, day)
    assert not reminds(after, day + timedelta(days=1))
    assert not reminds(refused, day)
    with pytest.raises(Refused, match="passée"):
        dated(FRESH, START.date() - timedelta(days=1), TEAM, START)
