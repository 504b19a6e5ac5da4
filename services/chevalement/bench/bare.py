"""Serves intake, and beside it bare routes that replay what intake was seen to write: `python -m … FOLDER DRAFTS`.

Each value that must be unique (an identifier, a token, the number of a dossier) is replaced by a fresh one of the
same shape, the same one everywhere in a request; it is known by having been another one in another dossier.
"""

import asyncio
import json
import re
import secrets
import socket
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from uuid import UUID, uuid4

import httpx2
import uvicorn
import uvloop
from fastapi import FastAPI, Request
from sqlalchemy import event
from starlette.responses import JSONResponse, RedirectResponse, Response

from chevalement.demo.dossiers import dossiers, fields
from intake import app, handlers
from intake.domain.wave import Calendar
from kernel.runtime import migrate
from kernel.runtime.clock import SystemClock
from kernel.runtime.database import Database
from kernel.runtime.service import Service
from kernel.runtime.settings import Settings

WRITE = re.compile(r"\s*(INSERT|UPDATE|DELETE)\b", re.IGNORECASE)
UNIQUE = re.compile(r"[0-9a-f]{32}|[0-9a-f-]{36}|[\w-]{20,128}|[A-Z]+-\d{4}-\d{4,}|bench-[\w-]+")
FORM = {"content-type": "application/x-www-form-urlencoded"}

Written = list[tuple[str, Any]]


@dataclass(frozen=True, slots=True)
class Pattern:
    """Statements to write again, and the values of theirs that must be others each time."""

    written: Written
    unique: frozenset[str]

    def afresh(self) -> Written:
        """The statements of one more dossier."""
        known = {value: _like(value) for value in self.unique if UNIQUE.fullmatch(value)}
        return [(statement, _replaced(parameters, known)) for statement, parameters in self.written]


async def main(folder: Path, drafts: int) -> None:
    """Serve until told to stop; the first line printed gives the port and the addresses of new drafts."""
    service = await _intake(folder)
    saved, sent = await _seen(service, await _draft(service))
    addresses = [await _draft(service) for _ in range(drafts)]
    outer = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    _bare(outer, service.database, saved, sent)
    outer.mount("/", service.app)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = uvicorn.Server(uvicorn.Config(outer, log_level="warning", access_log=False))
        sys.stdout.write(json.dumps({"port": listener.getsockname()[1], "drafts": addresses}) + "\n")
        sys.stdout.flush()
        await server.serve(sockets=[listener])


async def _intake(folder: Path) -> Service:
    """The service on a fresh database with an open wave, without a broker."""
    service = app.build(Settings.load(data=folder, secret="b" * 32, pace=0), "nats://127.0.0.1:1", SystemClock())
    await migrate.upgrade(service.database.engine, "intake")
    async with service.database.work() as work:
        calendar = Calendar("Vague mesurée", work.at - timedelta(days=1), work.at + timedelta(days=30), 10)
        await handlers.open_wave(work, calendar, "Banc de mesure")
    return service


async def _draft(service: Service) -> str:
    async with service.database.work() as work:
        draft_id, key = await handlers.begin_draft(work, {})
    return f"/brouillons/{draft_id}?cle={key}"


async def _seen(service: Service, draft: str) -> tuple[Written, "Pattern"]:
    """What intake writes for one answer of the draft that is written again, and for one dossier."""
    transport = httpx2.ASGITransport(app=service.app)
    async with httpx2.AsyncClient(transport=transport, base_url="http://bench") as client:
        path, _, query = draft.partition("?")
        body = {"field": "description", "value": "Des arbres.", "base": "0."}
        first = await client.put(f"{path}/champs?{query}", json=body)
        body |= {"value": "Des habitants plantent des arbres. " * 12, "base": first.json()["revision"]}
        async with _watched(service.database) as saved:
            (await client.put(f"{path}/champs?{query}", json=body)).raise_for_status()
        first_sent, sent = [await _sent(service.database, client) for _ in range(2)]
    return saved, Pattern(sent, frozenset(_strings(sent) - _strings(first_sent)))


async def _sent(database: Database, client: httpx2.AsyncClient) -> Written:
    form = urlencode(fields(dossiers()[0], f"bench-{secrets.token_urlsafe(24)}"))
    async with _watched(database) as written:
        answer = await client.post("/candidatures", content=form, headers=FORM)
    if answer.status_code != 303 or not written:
        raise RuntimeError(f"intake took no dossier ({answer.status_code}) or wrote nothing: {answer.text[:300]}")
    return written


def _strings(parameters: Any) -> set[str]:
    if isinstance(parameters, str):
        return {parameters}
    return set().union(*map(_strings, parameters)) if isinstance(parameters, Sequence) else set()


@asynccontextmanager
async def _watched(database: Database) -> AsyncIterator[Written]:
    """The statements that write, with their parameters, as they reach the driver."""
    found: Written = []

    def note(_c: object, _cursor: object, statement: str, parameters: Any, _x: object, _many: bool) -> None:
        if WRITE.match(statement):
            found.append((statement, parameters))

    engine = database.engine.sync_engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(engine, "before_cursor_execute", note)


def _bare(outer: FastAPI, database: Database, saved: Written, sent: Pattern) -> None:
    turn = asyncio.Lock()

    async def replay(written: Written) -> None:
        async with turn, database.engine.connect() as connection:
            await connection.execution_options(writes=True)
            async with connection.begin():
                for statement, parameters in written:
                    await connection.exec_driver_sql(statement, parameters)

    @outer.put("/nu/champs")
    async def save(request: Request) -> Response:
        await request.json()
        await replay(saved)
        return JSONResponse({})

    @outer.post("/nu/candidatures")
    async def send(request: Request) -> Response:
        await request.form(max_fields=5_000)
        await replay(sent.afresh())
        return RedirectResponse("/", 303)


def _replaced(parameters: Any, known: Mapping[str, str]) -> Any:
    if isinstance(parameters, str):
        return known.get(parameters, parameters)
    if isinstance(parameters, tuple | list):
        return type(parameters)(_replaced(one, known) for one in parameters)
    return parameters


def _like(value: str) -> str:
    try:
        UUID(value)
    except ValueError:
        return secrets.token_urlsafe(len(value))[: len(value)]
    return uuid4().hex if len(value) == 32 else str(uuid4())


if __name__ == "__main__":
    uvloop.run(main(Path(sys.argv[1]), int(sys.argv[2])))
