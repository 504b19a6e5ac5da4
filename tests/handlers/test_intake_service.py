"""The whole service on a real broker: a wave closes by itself, and what scoring tells reaches the dossier."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from intake import app, handlers
from intake.domain.wave import Calendar
from intake.store import candidacies, waves
from kernel.contracts.envelope import Cause, Envelope
from kernel.runtime import streams
from kernel.runtime.nats_server import NatsServer
from kernel.runtime.service import Service
from kernel.runtime.settings import Settings
from tests.intake_story import STAFF, decision, dossier
from tests.patience import PATIENCE


@pytest.fixture
async def service(tmp_path: Path, broker: NatsServer) -> AsyncIterator[Service]:
    made = app.build(Settings.load(data=tmp_path / "data", secret="x" * 32), broker.url)
    await made.start()
    yield made
    await made.stop()


async def until(asked: Callable[[], Awaitable[bool]], seconds: float = PATIENCE) -> None:
    async with asyncio.timeout(seconds):
        while not await asked():  # noqa: ASYNC110 - a committed row rings no bell
            await asyncio.sleep(0.05)


async def test_a_wave_closes_at_its_time(service: Service) -> None:
    now = service.clock.now()
    async with service.database.work() as work:
        calendar = Calendar("Vague courte", now - timedelta(days=1), now + timedelta(seconds=2), 10)
        await handlers.open_wave(work, calendar, STAFF)

    async def closed() -> bool:
        async with service.database.reading() as session:
            return await waves.open_wave(session) is None

    assert not await closed()
    await until(closed)


async def test_a_decision_reaches_its_dossier(service: Service) -> None:
    now = service.clock.now()
    async with service.database.work() as work:
        calendar = Calendar("Vague", now - timedelta(days=1), now + timedelta(days=1), 10)
        await handlers.open_wave(work, calendar, STAFF)
        receipt = await handlers.submit_candidacy(work, dossier(), "LE", uuid4().hex)
        await handlers.preselect(work, receipt.candidacy_id, STAFF, "Un projet solide.")
    await streams.declare(service.broker.jetstream, "scoring")
    told = Envelope.seal(decision(receipt.candidacy_id, "labellise"), now, Cause.new())
    for _ in range(2):
        await service.broker.jetstream.publish(told.event.subject(), told.body().encode(), headers=told.headers())

    async def labelled() -> bool:
        async with service.database.reading() as session:
            kept = await candidacies.candidacy(session, receipt.candidacy_id)
        return kept is not None and kept.state == "labellise"

    await until(labelled)
