"""The chain of a decision is its table: what is not in it is refused, nothing leaves before the forum approved."""

from dataclasses import replace
from typing import get_args
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.domain import chain
from scoring.domain.chain import OWNERS, STAGES, TABLE, TOO_SOON, Retouch, Ruling, Said, Stage
from scoring.domain.dossier import Dossier, learn
from scoring.domain.rulings import ChainAct, Decide, NotYours, Officer, Refused, give_opinion
from scoring.domain.votes import objection_to_vote
from tests.scoring_story import COMMITTEES, REASON, STAFF, moment, opinion, preselected, submitted, vote, withdrawn

CANDIDACY = uuid4()
EXPERT, PARTNER = Officer("Cercle de qualité", "expert"), Officer("Région", "partner")
SAID = Said("nomine", REASON, "Réunir les financements qui manquent.", STAFF.name, moment(1))
WISH = Decide(CANDIDACY, "nomine", REASON, STAFF, "Réunir les financements qui manquent.")


def instructed() -> Dossier:
    dossier = learn(learn(Dossier(CANDIDACY), submitted(CANDIDACY)), preselected(CANDIDACY))
    for committee in COMMITTEES:
        dossier, _, _ = give_opinion(dossier, opinion(CANDIDACY, committee), moment(1))
    return dossier


def at(stage: Stage) -> Ruling:
    """A ruling as it would be at that stage."""
    begun, decided = stage is not Stage.A_PROPOSER, stage not in {Stage.A_PROPOSER, Stage.PROPOSE}
    return Ruling(CANDIDACY, stage, SAID if begun else None, SAID if decided else None, held="x" * 10)


def test_every_stage_has_its_words_its_owner_and_a_way_in() -> None:
    assert set(STAGES) == set(OWNERS) == set(Stage)
    assert {move.target for move in TABLE} == set(Stage) - {Stage.A_PROPOSER}
    assert {move.act for move in TABLE} == set(get_args(ChainAct)) == set(TOO_SOON)
    assert chain.mermaid().count("-->") == len(TABLE) + 1


@given(st.sampled_from(Stage), st.sampled_from(get_args(ChainAct)), st.sampled_from(["staff", "expert", "partner"]))
def test_the_two_voices_agree_and_the_table_decides(stage: Stage, act: ChainAct, role: str) -> None:
    asked = [move for move in TABLE if (move.source, move.act) == (stage, act)]
    allowed = chain.can(instructed(), at(stage), act, role)

    assert allowed is bool(asked and any(role in move.roles for move in TABLE if move.act == act))
    if not allowed:
        with pytest.raises(Refused, match=r"\.$"):
            chain.check(instructed(), at(stage), act, role)


def test_only_what_the_forum_approved_is_released() -> None:
    for stage in Stage:
        if stage is Stage.APPROUVE:
            moved, wish = chain.released(instructed(), at(stage), "cle", STAFF)
            assert (moved.stage, moved.key, wish.outcome) == (Stage.NOTIFIE, "cle", "nomine")
            assert "À faire mûrir : Réunir" in wish.reason
        else:
            with pytest.raises(Refused):
                chain.released(instructed(), at(stage), "cle", STAFF)


def test_experts_propose_and_do_not_decide() -> None:
    ruling, entry = chain.propose(instructed(), Ruling(CANDIDACY), replace(WISH, by=EXPERT), moment(2))

    assert (ruling.stage, entry.act, entry.by) == (Stage.PROPOSE, "proposition", EXPERT.name)
    with pytest.raises(NotYours):
        chain.decide(instructed(), ruling, replace(WISH, by=EXPERT), moment(3))
    with pytest.raises(NotYours):
        chain.propose(instructed(), Ruling(CANDIDACY), replace(WISH, by=PARTNER), moment(2))


def test_who_is_not_labelled_is_told_what_to_mature() -> None:
    with pytest.raises(Refused, match="faire mûrir"):
        chain.propose(instructed(), Ruling(CANDIDACY), replace(WISH, maturing=""), moment(2))

    ruling, _ = chain.propose(
        instructed(), Ruling(CANDIDACY), replace(WISH, outcome="labellise", maturing=""), moment(2)
    )
    assert ruling.proposal is not None
    assert ruling.proposal.maturing == ""


def test_a_refusal_of_the_forum_sends_the_decision_back() -> None:
    back, entry = chain.put_to_vote(instructed(), at(Stage.DECIDE), vote(approved=False), STAFF)

    assert (back.stage, back.decision, back.proposal, entry.act) == (Stage.PROPOSE, None, SAID, "renvoi")
    assert "42 contre" in entry.reason


def test_another_outcome_needs_another_vote_and_other_words_do_not() -> None:
    approved = replace(at(Stage.APPROUVE), vote_id=uuid4(), held="")
    again, _ = chain.decide(instructed(), approved, WISH, moment(3))
    words = Retouch(CANDIDACY, "D'autres mots, plus justes.", SAID.maturing, frozenset(), STAFF)
    reread, _ = chain.retouch(instructed(), approved, words, moment(3))

    assert (again.stage, again.vote_id) == (Stage.DECIDE, None)
    assert (reread.stage, reread.vote_id) == (Stage.APPROUVE, approved.vote_id)
    assert chain.rehearsed([reread]) != chain.rehearsed([approved])


def test_a_held_letter_stays_until_it_is_let_go() -> None:
    approved = replace(at(Stage.APPROUVE), held="")
    held, _ = chain.hold(instructed(), approved, "Le porteur change de nom.", STAFF, moment(3))

    with pytest.raises(Refused, match="Rien ne part"):
        chain.released(instructed(), held, "cle", STAFF)
    assert chain.rehearsed([held]) == chain.rehearsed([])
    assert chain.resume(instructed(), held, STAFF, moment(4))[0] == approved


def test_a_withdrawn_dossier_goes_no_further() -> None:
    with pytest.raises(Refused, match="retiré"):
        chain.released(learn(instructed(), withdrawn(CANDIDACY)), at(Stage.APPROUVE), "cle", STAFF)


@pytest.mark.parametrize(
    ("changes", "words"),
    [({"present": 40}, "plus de voix que de présents"), ({"in_favour": 3, "against": 42}, "plus de voix pour")],
)
def test_the_figures_of_a_vote_hold(changes: dict[str, int], words: str) -> None:
    assert objection_to_vote(vote()) is None
    assert words in (objection_to_vote(replace(vote(), **changes)) or "")
