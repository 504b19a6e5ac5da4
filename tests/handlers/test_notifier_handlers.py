"""Each event has its effect once: a delivery, an alert, an appointment; on both databases."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from kernel.contracts.notifier import AlertDue, DeliveryDue
from notifier import app, handlers
from notifier.domain.delivery import Accepted, Delivery, Postponed, Refused
from notifier.domain.states import ImpossibleStep, State
from tests.notifier_story import (
    ADDRESS,
    ALERT_DELAY,
    START,
    World,
    a_world,
    contact,
    crawled,
    decided,
    degraded,
    not_retained,
    preselected,
    proposed,
    submitted,
    withdrawn,
)

DUE = AlertDue(recipient="staff")


@pytest.fixture
async def world(database_url: str, tmp_path: Path) -> AsyncIterator[World]:
    async with a_world(tmp_path, database_url) as made:
        yield made


async def claim(world: World) -> list[Delivery]:
    return await app.ledger(world.database, world.settings).claim(uuid4())


async def settle(world: World, delivery: Delivery, outcome: Accepted | Refused | Postponed) -> bool:
    return bool(await app.ledger(world.database, world.settings).settle([(delivery, outcome)]))


async def test_a_receipt_waits_for_the_address_and_goes_when_it_comes(world: World) -> None:
    candidacy = uuid4()
    await world.hear(submitted(candidacy))
    assert (await world.one("accuse_reception")).state is State.EN_ATTENTE_ADRESSE
    assert await claim(world) == []

    await world.hear(contact(candidacy))
    (taken,) = await claim(world)

    assert (taken.address, taken.attempts) == (ADDRESS, 1)
    assert await world.recorded("notifier.delivery.due") == [{"delivery_id": str(taken.id)}]
    assert await world.steps(taken) == ["en_attente_adresse", "a_envoyer", "en_cours"]


async def test_a_message_waits_for_the_facts_of_the_dossier(world: World) -> None:
    candidacy = uuid4()
    await world.hear_all([contact(candidacy), preselected(candidacy), decided(candidacy)])
    assert await claim(world) == []

    await world.hear(submitted(candidacy))

    assert {delivery.kind for delivery in await claim(world)} == {"accuse_reception", "preselection", "decision"}


async def test_every_answer_has_its_message(world: World) -> None:
    candidacy = uuid4()
    await world.hear_all([submitted(candidacy), contact(candidacy), not_retained(candidacy)])

    told = await world.one("non_retenue")
    assert told.snapshot["reason"].splitlines() == [
        "Le projet répond aux trois axes.",
        "Les habitants y ont pris part.",
    ]


async def test_the_same_event_twice_is_one_message_even_past_the_inbox(world: World) -> None:
    candidacy = uuid4()
    event = submitted(candidacy)
    identity = await world.hear(event)
    await world.hear(event, identity)
    await world.hear(event, identity, inbox_works=False)

    assert len(await world.deliveries()) == 1


async def test_a_withdrawal_stops_what_is_not_sent_and_leaves_what_is(world: World) -> None:
    candidacy = uuid4()
    await world.hear_all([submitted(candidacy), contact(candidacy)])
    (receipt,) = await claim(world)
    await settle(world, receipt, Accepted("Objet"))
    await world.hear_all([preselected(candidacy), withdrawn(candidacy), decided(candidacy)])

    states = {delivery.kind: delivery.state for delivery in await world.deliveries()}
    assert states == {
        "accuse_reception": State.ENVOYE,
        "preselection": State.ANNULE,
        "decision": State.ANNULE,
    }
    assert await claim(world) == []


async def test_a_withdrawal_during_an_attempt_stops_the_next_one(world: World) -> None:
    candidacy = uuid4()
    await world.hear_all([submitted(candidacy), contact(candidacy)])
    (taken,) = await claim(world)
    await world.hear(withdrawn(candidacy))
    await settle(world, taken, Postponed("451 plus tard"))

    assert (await world.one("accuse_reception")).state is State.ANNULE


async def test_an_abandoned_attempt_of_a_withdrawn_dossier_stops_too(world: World) -> None:
    candidacy = uuid4()
    await world.hear_all([submitted(candidacy), contact(candidacy)])
    await claim(world)
    await world.hear(withdrawn(candidacy))
    world.clock.set(START + timedelta(minutes=2))

    assert await claim(world) == []
    assert (await world.one("accuse_reception")).state is State.ANNULE


async def test_a_corrected_address_is_used_by_the_next_attempt(world: World) -> None:
    candidacy = uuid4()
    await world.hear_all([submitted(candidacy), contact(candidacy), contact(candidacy, "autre@ici.example")])

    assert [delivery.address for delivery in await claim(world)] == ["autre@ici.example"]


async def test_a_late_sender_cannot_undo_a_newer_one(world: World) -> None:
    candidacy = uuid4()
    await world.hear_all([submitted(candidacy), contact(candidacy)])
    (late,) = await claim(world)
    world.clock.set(START + timedelta(minutes=2))
    (newer,) = await claim(world)

    assert newer.message_id == late.message_id
    assert not await settle(world, late, Refused("550 non"))
    assert await settle(world, newer, Accepted("Objet"))
    assert not await settle(world, newer, Accepted("Objet"))
    assert len(await world.recorded("notifier.message.sent")) == 1


async def test_postponed_makes_an_appointment(world: World) -> None:
    candidacy = uuid4()
    await world.hear_all([submitted(candidacy), contact(candidacy)])
    (taken,) = await claim(world)
    await settle(world, taken, Postponed(f"451 <{ADDRESS}> plus tard"))

    waiting = await world.one("accuse_reception")
    assert waiting.due_at and timedelta(seconds=40) < waiting.due_at - START <= timedelta(minutes=1)
    assert ADDRESS not in (waiting.last_error or "")
    assert [key for key, _ in await world.appointments("due")] == [taken.id.hex]
    assert await claim(world) == []


async def test_a_failed_message_leaves_again_when_asked_and_says_who_asked(world: World) -> None:
    candidacy = uuid4()
    await world.hear_all([submitted(candidacy), contact(candidacy)])
    (taken,) = await claim(world)
    await settle(world, taken, Refused("550 inconnu"))
    await world.hear(contact(candidacy, "autre@ici.example"))
    async with world.database.work() as work:
        await handlers.send_again(work, taken.id, "Équipe du Label")

    (again,) = await claim(world)
    assert (again.address, again.message_id) == ("autre@ici.example", taken.message_id)
    with pytest.raises(ImpossibleStep):
        async with world.database.work() as work:
            await handlers.send_again(work, taken.id, "Équipe du Label")
    with pytest.raises(handlers.UnknownDelivery):
        async with world.database.work() as work:
            await handlers.send_again(work, uuid4(), "Équipe du Label")


async def test_a_call_named_to_a_candidacy_alerts_nobody(world: World) -> None:
    candidate = proposed(uuid4(), 1).model_copy(update={"candidate": True})
    await world.hear_all([candidate, DUE])

    assert await world.appointments("due.staff") == []


async def test_matches_are_gathered_into_one_alert(world: World) -> None:
    first, second = uuid4(), uuid4()
    await world.hear_all([proposed(first, n) for n in range(3)] + [proposed(second, 1, 9.0)])
    assert await world.appointments("due.staff") == [("staff", "@at 2026-03-12T11:01:00Z")]

    world.clock.set(START + ALERT_DELAY)
    await world.hear(DUE)
    await world.hear(DUE)

    alert = await world.one("alerte_equipe")
    assert (alert.state, alert.snapshot["count"]) == (State.A_ENVOYER, 4)
    assert set((await world.told()).values()) == {alert.id}


async def test_what_comes_after_an_alert_makes_the_next_one(world: World) -> None:
    candidacy = uuid4()
    await world.hear_all([proposed(candidacy, 1), DUE, proposed(candidacy, 1), proposed(candidacy, 2), DUE])

    counts = [delivery.snapshot["count"] for delivery in await world.deliveries()]
    assert counts == [1, 1]
    assert len(await world.appointments("due.staff")) == 2


async def test_an_alert_is_never_empty(world: World) -> None:
    candidacy = uuid4()
    await world.hear_all([DUE, proposed(candidacy, 1), withdrawn(candidacy), DUE])

    assert await world.deliveries() == []


async def test_a_degraded_source_is_told_once_an_episode(world: World) -> None:
    await world.hear_all([degraded("eu", 1), degraded("eu", 2), crawled("eu", 3), degraded("eu", 4), degraded("at", 4)])

    assert [delivery.kind for delivery in await world.deliveries()] == ["source_degradee"] * 3


async def test_a_source_that_goes_blind_is_told_to_operation_at_once_and_once(world: World) -> None:
    late = degraded("eu", 2).model_copy(update={"before": "healthy", "health": "late"})
    blind = degraded("eu", 3).model_copy(update={"before": "late", "health": "blind"})
    still = degraded("eu", 4).model_copy(update={"before": "blind", "health": "blind"})

    await world.hear_all([crawled("eu", 1), late, blind, still])

    told = [(one.recipient_kind, one.snapshot["blind"], one.state) for one in await world.deliveries()]
    assert sorted(told) == [("ops", True, State.A_ENVOYER), ("staff", False, State.A_ENVOYER)]


async def test_the_alert_ends_with_the_state_of_the_sources(world: World) -> None:
    await world.hear_all([crawled("eu", 1), degraded("eu", 2), crawled("at", 2), proposed(uuid4(), 1), DUE])

    told = (await world.one("alerte_equipe")).snapshot["sources"]
    assert sorted(source["degraded"] for source in told) == [False, True]


async def test_appointments_are_made_again_at_start(world: World) -> None:
    candidacy = uuid4()
    await world.hear_all([submitted(candidacy), contact(candidacy), proposed(candidacy, 1)])
    (taken,) = await claim(world)
    await settle(world, taken, Postponed("451 plus tard"))
    async with world.database.work() as work:
        await work.connection.execute(text("DELETE FROM outbox"))
    async with world.database.work() as work:
        await handlers.renew_appointments(work, ALERT_DELAY)

    assert {key for key, _ in await world.appointments("due")} == {"staff", taken.id.hex}


async def test_an_appointment_that_comes_wakes_the_sender(world: World) -> None:
    await world.hear(DeliveryDue(delivery_id=uuid4()))

    assert world.woken == 1


@pytest.mark.parametrize(
    ("rule", "change"),
    [
        ("ck_delivery_state", "state = 'perdu'"),
        ("ck_delivery_kind", "kind = 'publicite'"),
        ("ck_delivery_recipient_kind", "recipient_kind = 'autre', candidacy_id = NULL"),
        ("ck_delivery_applicant", "candidacy_id = NULL"),
        ("ck_delivery_claimed", "state = 'en_cours'"),
        ("ck_delivery_due", "due_at = NULL"),
        ("ck_delivery_sent", "state = 'envoye'"),
        ("ck_delivery_failed", "state = 'echec'"),
        ("ck_delivery_attempts", "attempts = -1"),
    ],
)
async def test_bad_deliveries_are_impossible(world: World, rule: str, change: str) -> None:
    candidacy = uuid4()
    await world.hear_all([submitted(candidacy), contact(candidacy)])

    with pytest.raises(IntegrityError, match=rule):
        async with world.database.work() as work:
            await work.connection.execute(text(f"UPDATE delivery SET {change}"))  # noqa: S608 - the table above


async def test_a_second_delivery_of_a_kind_for_a_cause_is_impossible(world: World) -> None:
    await world.hear(submitted(uuid4()))
    columns = (
        "cause_event_id, recipient_kind, recipient, candidacy_id, kind, created_at, snapshot, template_version, doubt"
    )

    with pytest.raises(IntegrityError, match=r"(?i)unique"):
        async with world.database.work() as work:
            copied = f"INSERT INTO delivery (id, state, attempts, {columns}) "
            copied += f"SELECT :id, state, attempts, {columns} FROM delivery"  # noqa: S608 - the table above
            await work.connection.execute(text(copied), {"id": uuid4().hex})
