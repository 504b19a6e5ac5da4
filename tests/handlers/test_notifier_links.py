"""Personal links by mail: at once, never too late, shown to nobody else, and forgotten once their fate is known."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import TextClause, Uuid, bindparam, text
from sqlmodel.sql.sqltypes import UTCDateTime

from chevalement.catcher import Catcher
from kernel.contracts.intake import SignInAsked
from kernel.contracts.label import load_label
from kernel.runtime import migrate
from kernel.runtime.clock import FixedClock, SystemClock
from kernel.runtime.database import Database
from kernel.runtime.settings import Settings
from notifier import app, handlers
from notifier.domain.delivery import Accepted, Delivery, Outcome, Postponed, Refused
from notifier.domain.states import ImpossibleStep, State
from notifier.mail.links import Links
from notifier.mail.posting import MailServer, Postman
from notifier.mail.sending import Sender
from notifier.mail.writing import Writer
from tests.notifier_story import START, World, a_world

EMAIL = "dgs@porteur.example"
TOKEN = "un.jeton-secret_que-personne:ne-lit"
QUARTER = timedelta(minutes=15)
KEPT = ("SELECT * FROM delivery", "SELECT * FROM delivery_step")
OLD_ID = uuid4()
OLD = """INSERT INTO delivery (id, cause_event_id, recipient_kind, recipient, kind, created_at, snapshot,
    template_version, state, attempts)
    VALUES (:id, :id, 'staff', 'staff', 'alerte_equipe', :at, '{}', 1, 'annule', 0)"""
OLD_STEP = "INSERT INTO delivery_step (delivery_id, at, state, note, by) VALUES (:id, :at, 'annule', '', '')"


def asked(*, invitation: bool = False, minutes: int = 15) -> SignInAsked:
    expires = START + timedelta(minutes=minutes)
    return SignInAsked(person_id=uuid4(), email=EMAIL, token=TOKEN, expires_at=expires, invitation=invitation)


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with a_world(tmp_path) as made:
        yield made


@pytest.fixture
async def catcher(tmp_path: Path) -> AsyncIterator[Catcher]:
    made = Catcher(tmp_path / "mails")
    await made.start()
    yield made
    await made.stop()


def sender(world: World, catcher: Catcher) -> Sender:
    settings = Settings.load(data=world.settings.data)
    label = load_label(settings.label_file, settings.territory_file)
    writer = Writer(label, "https://label.example", settings.mail_from, Links("for tests", "https://label.example"))
    postman = Postman(MailServer("127.0.0.1", catcher.port))
    return Sender(app.ledger(world.database, settings), writer, postman, world.clock)


async def settled(world: World, outcome: Outcome) -> Delivery:
    """The only delivery, once it was taken and became `outcome`."""
    ledger = app.ledger(world.database, world.settings)
    (taken,) = await ledger.claim(uuid4())
    await ledger.settle([(taken, outcome)])
    (found,) = await world.deliveries()
    return found


def bound(statement: str) -> TextClause:
    """A statement whose `:id` and `:at` are written as each database keeps them."""
    return text(statement).bindparams(bindparam("id", type_=Uuid()), bindparam("at", type_=UTCDateTime()))


async def everything_kept(world: World) -> str:
    async with world.database.engine.connect() as connection:
        tables = [await connection.execute(text(query)) for query in KEPT]
        return str([table.all() for table in tables])


@pytest.mark.parametrize(("invitation", "said"), [(False, "Vous n’avez rien demandé"), (True, "vous invite")])
async def test_the_mail_says_what_the_link_is_good_for(
    world: World, catcher: Catcher, invitation: bool, said: str
) -> None:
    await world.hear(asked(invitation=invitation))
    one = sender(world, catcher)
    assert await one.pump() == 1
    await one.postman.rest()
    (mail,) = catcher.parsed()
    words = mail.get_body(("plain",)).get_content()  # type: ignore[union-attr] # it has one
    html = mail.get_body(("html",)).get_content()  # type: ignore[union-attr] # it has one
    assert mail["To"] == EMAIL
    assert f"\nhttps://label.example/entrer?jeton={TOKEN}\n" in words.replace("\r\n", "\n")
    assert f'href="https://label.example/entrer?jeton={TOKEN}"' in html
    for body in (words, html):
        plain = " ".join(body.replace("\u202f", " ").split())
        assert said in plain and "ne sert qu’une fois" in plain and "12 mars 2026 à 12 h 15" in plain


async def test_a_link_is_forgotten_once_its_mail_left(world: World) -> None:
    event = await world.hear(asked())
    sent = await settled(world, Accepted("Votre lien"))
    assert (sent.state, sent.address, dict(sent.snapshot)) == (State.ENVOYE, None, {})
    kept = await everything_kept(world)
    assert EMAIL not in kept and TOKEN not in kept
    assert len(await world.recorded("notifier.message.sent")) == 1
    await world.hear(asked(), event, inbox_works=False)
    assert len(await world.deliveries()) == 2  # another person; the same one is not written to twice


async def test_a_link_whose_mail_is_refused_is_forgotten_and_cannot_be_sent_again(world: World) -> None:
    await world.hear(asked())
    failed = await settled(world, Refused(f"550 {EMAIL} inconnu"))
    assert failed.state is State.ECHEC
    kept = await everything_kept(world)
    assert EMAIL not in kept and TOKEN not in kept
    async with world.database.work() as work:
        with pytest.raises(ImpossibleStep, match="demande un autre"):
            await handlers.send_again(work, failed.id, "Équipe")


async def test_a_server_that_is_away_too_long_ends_it(world: World) -> None:
    await world.hear(asked(minutes=2))
    waiting = await settled(world, Postponed("serveur absent"))
    assert waiting.state is State.A_ENVOYER and waiting.address == EMAIL
    world.clock = world.database.clock = FixedClock(START + timedelta(seconds=90))
    gone = await settled(world, Postponed("serveur absent"))
    assert gone.state is State.ANNULE
    assert TOKEN not in await everything_kept(world)


async def test_a_link_is_never_sent_after_its_end(world: World, catcher: Catcher) -> None:
    await world.hear(asked())
    world.clock = world.database.clock = FixedClock(START + QUARTER)
    one = sender(world, catcher)
    assert await one.pump() == 1
    (found,) = await world.deliveries()
    assert (found.state, found.address, catcher.messages) == (State.ANNULE, None, [])
    await world.hear(asked())
    assert len(await world.deliveries()) == 1  # it came too late to be worth a message
    assert await world.recorded("notifier.message.failed") == []


async def test_the_same_event_writes_once(world: World) -> None:
    event, identity = asked(), uuid4()
    for _ in range(2):
        await world.hear(event, identity, inbox_works=False)
    assert len(await world.deliveries()) == 1


async def test_messages_of_before_stay_when_the_table_is_made_again(database_url: str) -> None:
    database = Database(database_url, SystemClock())
    await migrate.upgrade(database.engine, "notifier", "0002")
    async with database.work() as work:
        await work.connection.execute(bound(OLD), {"id": OLD_ID, "at": START})
        await work.connection.execute(bound(OLD_STEP), {"id": OLD_ID, "at": START})
    await migrate.upgrade(database.engine, "notifier")
    async with database.work() as work:
        assert (await work.connection.execute(text("SELECT count(*) FROM delivery"))).scalar() == 1
        await work.connection.execute(text("DELETE FROM delivery_step"))
        await work.connection.execute(text("DELETE FROM delivery"))
    await database.close()
