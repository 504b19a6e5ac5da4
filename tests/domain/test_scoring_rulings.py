"""Who may say what and when: the two voices of each rule agree, and what is refused says why in French."""

from dataclasses import fields, replace
from typing import get_args
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.contracts.intake import NeedKind, PlanState
from kernel.contracts.scoring import Committee, OpinionRecorded, OpinionValue, Outcome
from scoring.domain import committees, rulings, words
from scoring.domain.committees import COMMITTEES
from scoring.domain.dossier import ActKind, Decision, Dossier, Opinion, learn
from scoring.domain.history import ACTS, ENTRIES, history
from scoring.domain.rulings import AlreadyDecided, Decide, GiveOpinion, NotYours, Officer, Refused
from tests.scoring_story import (
    REASON,
    STAFF,
    decision,
    moment,
    not_retained,
    opinion,
    preselected,
    submitted,
    withdrawn,
)

CANDIDACY = uuid4()
PARTNER, EXPERT = Officer("Région Hauts-de-France", "partner"), Officer("Cercle de qualité", "expert")
ROLES = st.sampled_from(["staff", "partner", "expert", "applicant", "ops", "stranger"])
OPINIONS = st.builds(
    Opinion,
    committee=st.sampled_from(COMMITTEES),
    value=st.sampled_from(get_args(OpinionValue)),
    reason=st.just(REASON),
    by=st.just("Équipe du Label"),
    at=st.integers(0, 9).map(moment),
)
MADE = Decision("nomine", REASON, "Équipe du Label", moment(3))


@st.composite
def dossiers(draw: st.DrawFn) -> Dossier:
    """Any dossier: any facts known, any opinions given, decided or not."""
    dossier = Dossier(CANDIDACY, opinions=tuple(draw(st.lists(OPINIONS, max_size=5))))
    for fact in (submitted, preselected, not_retained, withdrawn):
        if draw(st.booleans()):
            dossier = learn(dossier, fact(CANDIDACY))
    return replace(dossier, decision=draw(st.sampled_from([None, MADE])))


def instructed(*given: Committee) -> Dossier:
    dossier = learn(learn(Dossier(CANDIDACY), submitted(CANDIDACY)), preselected(CANDIDACY))
    for committee in given:
        dossier, _, _ = rulings.give_opinion(dossier, opinion(CANDIDACY, committee), moment(1))
    return dossier


def passes(check: object, *arguments: object) -> bool:
    try:
        check(*arguments)  # type: ignore[operator] # one of the check_ functions
    except Refused as refused:
        assert str(refused).endswith(".")
        return False
    return True


@given(dossiers(), st.sampled_from(COMMITTEES), ROLES)
def test_the_two_voices_agree_on_opinions(dossier: Dossier, committee: Committee, role: str) -> None:
    allowed = passes(rulings.check_opinion, dossier, committee, role)

    assert rulings.can_give_opinion(dossier, committee, role) is allowed
    if allowed:
        assert dossier.decision is None
        assert "retrait" not in dossier.acts


@given(dossiers(), ROLES)
def test_the_two_voices_agree_on_decisions(dossier: Dossier, role: str) -> None:
    allowed = passes(rulings.check_decision, dossier, role)

    assert rulings.can_decide(dossier, role) is allowed
    if allowed:
        assert (role, dossier.decision, dossier.missing_opinions()) == ("staff", None, ())
        assert "retrait" not in dossier.acts


@given(dossiers(), ROLES)
def test_the_two_voices_agree_on_reading(dossier: Dossier, role: str) -> None:
    assert rulings.can_read(dossier, role) is passes(rulings.check_reading, dossier, role)


def test_partners_and_experts_speak_for_their_own_committee_only() -> None:
    allowed = {
        (by.role, committee)
        for by in (STAFF, PARTNER, EXPERT)
        for committee in COMMITTEES
        if rulings.can_give_opinion(instructed(), committee, by.role)
    }

    assert allowed == {("partner", "technique"), ("expert", "expertise"), *(("staff", c) for c in COMMITTEES)}


def test_a_committee_reads_what_was_said_before_it() -> None:
    assert committees.readable("partner") == ("technique",)
    assert committees.readable("expert") == COMMITTEES
    assert committees.readable("applicant") == ()


def test_a_partner_does_not_decide() -> None:
    with pytest.raises(NotYours):
        rulings.decide(instructed(*COMMITTEES), decision(CANDIDACY, by=PARTNER), moment(2))


def test_the_decision_names_the_opinions_that_it_waits_for() -> None:
    with pytest.raises(Refused, match="Il manque l'avis du comité lycéen et l'avis du comité d'expertise"):
        rulings.check_decision(instructed("technique"), "staff")


def test_a_decision_is_taken_once_and_the_refusal_shows_it() -> None:
    dossier, events, entries = rulings.decide(instructed(*COMMITTEES), decision(CANDIDACY), moment(2))

    with pytest.raises(AlreadyDecided) as refused:
        rulings.decide(dossier, decision(CANDIDACY), moment(3))

    assert refused.value.decision == dossier.decision
    assert (events[0].by, events[0].at, events[0].reason) == ("Équipe du Label", moment(2), REASON)
    assert [entry.act for entry in entries] == ["decision"]


def test_a_correction_keeps_both_opinions_and_tells_again() -> None:
    dossier = instructed("technique")

    wish = opinion(CANDIDACY, "technique", by=PARTNER, reason="Le calendrier demande une réserve.")
    corrected, events, entries = rulings.give_opinion(dossier, wish, moment(2))

    assert corrected.opinion_of("technique") == corrected.opinions[1]
    assert corrected.replaced_opinions("technique") == (dossier.opinions[0],)
    assert [type(event) for event in events] == [OpinionRecorded]
    assert [entry.act for entry in entries] == ["correction"]


def test_the_same_opinion_sent_twice_is_told_once() -> None:
    dossier = instructed("technique")

    assert rulings.give_opinion(dossier, opinion(CANDIDACY, "technique"), moment(2)) == (dossier, [], [])


@pytest.mark.parametrize("reason", ["", "trop court", " " * 30, "a" * 9, "a" * 5_001])
def test_a_reason_says_something(reason: str) -> None:
    objection = rulings.objection_to_reason(reason)

    assert (objection is None) is (reason == "trop court")


def test_nothing_is_added_before_the_content_is_there() -> None:
    with pytest.raises(Refused, match="pas encore arrivé"):
        rulings.check_opinion(learn(Dossier(CANDIDACY), preselected(CANDIDACY)), "technique", "staff")


@pytest.mark.parametrize("command", [GiveOpinion, Decide])
def test_every_command_carries_actor_and_reason(command: type) -> None:
    assert {"by", "reason"} <= {field.name for field in fields(command)}


@pytest.mark.parametrize(
    ("codes", "known"),
    [
        (Committee, words.OPINION_BY),
        (OpinionValue, words.OPINIONS),
        (Outcome, words.OUTCOMES),
        (Outcome, words.OUTCOMES_TOLD),
        (NeedKind, words.NEEDS),
        (PlanState, words.PLAN),
        (ActKind, ACTS),
        (rulings.JournalAct, ENTRIES),
    ],
)
def test_every_code_has_its_words(codes: object, known: dict[str, str]) -> None:
    assert set(get_args(codes)) == set(known)


def test_history_is_told_in_order_of_time() -> None:
    dossier, _, entries = rulings.decide(instructed(*COMMITTEES), decision(CANDIDACY), moment(2))

    lines = history(dossier, entries)

    assert [line.what for line in lines] == ["Dossier reçu", "Dossier présélectionné", "Décision : labellisé"]


@pytest.mark.parametrize(
    ("begins", "ends", "told"),
    [
        ("2026-09", "2027-03", "de septembre 2026 à mars 2027"),
        ("2026-09", "2026-09", "septembre 2026"),
        ("2026-09", None, "à partir de septembre 2026"),
        (None, "2027-03", "jusqu'à mars 2027"),
        (None, None, None),
        ("été 2026", "2026-13", "de été 2026 à 2026-13"),
    ],
)
def test_periods_are_read_aloud(begins: str | None, ends: str | None, told: str | None) -> None:
    assert words.period(begins, ends) == told
