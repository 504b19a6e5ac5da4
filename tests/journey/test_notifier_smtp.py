"""Over real SMTP: a message is sent until it is taken, and twice only with one Message-ID."""

import asyncio
import socket
from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from kernel.contracts.notifier import AlertDue
from notifier.domain.delivery import Delivery, Outcome
from notifier.domain.states import State
from notifier.mail import sending
from notifier.mail.sending import Sender
from tests.journey.smtp_script import DROP, OK, serving
from tests.notifier_story import (
    ADDRESS,
    REASON,
    STAFF,
    START,
    World,
    a_world,
    contact,
    decided,
    preselected,
    proposed,
    submitted,
)
from tests.patience import PATIENCE


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with a_world(tmp_path) as made:
        yield made


async def one_receipt(world: World, title: str = "Réseau de chaleur de la cité", email: str = ADDRESS) -> UUID:
    candidacy = uuid4()
    await world.hear_all([submitted(candidacy, title), contact(candidacy, email)])
    return candidacy


def later(world: World, minutes: float) -> None:
    world.clock.set(world.clock.now() + timedelta(minutes=minutes))


class Killed(Sender):
    """Dies between the server's 250 and its own confirmation."""

    async def confirm(self, attempts: Sequence[tuple[Delivery, Outcome]]) -> None:
        raise asyncio.CancelledError


async def test_a_message_is_sent_and_said_to_be_sent(world: World) -> None:
    await one_receipt(world)
    async with serving() as server:
        assert await world.sender(server.port).pump() == 1

    (mail,) = server.kept
    delivery = await world.one("accuse_reception")
    assert delivery.state is State.ENVOYE
    assert mail["Message-ID"] == delivery.message_id == f"<{delivery.id.hex}@pole-artois.example>"
    assert (mail["To"], mail["Auto-Submitted"], mail["Reply-To"]) == (
        ADDRESS,
        "auto-generated",
        "label@pole-artois.example",
    )
    assert mail["From"] == "Label Euralens <label@pole-artois.example>"
    assert parsedate_to_datetime(mail["Date"]) == START
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]
    (told,) = await world.recorded("notifier.message.sent")
    assert (told["delivery_id"], told["message_id"]) == (str(delivery.id), delivery.message_id)


async def test_a_busy_server_gets_it_a_minute_later(world: World) -> None:
    await one_receipt(world)
    async with serving(messages=["451 4.3.0 plus tard"]) as server:
        sender = world.sender(server.port)
        await sender.pump()
        assert server.kept == []
        assert (await world.one("accuse_reception")).last_error == "451 4.3.0 plus tard"
        assert await sender.pump() == 0
        later(world, 1)
        await sender.pump()

    delivery = await world.one("accuse_reception")
    assert (delivery.state, delivery.attempts, len(server.kept)) == (State.ENVOYE, 2, 1)
    assert await world.steps(delivery) == [
        "en_attente_adresse",
        "a_envoyer",
        "en_cours",
        "a_envoyer",
        "en_cours",
        "envoye",
    ]


async def test_greylisting_is_only_a_delay(world: World) -> None:
    await one_receipt(world)
    async with serving(recipients=["450 4.7.1 liste grise"]) as server:
        await world.sender(server.port).pump()
        later(world, 1)
        await world.sender(server.port).pump()

    assert (await world.one("accuse_reception")).state is State.ENVOYE


@pytest.mark.parametrize("where", ["recipients", "messages"])
async def test_a_refusal_is_final_and_told_without_the_address(world: World, where: str) -> None:
    await one_receipt(world)
    async with serving(**{where: [f"550 5.1.1 <{ADDRESS}> inconnu"]}) as server:
        await world.sender(server.port).pump()
        later(world, 100)
        assert await world.sender(server.port).pump() == 0

    (told,) = await world.recorded("notifier.message.failed")
    assert told["reason"] == "550 5.1.1 <(adresse)> inconnu"
    assert (await world.one("accuse_reception")).state is State.ECHEC
    assert server.kept == []


async def test_one_refused_recipient_costs_the_others_nothing(world: World) -> None:
    for _ in range(3):
        await one_receipt(world)
    async with serving(recipients=[OK, "550 inconnu"]) as server:
        assert await world.sender(server.port).pump() == 3

    states = sorted(delivery.state for delivery in await world.deliveries())
    assert states == [State.ECHEC, State.ENVOYE, State.ENVOYE]
    assert server.lines == 1


async def test_a_line_dropped_after_the_data_gives_one_row_and_one_message_id(world: World) -> None:
    await one_receipt(world)
    async with serving(messages=[DROP]) as server:
        await world.sender(server.port).pump()
        later(world, 1)
        await world.sender(server.port).pump()

    (delivery,) = await world.deliveries()
    assert delivery.state is State.ENVOYE
    assert [mail["Message-ID"] for mail in server.kept] == [delivery.message_id] * 2


async def test_killed_between_the_250_and_the_confirmation(world: World) -> None:
    await one_receipt(world)
    async with serving() as server:
        with pytest.raises(asyncio.CancelledError):
            await world.sender(server.port, Killed).pump()
        assert (await world.one("accuse_reception")).state is State.EN_COURS
        assert await world.sender(server.port).pump() == 0, "the lease is not over"
        later(world, 1.1)
        assert await world.sender(server.port).pump() == 1

    (delivery,) = await world.deliveries()
    assert (delivery.state, delivery.attempts) == (State.ENVOYE, 2)
    assert [mail["Message-ID"] for mail in server.kept] == [delivery.message_id] * 2
    assert len(await world.recorded("notifier.message.sent")) == 1


async def test_no_server_postpones_the_whole_batch(world: World) -> None:
    for _ in range(3):
        await one_receipt(world)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        assert await world.sender(free.getsockname()[1]).pump() == 3
    async with serving() as server:
        later(world, 1)
        await world.sender(server.port).pump()

    assert len(server.kept) == 3
    assert {delivery.state for delivery in await world.deliveries()} == {State.ENVOYE}


@pytest.mark.parametrize("damage", [{}, {"porteur": None}, {"at": "bientôt"}])
async def test_a_value_that_is_missing_or_none_fails_loudly(world: World, damage: dict[str, object]) -> None:
    await one_receipt(world)
    delivery = await world.one("accuse_reception")
    await world.change_snapshot(delivery, {**delivery.snapshot, **damage} if damage else {"title": "t"})
    async with serving() as server:
        await world.sender(server.port).pump()

    assert server.kept == []
    failed = await world.one("accuse_reception")
    assert failed.state is State.ECHEC
    assert "modèle « accuse_reception »" in (failed.last_error or "")
    assert len(await world.recorded("notifier.message.failed")) == 1


async def test_an_address_that_is_none_never_reaches_the_server(world: World) -> None:
    await one_receipt(world, email="mairie de Saint-Exemple")
    async with serving() as server:
        await world.sender(server.port).pump()

    assert server.lines == 0
    assert (await world.one("accuse_reception")).state is State.ECHEC


@pytest.mark.parametrize(
    "title",
    [
        "Titre\r\nBcc: tous@exemple.example\r\n\r\nCorps",
        "Réseau " * 2_000,
        "x" * 10_000,
        "\u202eelpmexe\u202c.exe",
        "<script>alert('x')</script><img src=x onerror=alert(1)>",
        "{{ 7 * 7 }} {% raise %}",
    ],
)
async def test_a_hostile_title_is_harmless_and_visible(world: World, title: str) -> None:
    await one_receipt(world, title)
    async with serving() as server:
        await world.sender(server.port).pump()

    (mail,) = server.kept
    assert mail["Bcc"] is None
    assert len(mail["Subject"]) <= 120
    assert not mail.defects
    text, html = (part.get_content() for part in mail.iter_parts())
    assert "<script" not in html
    assert "<img" not in html
    assert "\u202e" not in text + html + mail["Subject"]
    assert "{{ 7" in text or "{{" not in title
    assert "Dossier nᵒ" in mail["Subject"]


async def test_a_decision_says_why_and_what_comes_next(world: World) -> None:
    candidacy = uuid4()
    await world.hear_all([submitted(candidacy), contact(candidacy), preselected(candidacy)])
    await world.hear(decided(candidacy, "en_attente"))
    async with serving() as server:
        await world.sender(server.port).pump()

    (mail,) = [mail for mail in server.kept if "mis en attente" in mail["Subject"]]
    text = next(mail.iter_parts()).get_content()
    assert all(line in text for line in REASON.splitlines())
    assert "Et maintenant" in text
    assert "Cordialement" in text


async def test_the_alert_to_the_staff_groups_what_was_found(world: World) -> None:
    first, second = uuid4(), uuid4()
    await world.hear_all([submitted(first), proposed(first, 1, 3.0), proposed(second, 2, 8.0)])
    await world.hear(AlertDue(recipient="staff"))
    async with serving() as server:
        await world.sender(server.port).pump()

    (mail,) = server.kept
    text, html = (part.get_content() for part in mail.iter_parts())
    assert mail["To"] == STAFF
    assert text.index("Chaleur renouvelable 2") < text.index("Chaleur renouvelable 1")
    assert "jeudi 30 avril 2026 (dans 49 jours)" in text
    assert "/veille/" in text
    assert "src=" not in html


async def test_stopping_gives_back_what_was_not_tried(world: World) -> None:
    await one_receipt(world)
    stopping = asyncio.Event()
    stopping.set()
    async with serving() as server:
        await world.sender(server.port).pump(stopping)

    delivery = await world.one("accuse_reception")
    assert (delivery.state, delivery.attempts, server.lines) == (State.A_ENVOYER, 0, 0)


async def test_the_loop_sends_when_it_is_woken_and_ends_when_told(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending, "SAFETY_POLL", 3600.0)
    async with serving() as server:
        sender = world.sender(server.port)
        stopping = asyncio.Event()
        loop = asyncio.create_task(sender.run(stopping))
        await asyncio.sleep(0.05)
        await one_receipt(world)
        sender.wake.set()
        await asyncio.wait_for(server.arrived.wait(), PATIENCE)
        stopping.set()
        await asyncio.wait_for(loop, PATIENCE)

    assert (await world.one("accuse_reception")).state is State.ENVOYE
