"""The whole notifier: events on a real broker become mails in a mailbox, appointments included."""

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from uuid import UUID, uuid4

import nats
import pytest
from nats.aio.client import Client
from nats.js import JetStreamContext

from chevalement.catcher import Catcher
from kernel.contracts.envelope import Cause, Envelope, Event
from kernel.contracts.registry import SERVICES
from kernel.runtime import streams
from kernel.runtime.nats_server import NatsServer
from kernel.runtime.service import Service
from kernel.runtime.settings import Settings
from notifier import app
from tests.notifier_story import START, contact, preselected, proposed, submitted
from tests.patience import PATIENCE

ALERT_SECONDS = 1.0


@pytest.fixture
async def catcher(tmp_path: Path) -> AsyncIterator[Catcher]:
    made = Catcher(tmp_path / "mails")
    await made.start()
    yield made
    await made.stop()


@pytest.fixture
async def connection(broker: NatsServer) -> AsyncIterator[Client]:
    made = await nats.connect(broker.url)
    for service in SERVICES:
        await streams.declare(made.jetstream(), service)
    yield made
    await made.close()


def a_service(folder: Path, broker: NatsServer, catcher: Catcher) -> Service:
    settings = Settings.load(data=folder, smtp_port=catcher.port, alert_delay=ALERT_SECONDS, secret="for tests")
    return app.build(settings, broker.url)


async def publish(jetstream: JetStreamContext, *events: Event) -> None:
    for event in events:
        sealed = Envelope.seal(event, START, Cause.new())
        await jetstream.publish(event.subject(), sealed.body().encode(), headers=sealed.headers())


async def until(condition: Callable[[], bool], seconds: float = PATIENCE) -> None:
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110 - the mailbox is the other side of a socket
            await asyncio.sleep(0.02)


def story(candidacy: UUID) -> list[Event]:
    return [
        preselected(candidacy),
        contact(candidacy),
        submitted(candidacy),
        *(proposed(candidacy, number) for number in range(3)),
    ]


async def test_events_become_mails(tmp_path: Path, broker: NatsServer, connection: Client, catcher: Catcher) -> None:
    service = a_service(tmp_path, broker, catcher)
    await service.start()
    try:
        await publish(connection.jetstream(), *story(uuid4()))
        await until(lambda: len(catcher.messages) == 3)
        sent = await _subjects_told(connection, 3)
    finally:
        await service.stop()

    assert sent == 3
    assert len(set(catcher.message_ids())) == 3
    subjects = " ".join(str(mail["Subject"]) for mail in catcher.parsed())
    assert "3 nouvelles pistes de financement" in subjects
    assert sorted(path.name for path in catcher.folder.iterdir()) == ["0001.eml", "0002.eml", "0003.eml"]


async def test_an_appointment_that_was_lost_is_made_again_at_start(
    tmp_path: Path, broker: NatsServer, connection: Client, catcher: Catcher
) -> None:
    """The service ends before the alert is due, and its stream is lost with the schedule in it."""
    service = a_service(tmp_path, broker, catcher)
    await service.start()
    await publish(connection.jetstream(), proposed(uuid4(), 1))
    await _item_gathered(service)
    await service.stop()
    await connection.jetstream().purge_stream("NOTIFIER")

    again = a_service(tmp_path, broker, catcher)
    await again.start()
    try:
        await until(lambda: len(catcher.messages) == 1)
    finally:
        await again.stop()


async def _item_gathered(service: Service) -> None:
    async with asyncio.timeout(PATIENCE):
        while True:
            async with service.database.engine.connect() as connection:
                if (await connection.exec_driver_sql("SELECT count(*) FROM alert_item")).scalar():
                    return
            await asyncio.sleep(0.02)


async def _subjects_told(connection: Client, wanted: int) -> int:
    """How many `notifier.message.sent` the stream holds, once there are `wanted`."""
    found = 0
    async with asyncio.timeout(PATIENCE):
        while found < wanted:
            info = await connection.jetstream().stream_info("NOTIFIER", subjects_filter="notifier.message.sent.v1")
            found = sum((info.state.subjects or {}).values())
            await asyncio.sleep(0.02)
    return found
