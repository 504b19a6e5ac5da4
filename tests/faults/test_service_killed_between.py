"""A service dies between two steps of its work, and another life of it finishes: nothing lost, nothing doubled."""

import asyncio
import contextlib
import json
import signal
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import nats
import pytest
from nats.js import JetStreamContext
from nats.js.errors import NotFoundError

from chevalement.platform import build
from funding_watch import handlers as watch
from intake import handlers as intake
from intake.domain.wave import Calendar
from kernel.contracts.intake import CandidacyPreselected, CandidacySubmitted
from kernel.contracts.notifier import MessageSent
from kernel.runtime import deadletter, migrate, streams
from kernel.runtime.clock import SystemClock
from kernel.runtime.database import Database
from kernel.runtime.nats_server import NatsServer
from kernel.runtime.relay import Relay
from kernel.runtime.service import Service
from kernel.runtime.settings import Settings
from scoring import handlers as scoring
from tests.faults import child, hasty
from tests.faults.dying import POINTS
from tests.faults.scene import Scene, a_scene
from tests.intake_story import STAFF, dossier
from tests.patience import PATIENCE
from tests.scoring_story import opinion

pytestmark = pytest.mark.timeout(300)

RELAYS = [point for point in POINTS if POINTS[point][0] is Relay]
CONSUMERS = [point for point in POINTS if POINTS[point][1] == "effect"]
ALONE = {point: POINTS[point][0].__name__.partition(".")[0] for point in POINTS if point not in RELAYS + CONSUMERS}


@pytest.fixture(autouse=True)
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same short leases in this process as in the children."""
    for holder, name, value in hasty.WAITS:
        monkeypatch.setattr(holder, name, value)


@dataclass
class Town:
    """Four services whose outboxes hold what people did just before all went dark."""

    scene: Scene
    broker: NatsServer
    settings: Settings
    databases: dict[str, Database]
    candidacy: UUID

    async def carry(self) -> None:
        """Put the events of all outboxes on their streams: nobody has heard them yet."""
        connection = await nats.connect(self.broker.url)
        for service, database in self.databases.items():
            await streams.declare(connection.jetstream(), service)
            await Relay(database, connection, connection.jetstream()).pump()
        await connection.close()

    def die(self, point: str, services: tuple[str, ...]) -> None:
        """A life of each service that ends at `point`."""
        settings = self.scene.settings() | {"nats_url": self.broker.url, "port": 0}
        command = ("-m", "tests.faults.dying", point, "serve")
        lives = [child.start(self.scene.folder / s, s, command=command, **settings) for s in services]
        for life in lives:
            assert life.ends() == -signal.SIGKILL, life.err[-2000:]

    @asynccontextmanager
    async def another_life(self) -> AsyncIterator[list[Service]]:
        services = [build(name, self.settings, self.broker.url) for name in child.SERVICES]
        await asyncio.gather(*(service.start() for service in services))
        try:
            yield services
        finally:
            await asyncio.gather(*(service.stop() for service in services))

    def is_done(self) -> bool:
        """Whether the mails left and the portal was read."""
        data = self.scene.data
        sent = child.rows(data, "notifier", "SELECT 1 FROM delivery WHERE state = 'envoye'")
        well = child.rows(data, "funding_watch", "SELECT 1 FROM source WHERE state = 'ok'")
        told = child.rows(data, "intake", "SELECT 1 FROM journal WHERE act = 'message_envoye'")
        return (len(sent), len(well), len(told)) == (2, 1, 3)

    async def told(self) -> Counter[str]:
        """How many events of each kind the streams hold, where no identity is there twice."""
        connection = await nats.connect(self.broker.url)
        js = connection.jetstream()
        events = [event for service in child.SERVICES for event in await stored(js, service)]
        assert await deadletter.count(js) == 0
        await connection.close()
        assert len(set(events)) == len(events), Counter(events)
        return Counter(subject for subject, _ in events)


async def stored(js: JetStreamContext, service: str) -> list[tuple[str, str]]:
    """(subject, identity) of every message of a service's stream that is no appointment."""
    found, stream = [], streams.stream_name(service)
    state = (await js.stream_info(stream)).state
    for number in range(state.first_seq, state.last_seq + 1):
        with contextlib.suppress(NotFoundError):  # an appointment that a later one replaced
            raw = await js.get_msg(stream, number)
            found.append((raw.subject or "", (raw.headers or {})["ce-id"]))
    return [event for event in found if ".schedule." not in event[0]]


@asynccontextmanager
async def a_town(folder: Path, broker: NatsServer) -> AsyncIterator[Town]:
    """Committed and not told to anyone: a preselected candidacy, an opinion, a mail that left, a portal to read."""
    async with a_scene(folder) as scene:
        settings = Settings.load(**scene.settings(), nats_url=broker.url)
        databases = {s: Database(settings.database_of(s), SystemClock()) for s in child.SERVICES}
        try:
            for service, database in databases.items():
                await migrate.upgrade(database.engine, service)
            town = Town(scene, broker, settings, databases, await apply(databases["intake"]))
            await instruct(databases["scoring"], town)
            async with databases["funding_watch"].work() as work:
                await watch.request_crawl(work, "aides_territoires")
            async with databases["notifier"].work() as work:
                sent = {"delivery_id": uuid4(), "candidacy_id": town.candidacy, "message_id": "<1@label.test>"}
                work.record(MessageSent(**sent, kind="accuse_reception", at=work.at))
            yield town
        finally:
            for database in databases.values():
                await database.close()


async def apply(database: Database) -> UUID:
    """A porteur applies and is preselected."""
    now = datetime.now(UTC)
    calendar = Calendar("Vague", now - timedelta(hours=1), now + timedelta(days=30), 10)
    async with database.work() as work:
        await intake.open_wave(work, calendar, STAFF)
        receipt = await intake.submit_candidacy(work, dossier(), "LE", uuid4().hex)
        await intake.preselect(work, receipt.candidacy_id, STAFF, "Un projet solide.")
    return receipt.candidacy_id


async def instruct(database: Database, town: Town) -> None:
    """A committee speaks, as soon as scoring knows the candidacy."""
    told = {s: json.loads(b) for s, b in child.rows(town.scene.data, "intake", "SELECT subject, body FROM outbox")}

    def event(kind: Any) -> Any:
        return kind.model_validate_json(json.dumps(told[kind.subject()]))

    async with database.work() as work:
        await scoring.receive_dossier(work, event(CandidacySubmitted))
        await scoring.open_instruction(work, event(CandidacyPreselected))
    async with database.work() as work:
        await scoring.record_opinion(work, opinion(town.candidacy, "technique"))


async def finishes(town: Town) -> None:
    """Another life brings everything to the same end, whatever the death."""
    async with town.another_life() as services:
        deadline = time.monotonic() + PATIENCE
        while not (town.is_done() and not any([sum((await s.health.backlog()).values()) for s in services])):
            backlogs = {s.name: await s.health.backlog() for s in services}
            assert time.monotonic() < deadline, f"not finished: {backlogs}"
            await asyncio.sleep(0.05)
        told = await town.told()
    calls = child.count(town.scene.data, "funding_watch", "call")
    assert calls > 20
    assert told == {
        "intake.wave.opened.v1": 1,
        "intake.candidacy.submitted.v1": 1,
        "intake.candidacy.preselected.v1": 1,
        "intake.contact.declared.v1": 1,
        "scoring.opinion.recorded.v1": 1,
        "funding_watch.crawl.due.v1": 1,
        "funding_watch.call.discovered.v1": calls,
        "funding_watch.source.crawled.v1": 1,
        "notifier.delivery.due.v1": 2,
        "notifier.message.sent.v1": 3,
    }
    journal = child.rows(town.scene.data, "intake", "SELECT act, count(*) FROM journal GROUP BY act")
    assert dict(journal) == {"depot": 1, "preselection": 1, "avis": 1, "message_envoye": 3}
    assert len(set(town.scene.catcher.message_ids())) == 2
    for service, table in {"intake": "opinion", "scoring": "dossier", "funding_watch": "project"}.items():
        assert child.count(town.scene.data, service, table) == 1


@pytest.mark.parametrize("point", RELAYS)
async def test_every_service_dies_between_commit_and_publication(
    tmp_path: Path, broker: NatsServer, point: str
) -> None:
    async with a_town(tmp_path, broker) as town:
        await asyncio.to_thread(town.die, point, child.SERVICES)
        await finishes(town)


@pytest.mark.parametrize("point", CONSUMERS)
async def test_every_service_dies_between_delivery_and_acknowledgement(
    tmp_path: Path, broker: NatsServer, point: str
) -> None:
    async with a_town(tmp_path, broker) as town:
        await town.carry()
        await asyncio.to_thread(town.die, point, child.SERVICES)
        await finishes(town)


@pytest.mark.parametrize("point", ALONE)
async def test_a_service_dies_between_the_world_and_its_database(
    tmp_path: Path, broker: NatsServer, point: str
) -> None:
    async with a_town(tmp_path, broker) as town:
        await town.carry()
        await asyncio.to_thread(town.die, point, (ALONE[point],))
        await finishes(town)
        if ALONE[point] == "notifier":
            sent = town.scene.catcher.message_ids()
            assert len(set(sent)) == 2 and 3 <= len(sent) <= 4, "only what was in hand was to be sent again, once"
