"""A delivery waits for what it needs in any order, is tried for three days, and says how it ended."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.contracts.notifier import MessageFailed, MessageSent
from notifier.domain import retries
from notifier.domain.delivery import (
    LEASE,
    Accepted,
    Delivery,
    Postponed,
    Refused,
    advance,
    asked_again,
    check_address,
    claimed,
    given_back,
    settled,
    to_applicant,
    to_staff,
)
from notifier.domain.dossier import Dossier
from notifier.domain.states import ImpossibleStep, State
from tests.notifier_story import ADDRESS, START

CAUSE, CANDIDACY, TOKEN = UUID(int=1), UUID(int=2), UUID(int=3)
WHOLE = Dossier("LE-2026-0001", "Titre\r\nBcc: x", "Commune")


def born() -> Delivery:
    return to_applicant(CAUSE, CANDIDACY, "preselection", {"reason": "Oui"}, START)


def in_hand() -> Delivery:
    return claimed(advance(born(), WHOLE, ADDRESS, START), TOKEN, ADDRESS, "label.example", START)


def test_its_identity_follows_from_its_cause() -> None:
    assert born().id == born().id
    assert born().id != to_applicant(CAUSE, CANDIDACY, "decision", {}, START).id
    assert born().id != to_applicant(uuid4(), CANDIDACY, "preselection", {}, START).id


@pytest.mark.parametrize("known", [Dossier(), Dossier(number="1", title="t"), replace(WHOLE, number=None)])
def test_it_waits_for_the_dossier(known: Dossier) -> None:
    assert advance(born(), known, ADDRESS, START) == born()


def test_it_waits_for_the_address() -> None:
    assert advance(born(), WHOLE, None, START).state is State.EN_ATTENTE_ADRESSE


def test_it_leaves_with_the_facts_of_the_dossier_on_one_line() -> None:
    ready = advance(born(), WHOLE, ADDRESS, START)

    assert ready.state is State.A_ENVOYER
    assert ready.due_at == START
    assert ready.snapshot == {
        "reason": "Oui",
        "number": "LE-2026-0001",
        "title": "Titre Bcc: x",
        "porteur": "Commune",
    }


@pytest.mark.parametrize("waiting", [born(), advance(born(), WHOLE, ADDRESS, START)])
def test_a_withdrawal_stops_what_waits(waiting: Delivery) -> None:
    assert advance(waiting, Dossier(withdrawn=True), None, START).state is State.ANNULE


def test_what_is_in_hand_or_sent_is_left_alone() -> None:
    sent, _ = settled(in_hand(), Accepted("Objet"), START, 0)

    for delivery in (in_hand(), sent):
        assert advance(delivery, replace(WHOLE, withdrawn=True), ADDRESS, START) is delivery


def test_a_claim_counts_the_attempt_and_keeps_the_message_id() -> None:
    again = claimed(in_hand(), uuid4(), None, "label.example", START + LEASE)

    assert again.attempts == 2
    assert again.message_id == in_hand().message_id == f"<{born().id.hex}@label.example>"
    assert again.address == ADDRESS


def test_what_was_not_tried_is_as_before() -> None:
    back = given_back(in_hand())

    assert (back.state, back.attempts, back.claim) == (State.A_ENVOYER, 0, None)


def test_sent_tells_so() -> None:
    sent, (told,) = settled(in_hand(), Accepted("Objet"), START, 0)

    assert (sent.state, sent.sent_at, sent.subject) == (State.ENVOYE, START, "Objet")
    assert isinstance(told, MessageSent)
    assert told.message_id == sent.message_id


def test_refused_tells_why_without_the_address() -> None:
    failed, (told,) = settled(in_hand(), Refused(f"550 <{ADDRESS}> inconnu"), START, 0)

    assert failed.state is State.ECHEC
    assert isinstance(told, MessageFailed)
    assert told.reason == failed.last_error == "550 <(adresse)> inconnu"


def test_postponed_is_tried_for_three_days_then_told() -> None:
    delivery, at, attempts = in_hand(), START, 0
    while delivery.state is not State.ECHEC:
        delivery, told = settled(delivery, Postponed("451 plus tard"), at, 0.5)
        attempts += 1
        if delivery.state is State.A_ENVOYER:
            assert delivery.due_at and not told
            at = delivery.due_at
            delivery = claimed(delivery, uuid4(), None, "label.example", at)

    assert at == START + retries.HORIZON
    assert isinstance(told[0], MessageFailed)
    assert 10 < attempts < 20
    assert "72 heures" in (delivery.last_error or "")


@given(st.integers(1, 40), st.floats(0, 1, exclude_max=True))
def test_delays_grow_and_jitter_only_shortens(attempts: int, jitter: float) -> None:
    assert timedelta(seconds=40) < retries.delay(attempts, jitter) <= retries.delay(attempts, 0)
    assert retries.delay(attempts, jitter) <= retries.delay(attempts + 1, jitter)


@pytest.mark.parametrize(("attempts", "jitter"), [(0, 0.5), (1, 1.0), (1, -0.1)])
def test_a_delay_needs_an_attempt_and_a_jitter(attempts: int, jitter: float) -> None:
    with pytest.raises(ValueError, match=str(attempts)):
        retries.delay(attempts, jitter)


def test_a_failed_message_leaves_again_to_the_new_address() -> None:
    failed, _ = settled(in_hand(), Refused("550 inconnu"), START, 0)
    later = START + timedelta(days=5)
    again = asked_again(failed, "autre@saint-exemple.example", later)

    assert (again.state, again.address, again.ready_at) == (State.A_ENVOYER, "autre@saint-exemple.example", later)
    assert again.message_id == failed.message_id
    with pytest.raises(ImpossibleStep):
        asked_again(again, None, later)


def test_an_address_that_is_none_is_refused_before_it_is_tried() -> None:
    assert isinstance(check_address(replace(in_hand(), address="mairie")), Refused)
    assert check_address(in_hand()) is None


def test_a_message_to_the_staff_may_leave_at_once() -> None:
    delivery = to_staff(CAUSE, "alerte_equipe", {}, START)

    assert (delivery.state, delivery.due_at) == (State.A_ENVOYER, START)
