"""What comes back after the 250: from a mailbox or a signed call, believed once, and the address suppressed."""

import json
from collections.abc import AsyncIterator
from email.message import EmailMessage
from pathlib import Path
from uuid import UUID, uuid4

import httpx2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kernel.runtime import migrate
from kernel.runtime.clock import FixedClock
from kernel.runtime.settings import Settings
from notifier import app
from notifier.domain.delivery import Accepted, Delivery
from notifier.domain.receipts import Receipt, read
from notifier.domain.states import State
from notifier.handlers.receipts import hear_receipt
from notifier.mail.returns import Returns
from notifier.pages.receptions import signature
from tests.notifier_story import ADDRESS, START, World, a_world, contact, preselected, submitted

SECRET = "a secret of the relay"


def report(delivery: UUID, action: str = "failed", original: str = "text/rfc822-headers") -> bytes:
    """A delivery status notification as RFC 3464 has it."""
    headers = f"Message-ID: <{delivery.hex}@pole-artois.example>\r\nSubject: Votre dossier\r\n\r\n"
    return (
        "From: MAILER-DAEMON@relay.example\r\nTo: label@pole-artois.example\r\nSubject: Undelivered\r\n"
        "MIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/plain\r\n\r\nSorry.\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; relay.example\r\n\r\n"
        f"Final-Recipient: rfc822; {ADDRESS}\r\nAction: {action}\r\nStatus: 5.1.1\r\n"
        f"Diagnostic-Code: smtp; 550 5.1.1 <{ADDRESS}> inconnu\r\n\r\n"
        f"--b\r\nContent-Type: {original}\r\n\r\n{headers}\r\n--b--\r\n"
    ).encode()


def complaint(delivery: UUID) -> bytes:
    return (
        report(delivery)
        .replace(b"delivery-status", b"feedback-report")
        .replace(b"Reporting-MTA: dns; relay.example\r\n\r\n", b"Feedback-Type: abuse\r\nVersion: 1\r\n\r\n")
    )


@pytest.fixture
async def world(database_url: str, tmp_path: Path) -> AsyncIterator[World]:
    async with a_world(tmp_path, database_url) as made:
        yield made


async def a_sent_receipt(world: World) -> tuple[UUID, Delivery]:
    candidacy = uuid4()
    await world.hear_all([submitted(candidacy), contact(candidacy)])
    (taken,) = await world_claim(world)
    await app.ledger(world.database, world.settings).settle([(taken, Accepted("Objet"))])
    return candidacy, taken


async def world_claim(world: World) -> list[Delivery]:
    return await app.ledger(world.database, world.settings).claim(uuid4())


def returns(world: World, folder: Path) -> Returns:
    fingerprint = app._fingerprint(world.settings)

    async def hear(receipt: Receipt) -> bool:
        async with world.database.work() as work:
            return await hear_receipt(work, receipt, fingerprint)

    return Returns(folder, hear)


def drop(folder: Path, raw: bytes) -> None:
    """A mail arrives in the Maildir."""
    for name in ("new", "cur", "tmp"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    (folder / "new" / uuid4().hex).write_bytes(raw)


@pytest.mark.parametrize("original", ["text/rfc822-headers", "message/rfc822"])
async def test_a_bounce_is_told_once_and_the_address_is_written_to_no_more(
    world: World, tmp_path: Path, original: str
) -> None:
    candidacy, sent = await a_sent_receipt(world)
    box = returns(world, tmp_path / "box")
    for _ in range(2):
        drop(tmp_path / "box", report(sent.id, original=original))
    assert await box.sweep() == 1
    assert await box.sweep() == 0, "what was read stays read"

    assert (await world.one("accuse_reception")).state is State.REJETE
    (told,) = await world.recorded("notifier.message.bounced")
    assert (told["candidacy_id"], told["complaint"]) == (str(candidacy), False)
    assert told["reason"] == "550 5.1.1 <(adresse)> inconnu"
    await world.hear(preselected(candidacy))
    assert await world_claim(world) == []
    failed = await world.one("preselection")
    assert failed.state is State.ECHEC
    assert "corrigez-la" in (failed.last_error or "")


async def test_a_corrected_address_is_written_to_again(world: World, tmp_path: Path) -> None:
    candidacy, sent = await a_sent_receipt(world)
    drop(tmp_path / "box", report(sent.id))
    await returns(world, tmp_path / "box").sweep()
    await world.hear_all([contact(candidacy, "autre@ici.example"), preselected(candidacy)])

    assert [one.address for one in await world_claim(world)] == ["autre@ici.example"]


async def test_delivered_then_a_complaint_and_never_back(world: World, tmp_path: Path) -> None:
    _, sent = await a_sent_receipt(world)
    for raw in (report(sent.id, "delivered"), complaint(sent.id), report(sent.id, "delivered")):
        drop(tmp_path / "box", raw)
        await returns(world, tmp_path / "box").sweep()

    assert await world.steps(sent) == [
        "en_attente_adresse",
        "a_envoyer",
        "en_cours",
        "envoye",
        "remis",
        "plainte",
    ]
    (told,) = await world.recorded("notifier.message.bounced")
    assert told["complaint"]


def test_only_a_final_word_on_a_message_of_ours_counts() -> None:
    delivery = uuid4()
    assert read(report(delivery)) == Receipt(delivery, "bounced", "550 5.1.1 <(adresse)> inconnu")
    assert read(report(delivery, "delayed")) is None
    assert read(report(delivery).replace(delivery.hex.encode(), b"someone-else")) is None
    absent = EmailMessage()
    absent["Subject"] = "Absence du bureau"
    absent.set_content(f"Message-ID: <{delivery.hex}@pole-artois.example>")
    assert read(bytes(absent)) is None


@settings(deadline=None)  # a busy machine is no fault
@given(raw=st.binary(max_size=400), cut=st.integers(0, 900))
def test_whatever_arrives_is_read_without_harm(raw: bytes, cut: int) -> None:
    whole = report(UUID(int=1))
    for mail in (raw, whole[:cut] + raw, whole[:cut] + raw + whole[cut:]):
        found = read(mail)
        assert found is None or found.delivery_id == UUID(int=1)


async def test_a_signed_call_is_believed_and_no_other(tmp_path: Path) -> None:
    service = app.build(
        Settings.load(data=tmp_path, secret="for tests", receipts_secret=SECRET),
        "nats://127.0.0.1:1",
        FixedClock(START),
    )
    await migrate.upgrade(service.database.engine, "notifier")
    world = World(service.database, service.settings, FixedClock(START))
    _, sent = await a_sent_receipt(world)
    lines = [{"message_id": sent.message_id, "event": "bounced", "reason": f"550 <{ADDRESS}>"}]
    body = json.dumps([*lines, {"message_id": "x", "event": "bounced"}]).encode()
    transport = httpx2.ASGITransport(app=service.app)
    async with httpx2.AsyncClient(transport=transport, base_url="http://desk.test") as client:
        for signed, status in (("", 404), (signature("other", body), 404), (signature(SECRET, body), 204)):
            answer = await client.post("/receptions", content=body, headers={"X-Signature": signed})
            assert answer.status_code == status
        bad = b'{"a": 1}'
        wrong = await client.post("/receptions", content=bad, headers={"X-Signature": signature(SECRET, bad)})
        assert wrong.status_code == 422

    assert (await world.one("accuse_reception")).state is State.REJETE
    await service.database.close()


async def test_a_mail_that_lies_in_its_mailbox_is_told_to_its_dossier(world: World, tmp_path: Path) -> None:
    candidacy, sent = await a_sent_receipt(world)
    for _ in range(2):
        drop(tmp_path / "box", report(sent.id, "delivered"))
        await returns(world, tmp_path / "box").sweep()

    (told,) = await world.recorded("notifier.message.delivered")
    assert (told["delivery_id"], told["candidacy_id"]) == (str(sent.id), str(candidacy))
