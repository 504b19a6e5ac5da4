"""The table of states is total, and the state of a dossier never leaves it."""

from itertools import product
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.domain import states
from scoring.domain.dossier import Dossier, Told, learn
from scoring.domain.states import MEANINGS, TABLE, State
from tests.scoring_story import not_retained, preselected, submitted, withdrawn

CANDIDACY = uuid4()
FACTS: st.SearchStrategy[Told] = st.one_of(
    st.builds(lambda number: submitted(CANDIDACY, number=f"LE-2026-{number:03d}"), st.integers(1, 3)),
    st.builds(lambda day: preselected(CANDIDACY, day), st.integers(0, 4)),
    st.builds(lambda day: not_retained(CANDIDACY, day), st.integers(0, 4)),
    st.builds(lambda day: withdrawn(CANDIDACY, day), st.integers(0, 4)),
)


def told(facts: list[Told]) -> Dossier:
    dossier = Dossier(CANDIDACY)
    for fact in facts:
        dossier = learn(dossier, fact)
    return dossier


@pytest.mark.parametrize("state", State)
def test_every_state_has_a_french_label_and_an_owner(state: State) -> None:
    assert MEANINGS[state].label
    assert MEANINGS[state].owner.startswith(("l'", "la ", "le ", "les "))


@pytest.mark.parametrize("state", sorted(set(State) - {State.INCONNU}))
def test_every_state_is_reached(state: State) -> None:
    assert any(transition.target is state for transition in TABLE)


def test_one_target_for_a_state_and_an_event() -> None:
    assert len({(t.source, t.event) for t in TABLE}) == len(TABLE)


def test_every_pair_of_state_and_event_has_an_answer() -> None:
    for state, event in product(State, {t.event for t in TABLE}):
        assert states.follow(state, event) in State


def test_withdrawn_is_the_end() -> None:
    assert all(t.source is not State.RETIRE for t in TABLE)


def test_the_diagram_shows_every_transition() -> None:
    diagram = states.mermaid()

    assert diagram.startswith("stateDiagram-v2\n    state")
    for transition in TABLE:
        assert f"    {transition.source} --> {transition.target}: {transition.event.__name__}\n" in diagram


@given(st.lists(FACTS, max_size=8), FACTS)
def test_a_fact_moves_a_dossier_as_the_table_says_or_not_at_all(facts: list[Told], fact: Told) -> None:
    before = told(facts)

    after = learn(before, fact)

    assert after.state in {before.state, states.follow(before.state, type(fact))}


@given(st.lists(FACTS, min_size=1, max_size=8).flatmap(lambda f: st.tuples(st.just(f), st.permutations(f + f[:3]))))
def test_shuffled_and_repeated_facts_give_the_same_dossier(histories: tuple[list[Told], list[Told]]) -> None:
    in_order, shuffled = histories

    assert told(shuffled) == told(in_order)
