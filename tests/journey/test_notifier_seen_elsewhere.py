"""Nine faults read in the code of public alerters, each tried on ours over real SMTP; the name says the fault."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, date, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from kernel.contracts.envelope import Cause
from kernel.contracts.notifier import ReminderDue
from notifier import store
from notifier.domain.delivery import Delivery, Outcome
from notifier.domain.states import State
from notifier.mail.sending import Sender
from tests.handlers.test_notifier_reminders import CANDIDACY, MATCH, forwarded
from tests.journey.smtp_script import OK, serving
from tests.listener_story import ANNE, BILAL, declared, due, listen, moved, subscribed
from tests.notifier_story import World, a_world, contact, proposed, submitted
from tests.patience import PATIENCE

MORNING = datetime(2026, 3, 13, 9, 0, tzinfo=UTC)
DAILY = subscribed(ANNE, "quotidien")


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with a_world(tmp_path) as made:
        yield made


def text_of(mail: EmailMessage) -> str:
    part = mail.get_body(("plain",))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


async def test_1_what_is_marked_as_seen_before_it_is_sent_is_lost(world: World) -> None:
    await listen(world, DAILY)
    await world.hear(proposed(uuid4(), 1))
    async with serving(messages=["552 boîte pleine"]) as server:
        sender = world.sender(server.port)
        for days in range(2):
            world.clock.set(MORNING + timedelta(days=3 * days))
            await due(world, DAILY)
            await sender.pump()
        (mail,) = server.kept
    assert "Chaleur renouvelable 1" in text_of(mail), "the mail that failed has told nothing"


async def test_2_what_stands_below_a_cut_is_never_announced(world: World) -> None:
    await listen(world, DAILY)
    candidacy = uuid4()
    await world.hear_all([proposed(candidacy, number, score=9 - number / 10) for number in range(40)])
    world.clock.set(MORNING)
    await due(world, DAILY)
    async with serving() as server:
        await world.sender(server.port).pump()
        (mail,) = server.kept
    assert all(f"Chaleur renouvelable {number}\n" in text_of(mail) for number in range(40))


async def test_3_a_return_in_the_loop_leaves_the_other_recipients_out(world: World) -> None:
    people = [subscribed(UUID(int=200 + number)) for number in range(4)]
    await listen(world, *people)
    await world.hear(declared(people[0].person_id, 1, may_enter=False))
    await world.hear(proposed(uuid4(), 1))
    world.clock.set(world.clock.now() + timedelta(minutes=2))
    for one in people:
        await due(world, one)
    async with serving() as server:
        await world.sender(server.port).pump()
    assert len({mail["To"] for mail in server.kept}) == 3


async def test_4_sending_inside_a_transaction_holds_everybody_and_doubles_on_its_failure(world: World) -> None:
    candidacy = uuid4()
    await world.hear_all([submitted(candidacy), contact(candidacy)])
    async with serving() as server:
        keep = server.handle_DATA

        async def write_meanwhile(*talk: object) -> str:
            async with asyncio.timeout(PATIENCE), world.database.work():
                return await keep(*talk)  # type: ignore[arg-type]  # as it was called

        server.handle_DATA = write_meanwhile  # type: ignore[method-assign]  # the server's own, for this test
        await world.sender(server.port).pump()
    assert (await world.one("accuse_reception")).state is State.ENVOYE


async def test_5_another_mail_about_the_call_hides_its_closing_reminder(world: World) -> None:
    await world.hear_all([submitted(CANDIDACY), contact(CANDIDACY), forwarded()])
    for to, at in ((date(2026, 4, 30), datetime(2026, 4, 16, 8, tzinfo=UTC)), (date(2026, 6, 15), None)):
        world.clock.set(at or datetime(2026, 5, 15, 8, tzinfo=UTC))
        await world.hear(moved(proposed(CANDIDACY, 1), to, world.clock.now() - timedelta(days=1)))
        await world.hear(ReminderDue(match_id=MATCH))
    kinds = [one.kind for one in await world.deliveries()]
    assert (kinds.count("appel_transmis"), kinds.count("rappel_echeance")) == (1, 2), "one for each deadline"


async def test_6_one_flag_for_a_round_forgets_those_who_failed_and_doubles_the_others(world: World) -> None:
    for _ in range(3):
        candidacy = uuid4()
        await world.hear_all([submitted(candidacy), contact(candidacy)])
    async with serving(recipients=[OK, "451 plus tard", OK]) as server:
        for _ in range(3):
            await world.sender(server.port).pump()
            world.clock.set(world.clock.now() + timedelta(minutes=2))
    assert len(server.kept) == len({mail["Message-ID"] for mail in server.kept}) == 3


async def test_7_a_flag_committed_before_its_mail_is_queued_hides_it_for_ever(world: World) -> None:
    candidacy = uuid4()
    await world.hear(contact(candidacy))
    with pytest.raises(asyncio.CancelledError):
        async with world.database.work(Cause.new().followed_by(uuid4().hex)) as work:
            await world.subscriptions.apply([(submitted(candidacy), lambda: None)], work)
            raise asyncio.CancelledError  # killed after the effect, before the commit
    assert await world.deliveries() == []
    await world.hear(submitted(candidacy))
    assert (await world.one("accuse_reception")).state is State.A_ENVOYER


async def test_8_a_status_kept_as_text_cannot_be_counted(world: World) -> None:
    for _ in range(2):
        candidacy = uuid4()
        await world.hear_all([submitted(candidacy), contact(candidacy)])
    async with serving(recipients=["550 inconnu"]) as server:
        await world.sender(server.port).pump()
    async with world.database.reading() as session:
        counted = [await store.count(session, store.Selection(state)) for state in (State.ENVOYE, State.ECHEC)]
    assert counted == [1, 1]


async def test_9_a_process_that_dies_after_the_250_sends_another_mail(world: World) -> None:
    class Dies(Sender):
        async def confirm(self, attempts: Sequence[tuple[Delivery, Outcome]]) -> None:
            raise asyncio.CancelledError

    await listen(world, subscribed(BILAL))
    await world.hear(proposed(uuid4(), 1))
    world.clock.set(world.clock.now() + timedelta(minutes=2))
    await due(world, subscribed(BILAL))
    async with serving() as server:
        with pytest.raises(asyncio.CancelledError):
            await world.sender(server.port, Dies).pump()
        await world.hear(proposed(uuid4(), 2))  # more comes, but the words of that mail may not change
        world.clock.set(world.clock.now() + timedelta(minutes=2))
        await due(world, subscribed(BILAL))
        await world.sender(server.port).pump()
    first, *others = server.kept
    (again,) = [mail for mail in others if mail["Message-ID"] == first["Message-ID"]]
    assert text_of(again) == text_of(first), "a mailbox shows one of the two"
