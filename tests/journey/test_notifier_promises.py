"""Ten promises of a notifier that people trust, one test each, over real SMTP where something leaves."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from email.message import EmailMessage
from itertools import pairwise
from pathlib import Path
from uuid import UUID, uuid4

import httpx2
import pytest
from sqlmodel.ext.asyncio.session import AsyncSession

from kernel.runtime import migrate
from kernel.runtime.settings import Settings
from notifier import app
from notifier.domain import hours
from notifier.domain.receipts import Receipt
from notifier.domain.retries import HORIZON, JITTER, delay
from notifier.domain.states import State
from notifier.handlers.receipts import hear_receipt
from notifier.store import following, listeners
from tests.journey.smtp_script import OK, ScriptedServer, serving
from tests.journey.test_notifier_seen_elsewhere import text_of
from tests.listener_story import ANNE, due, listen, moved, subscribed
from tests.notifier_story import World, a_world, contact, decided, preselected, proposed, submitted

DAILY = subscribed(ANNE, "quotidien")


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with a_world(tmp_path) as made:
        yield made


async def a_dossier(world: World) -> UUID:
    candidacy = uuid4()
    await world.hear_all([submitted(candidacy), contact(candidacy)])
    return candidacy


async def the_digest(world: World, server: ScriptedServer, at: datetime) -> EmailMessage:
    world.clock.set(at)
    await due(world, DAILY)
    await world.sender(server.port).pump()
    return server.kept[-1]


async def test_1_one_event_one_recipient_one_kind_is_one_mail(world: World) -> None:
    candidacy = uuid4()
    await world.hear(contact(candidacy))
    event, identity = submitted(candidacy), uuid4()
    async with serving() as server:
        for _ in range(3):
            await world.hear(event, identity, inbox_works=False)
            await world.sender(server.port).pump()
    assert len(server.kept) == 1
    assert server.kept[0]["Message-ID"] == (await world.one("accuse_reception")).message_id


async def test_2_sent_is_said_after_the_250_and_delivered_after_a_receipt(world: World) -> None:
    await a_dossier(world)
    waiting = await world.one("accuse_reception")
    assert (waiting.state, await world.recorded("notifier.message.sent")) == (State.A_ENVOYER, [])
    async with serving() as server:
        await world.sender(server.port).pump()
    assert len(await world.recorded("notifier.message.sent")) == 1
    assert await world.recorded("notifier.message.delivered") == []
    async with world.database.work() as work:
        await hear_receipt(work, Receipt(waiting.id, "delivered"), str)
    assert len(await world.recorded("notifier.message.delivered")) == 1
    assert (await world.one("accuse_reception")).state is State.REMIS


async def test_3_what_is_missing_fails_loudly_and_makes_a_task(world: World) -> None:
    await a_dossier(world)
    whole = await world.one("accuse_reception")
    await world.change_snapshot(whole, {**whole.snapshot, "porteur": None})
    async with serving() as server:
        await world.sender(server.port).pump()
    (task,) = await world.recorded("notifier.message.failed")
    assert (server.kept, task["candidacy_id"]) == ([], str(whole.candidacy_id))
    assert "None" in task["reason"]


async def test_4_what_may_pass_is_tried_again_and_what_will_not_stops_at_once(world: World) -> None:
    spans = [delay(attempt, 0) for attempt in range(1, 9)]
    assert all(first < second for first, second in pairwise(spans)) and delay(3, 0.9) >= spans[2] * (1 - JITTER)
    candidacy = await a_dossier(world)
    async with serving(recipients=["550 5.1.1 inconnu"]) as server:
        await world.sender(server.port).pump()
        await world.hear(preselected(candidacy))
        await world.sender(server.port).pump()
    failed = [one for one in await world.deliveries() if one.state is State.ECHEC]
    assert len(failed) == 2, "the address rests: nothing else is tried there"
    assert sum("corrigez-la" in (one.last_error or "") for one in failed) == 1
    assert (server.lines, len(await world.recorded("notifier.message.failed"))) == (1, 2)


async def test_5_decisions_leave_together_once_people_have_decided(world: World) -> None:
    wave = [await a_dossier(world) for _ in range(3)]
    async with serving() as server:
        await world.sender(server.port).pump()
        assert len(server.kept) == 3, "the receipts alone"
        await world.hear_all([decided(one) for one in wave])
        await world.sender(server.port).pump()
    letters = [mail for mail in server.kept if "labellisé" in mail["Subject"]]
    assert len(letters) == 3 and len({mail["References"] for mail in letters}) == 3


async def test_6_what_is_due_ignores_choices_and_the_rest_stops_with_one_click(tmp_path: Path) -> None:
    service = app.build(Settings.load(data=tmp_path, secret="for tests"), "nats://127.0.0.1:1")
    await migrate.upgrade(service.database.engine, "notifier")
    async with a_world(tmp_path, str(service.database.url)) as world:
        await listen(world, DAILY)
        candidacy = await a_dossier(world)
        await world.hear(proposed(candidacy, 1))
        async with serving() as server:
            mail = await the_digest(world, server, datetime(2026, 3, 13, 9, tzinfo=UTC))
            assert server.kept[0]["List-Unsubscribe"] is None, "a receipt is due"
            assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
            links = app.Links("for tests", "https://label.example")
            path = links.unsubscribe(ANNE.hex, "veille").partition("/alertes")[2]
            transport = httpx2.ASGITransport(app=service.app)
            async with httpx2.AsyncClient(transport=transport, base_url="http://desk.test") as client:
                assert (await client.get(path)).status_code == 200
                async with world.database.reading() as session:
                    assert await _rhythms(session) == ["quotidien"], "opening a link changes nothing"
                for _ in range(2):
                    answer = await client.post(path, data={"List-Unsubscribe": "One-Click"})
                    assert answer.status_code == 200
            async with world.database.reading() as session:
                assert await _rhythms(session) == ["jamais"]
            async with world.database.work() as work:
                await following.mute(work.session, candidacy.hex, "rappels", work.at)
            await world.hear(decided(candidacy))
            await world.sender(server.port).pump()
            assert "labellisé" in server.kept[-1]["Subject"]
    await service.database.close()


async def _rhythms(session: AsyncSession) -> list[str]:
    return [one.rhythm for one in await listeners.subscriptions_of(session, ANNE)]


def test_7_nobody_is_written_to_at_night_or_by_a_clock_that_changes() -> None:
    for begin in (
        datetime(2026, 3, 27, tzinfo=UTC),
        datetime(2026, 10, 23, tzinfo=UTC),
        datetime(2026, 12, 23, tzinfo=UTC),
    ):
        for rhythm in ("immediat", "quotidien", "hebdomadaire"):
            slots = []
            at = begin
            for _ in range(60):
                slot = hours.next_slot(rhythm, at, 8, 2)  # type: ignore[arg-type]  # one of the three
                assert slot is not None and not hours.is_quiet(slot) and slot >= at
                slots.append(slot)
                at = max(slot, at) + timedelta(hours=7)
            assert slots == sorted(slots)
    assert hours.next_slot("jamais", datetime(2026, 3, 27, tzinfo=UTC), 8, 2) is None


async def test_8_an_alert_says_why_and_what_changed_since_it_was_told(world: World) -> None:
    await listen(world, DAILY)
    match = proposed(uuid4(), 1)
    await world.hear(match)
    async with serving() as server:
        first = await the_digest(world, server, datetime(2026, 3, 13, 9, tzinfo=UTC))
        world.clock.set(datetime(2026, 3, 13, 10, tzinfo=UTC))
        await world.hear(moved(match, date(2026, 5, 31), world.clock.now()))
        second = await the_digest(world, server, datetime(2026, 3, 16, 9, tzinfo=UTC))
    flat = " ".join(text_of(second).split())
    assert "Pourquoi : L’appel parle de chaleur" in text_of(first) and "Pas pour moi".lower() in text_of(first).lower()
    assert "Échéance : dimanche 31 mai 2026, auparavant jeudi 30 avril 2026" in flat


async def test_9_a_mail_server_away_for_hours_and_a_clock_that_jumps_lose_and_double_nothing(world: World) -> None:
    for _ in range(5):
        await a_dossier(world)
    async with serving(messages=["421 plus tard"] * 12) as server:
        sender = world.sender(server.port)
        for hours_on in (0.1, 0.5, 1, 4, -2, 6, 12, 24):
            await sender.pump()
            world.clock.set(world.clock.now() + timedelta(hours=hours_on))
        await sender.pump()
    assert len(server.kept) == len({mail["Message-ID"] for mail in server.kept}) == 5
    assert {one.state for one in await world.deliveries()} == {State.ENVOYE}
    assert timedelta(hours=72) <= HORIZON


async def test_10_words_are_kept_for_a_time_and_their_proof_for_good(world: World) -> None:
    await a_dossier(world)
    async with serving(recipients=[OK]) as server:
        await world.sender(server.port).pump()
    sent = await world.one("accuse_reception")
    keeping = app.keeping(world.database, 30)
    world.clock.set(world.clock.now() + timedelta(days=29))
    assert await keeping.sweep() == 0
    world.clock.set(world.clock.now() + timedelta(days=2))
    assert (await keeping.sweep(), await keeping.sweep()) == (1, 0)

    after = await world.one("accuse_reception")
    assert (after.snapshot, after.address, after.subject) == ({}, None, None)
    proofs = ("kind", "recipient", "state", "sent_at", "message_id", "proof")
    assert all(getattr(after, name) == getattr(sent, name) is not None for name in proofs)
    assert replace(after, snapshot=sent.snapshot).proof and len(after.proof or "") == 64
