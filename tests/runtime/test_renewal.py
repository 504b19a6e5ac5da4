"""An appointment further away than a stream keeps is made again in time, by a service that nobody restarts."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from sqlalchemy import text

from intake import app
from intake.handlers import waves
from kernel.runtime import migrate
from kernel.runtime.clock import FixedClock
from kernel.runtime.database import Database
from kernel.runtime.service import RENEWAL, Service
from kernel.runtime.settings import Settings
from kernel.runtime.streams import RETENTION
from tests.intake_story import CALENDAR, DAY, NOW, STAFF

FAR = replace(CALENDAR, title="Vague lointaine", opens_at=NOW + 200 * DAY, closes_at=NOW + 230 * DAY)


async def appointments(service: Service) -> list[str]:
    """The moments of the openings that were asked for, the oldest first."""
    query = text("SELECT headers FROM outbox WHERE subject LIKE 'intake.schedule.opening_due%' ORDER BY id")
    async with service.database.engine.connect() as connection:
        return [row.split('"Nats-Schedule": "')[1].split('"')[0] for row in (await connection.execute(query)).scalars()]


async def test_a_far_wave_is_appointed_again_before_its_stream_forgets_it(tmp_path: Path, database_url: str) -> None:
    assert timedelta(seconds=RETENTION) > 2 * RENEWAL
    clock = FixedClock(NOW)
    service = app.build(Settings.load(data=tmp_path, secret="x" * 32), "nats://127.0.0.1:1", clock)
    await service.database.close()
    service.database = Database(database_url, clock)
    await migrate.upgrade(service.database.engine, "intake")
    try:
        async with service.database.work() as work:
            await waves.plan_wave(work, CALENDAR, STAFF)
            await waves.plan_wave(work, FAR, STAFF)
        made = []
        for days in (0, 1, 29, 30, 31, 59, 60):
            clock.set(NOW + days * DAY)
            await service.keep_house()
            made.append(len(await appointments(service)))
        assert made == [2, 2, 2, 3, 3, 3, 4]
        assert set(await appointments(service)) == {f"@at {FAR.opens_at:%Y-%m-%dT%H:%M:%SZ}"}
    finally:
        await service.database.close()
