"""The table of states is total, has no way back, and hears decisions in any order with the same end."""

from itertools import permutations
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.domain import states, vocabulary
from intake.domain.journal import ACT_WORDS, ACTS
from intake.domain.refusals import Refused
from intake.domain.states import OUTCOMES, STATES, TRANSITIONS, WORDS, State, after_decision, can_move, check_move
from kernel.contracts import intake, notifier, scoring

ANY_STATE = st.sampled_from(STATES)
OWN = ("depose", "preselectionne", "non_retenu", "retire")


def test_every_state_has_its_moves_and_its_words() -> None:
    assert set(TRANSITIONS) == set(WORDS) == set(STATES)
    assert len({words.label for words in WORDS.values()}) == len(STATES)
    assert all(words.label and words.next and words.owner for words in WORDS.values())


def test_every_code_has_a_wording() -> None:
    assert set(vocabulary.NEED_KINDS) == set(get_args(intake.NeedKind))
    assert set(vocabulary.PLAN_STATES) == set(get_args(intake.PlanState))
    assert set(vocabulary.OPINIONS) == set(get_args(scoring.OpinionValue))
    assert set(vocabulary.MESSAGES) == set(get_args(notifier.MessageKind))
    assert set(ACT_WORDS) == set(ACTS)
    assert set(OUTCOMES) < set(STATES)


@given(ANY_STATE, ANY_STATE)
def test_the_rule_says_the_same_in_both_voices(state: State, to: State) -> None:
    try:
        check_move(state, to)
    except Refused as refused:
        assert not can_move(state, to)
        assert WORDS[state].label in str(refused)
        assert WORDS[to].label in str(refused)
    else:
        assert can_move(state, to)
        assert not can_move(to, state)


@given(st.lists(ANY_STATE, max_size=6))
def test_a_story_ends_after_two_moves_at_most(wishes: list[State]) -> None:
    state: State = "depose"
    moves = 0
    for wish in wishes:
        if can_move(state, wish):
            state, moves = wish, moves + 1

    assert moves <= 2


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("outcome", OUTCOMES)
def test_a_decision_applies_to_a_preselected_dossier_only(state: State, outcome: scoring.Outcome) -> None:
    applies = state == "preselectionne" or state in OUTCOMES

    assert after_decision(state, outcome) == (outcome if applies else state)
    assert after_decision(state, None) == state


def test_two_decisions_in_any_order_leave_the_one_that_is_told_last() -> None:
    for first, second in permutations(OUTCOMES, 2):
        assert after_decision(after_decision("preselectionne", first), second) == second


def test_the_diagram_is_the_table() -> None:
    diagram = states.mermaid()

    assert diagram.startswith("stateDiagram-v2\n")
    arrows = {tuple(line.split(" --> ")) for line in map(str.strip, diagram.splitlines()) if " --> " in line}
    expected = {(state, to) for state in STATES for to in TRANSITIONS[state]}
    assert {arrow for arrow in arrows if "[*]" not in arrow} == expected
    assert ("[*]", "depose") in arrows
