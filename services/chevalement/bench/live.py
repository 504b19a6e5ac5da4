"""Three hundred phones answer a live session within ten seconds: how soon each is heard, and whether any is lost.

The phones and the bare route that they are compared with are served by the same process, over HTTP, in the same run;
the service writes each answer to one SQLite file, synced, before it says that it is received.
"""

import asyncio
import random
import socket
import statistics
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import httpx2
import uvicorn
from fastapi import FastAPI
from sqlalchemy import text
from starlette.responses import JSONResponse, Response

from chevalement.demo.dossiers import dossiers
from kernel.contracts.intake import CandidacyPreselected, CandidacySubmitted, Project, WaveOpened
from kernel.contracts.label import load_label
from kernel.runtime import migrate
from kernel.runtime.settings import Settings
from scoring import app, handlers
from scoring.domain import grids
from scoring.domain import live as rules
from scoring.domain.rulings import Officer
from scoring.domain.sittings import OpenSitting
from scoring.handlers import live as led

PHONES, WITHIN = 300, 10.0
STAFF = Officer("Équipe du Label", "staff")


@dataclass(frozen=True, slots=True)
class Heard:
    """Milliseconds from a phone's first byte to its answer, those of the bare route beside it, and what was kept."""

    p50: float
    p99: float
    bare_p50: float
    kept: int
    sent: int


async def measure(folder: Path, phones: int = PHONES, within: float = WITHIN) -> Heard:
    """One session; every phone answers once, at a moment of its own."""
    await asyncio.to_thread(folder.mkdir, parents=True, exist_ok=True)
    service = app.build(Settings.load(data=folder, pace=0), "nats://127.0.0.1:1")
    await migrate.upgrade(service.database.engine, "scoring")
    live, dossier = await _room(service.database, service.settings)
    outer = FastAPI()

    @outer.post("/bare")
    async def bare() -> Response:
        return JSONResponse({"received": True})

    outer.mount("/", service.app)
    with socket.create_server(("127.0.0.1", 0), backlog=1024) as listener:
        server = uvicorn.Server(uvicorn.Config(outer, log_level="warning", access_log=False))
        serving = asyncio.create_task(server.serve(sockets=[listener]))
        base = f"http://127.0.0.1:{listener.getsockname()[1]}"
        times, bare_times = await _answers(base, (live, dossier), phones, within)
        server.should_exit = True
        await serving
    async with service.database.engine.connect() as connection:
        kept = (await connection.execute(text("SELECT count(*) FROM ballot"))).scalar_one()
    await service.database.close()
    ranked = sorted(times)
    return Heard(
        statistics.median(ranked), ranked[int(len(ranked) * 0.99) - 1], statistics.median(bare_times), int(kept), phones
    )


async def _answers(base: str, about: tuple[str, UUID], phones: int, within: float) -> tuple[list[float], list[float]]:
    code, dossier = about
    chance = random.Random(2026)  # noqa: S311 - moments, not secrets
    form = {f"note-{question}": "3" for question in ("comprendre", "enjeux", "envie")}
    limits = httpx2.Limits(max_connections=phones)
    async with httpx2.AsyncClient(base_url=base, limits=limits, timeout=30) as client:

        async def phone(number: int, wait: float) -> tuple[float, float]:
            await asyncio.sleep(wait)
            body = {**form, "dossier": str(dossier), "voix": f"telephone-{number}"}
            headers = {"Accept": "application/json"}
            bare = await _timed(client, "/bare", body, headers)
            return await _timed(client, f"/direct/{code}", body, headers), bare

        found = await asyncio.gather(*(phone(n, chance.uniform(0, within)) for n in range(phones)))
    return [one for one, _ in found], [bare for _, bare in found]


async def _timed(client: httpx2.AsyncClient, path: str, body: dict[str, str], headers: dict[str, str]) -> float:
    began = time.perf_counter()
    answer = await client.post(path, data=body, headers=headers)
    answer.raise_for_status()
    return (time.perf_counter() - began) * 1000


async def _room(database: object, settings: Settings) -> tuple[str, UUID]:
    """The code of an open session on eight dossiers, and the one on screen."""
    wave, now = uuid4(), datetime.now(UTC)
    label = load_label(settings.label_file, settings.territory_file)
    project = _project()
    async with database.work() as work:  # type: ignore[attr-defined]  # the service's database
        opens = WaveOpened(wave_id=wave, title="Vague", opens_at=now, closes_at=now + timedelta(days=1), quota=10)
        await handlers.open_wave(work, opens)
        for number in range(1, 9):
            one = uuid4()
            sent = CandidacySubmitted(
                candidacy_id=one, number=f"LE-2026-{number:04}", wave_id=wave, submitted_at=now, project=project
            )
            await handlers.receive_dossier(work, sent)
            kept = CandidacyPreselected(candidacy_id=one, at=now, by=STAFF.name, reason="Répond aux trois axes.")
            await handlers.open_instruction(work, kept)
        wish = OpenSitting(wave, "lyceen", now.date(), now.date(), STAFF)
        sitting = await handlers.open_sitting(work, wish, grids.of_label(label, "lyceen"))
        live = await led.open_live(work, sitting, STAFF)
        await led.lead(work, sitting, lambda known: rules.present(known, one))
    return live.code, one


def _project() -> Project:
    """A project of the length that people write."""
    sample = dossiers()[0]
    return Project(
        title=str(sample["titre"]),
        summary="Une phrase pour dire le projet. " * 8,
        description="Ce que le projet change. " * 80,
        themes=("energie",),
        porteur="Un porteur",
        porteur_form="commune",
        commune_code="62498",
        commune_name="Lens",
        epci_code="246200364",
        stage="etude",
        budget=400_000,
        plan=(),
        needs=(),
    )
