"""The table of states is whole: every state has words and an end, and what is not in it is refused in French."""

import pytest

from notifier.domain.states import FINAL, MEANINGS, TABLE, ImpossibleStep, State, Step, can_follow, follow, mermaid


def test_every_state_has_words_and_a_shape_of_its_own() -> None:
    assert set(MEANINGS) == set(State)
    assert len({(meaning.tone, meaning.shape) for meaning in MEANINGS.values()}) == len(State)
    assert all(meaning.label and meaning.owner for meaning in MEANINGS.values())


def test_every_state_is_reached_and_every_step_is_used() -> None:
    reached = {State.EN_ATTENTE_ADRESSE} | {transition.target for transition in TABLE}

    assert reached == set(State)
    assert {transition.step for transition in TABLE} == set(Step)


def test_a_final_state_is_never_left() -> None:
    left = {transition.source for transition in TABLE}

    assert set(State) - left == FINAL


def test_a_sent_message_cannot_be_sent_again() -> None:
    assert not can_follow(State.ENVOYE, Step.ASKED_AGAIN)
    with pytest.raises(ImpossibleStep, match="« Envoyé »"):
        follow(State.ENVOYE, Step.ASKED_AGAIN)


def test_the_diagram_draws_the_whole_table() -> None:
    drawn = mermaid()

    assert drawn.startswith("stateDiagram-v2\n")
    assert drawn.count("-->") == len(TABLE) + 1 + len(FINAL)
