"""Acts on a real broker: done when their appointment comes, and found again by a service that was stopped meanwhile."""

import asyncio
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from intake import app, handlers
from intake.domain.acts import Act, Step
from intake.domain.wave import Calendar
from intake.handlers import acts
from intake.store import acts as act_store
from kernel.runtime.auth import Person
from kernel.runtime.nats_server import NatsServer
from kernel.runtime.service import Service
from kernel.runtime.settings import Settings
from tests.handlers.test_intake_service import until
from tests.intake_story import STAFF, dossier


async def started(folder: Path, broker: NatsServer) -> Service:
    made = app.build(Settings.load(data=folder, secret="x" * 32), broker.url)
    await made.start()
    return made


async def planned(service: Service) -> Act:
    now = service.clock.now()
    async with service.database.work() as work:
        calendar = Calendar("Vague", now - timedelta(days=1), now + timedelta(days=1), 10)
        await handlers.open_wave(work, calendar, STAFF)
        receipt = await handlers.submit_candidacy(work, dossier(), "LE", uuid4().hex)
        step = Step(receipt.candidacy_id, {"decision": "non_retenu", "motif": "Pas cette fois."})
        return await acts.plan(work, uuid4(), "preselection", [step], Person(STAFF, "staff"))


async def is_done(service: Service, act: Act) -> bool:
    async with service.database.reading() as session:
        kept = await act_store.act(session, act.id)
    return kept is not None and kept.state == "fait" and not kept.left


@pytest.mark.parametrize("stops", [False, True])
async def test_an_act_is_done_at_its_time_even_by_the_next_process(
    tmp_path: Path, broker: NatsServer, monkeypatch: pytest.MonkeyPatch, stops: bool
) -> None:
    monkeypatch.setattr("intake.domain.acts.WINDOW", timedelta(seconds=2))
    service = await started(tmp_path / "data", broker)
    act = await planned(service)
    if stops:
        await service.stop()
        while act.due_at > service.clock.now():  # noqa: ASYNC110 - time passes while nobody is there
            await asyncio.sleep(0.05)
        service = await started(tmp_path / "data", broker)
    try:
        await until(lambda: is_done(service, act))
    finally:
        await service.stop()
