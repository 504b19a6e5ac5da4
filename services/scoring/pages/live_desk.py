"""Staff lead a live session: the code, the project on screen, the results; the projected page, and paper ballots."""

import asyncio
import io
import json
import secrets
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from uuid import UUID

import segno
from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, StreamingResponse
from markupsafe import Markup
from starlette.responses import Response

from kernel.runtime.web import cause_of
from scoring import handlers
from scoring.domain import live as rules
from scoring.domain.grids import Grid
from scoring.domain.live import Live
from scoring.domain.sittings import Sitting
from scoring.forms import Form
from scoring.handlers import live as led
from scoring.handlers.live import Ballots
from scoring.pages.jury import address
from scoring.pages.shell import PREFIX, PRIVATE, InSitting, Shell, Staff, Typed, identified, officer
from scoring.store import live as kept
from scoring.store import sittings as store_of
from scoring.store.live import Tally

BEAT = 1.0
"""Seconds between two looks at the database, for each screen."""
STREAM = 120
"""Beats after which a stream ends; the browser asks again by itself, and a stopping service does not wait."""


@dataclass(frozen=True, slots=True)
class Room:
    """A sitting of students with its live session, None before one is open."""

    sitting: Sitting
    live: Live | None
    tally: Tally


def routes(shell: Shell) -> APIRouter:
    router = APIRouter()

    @router.get("/seances/{sitting_id}/direct")
    async def desk(request: Request, sitting_id: InSitting, person: Staff) -> Response:
        return await _desk(shell, request, sitting_id, Form())

    @router.post("/seances/{sitting_id}/direct")
    async def open_live(request: Request, sitting_id: InSitting, person: Staff) -> Response:
        async with shell.database.work(cause_of(request)) as work:
            await led.open_live(work, sitting_id, officer(person))
        return _back(sitting_id)

    @router.post("/seances/{sitting_id}/direct/tour")
    async def lead(request: Request, sitting_id: InSitting, person: Staff, values: Typed) -> Response:
        turn = await _turn(values)
        async with shell.database.work(cause_of(request)) as work:
            await led.lead(work, sitting_id, turn)
        return _back(sitting_id)

    router.include_router(_paper(shell))
    router.include_router(_screen(shell))
    return router


def _paper(shell: Shell) -> APIRouter:
    router = APIRouter()

    @router.post("/seances/{sitting_id}/direct/papier")
    async def type_in(request: Request, sitting_id: InSitting, person: Staff, values: Typed) -> Response:
        sitting = await _sitting(shell, sitting_id)
        ballots, wrong = rules.read_ballots(values.get("bulletins", ""), sitting.grid)
        if wrong:
            return await _desk(shell, request, sitting_id, Form(values, {"bulletins": wrong}))
        dossier, batch = await identified(values.get("dossier", "")), values.get("lot", "")[:32]
        async with shell.database.work(cause_of(request)) as work:
            await led.type_in(work, Ballots(sitting_id, dossier, batch, ballots), officer(person))
        return _back(sitting_id)

    return router


def _screen(shell: Shell) -> APIRouter:
    router = APIRouter()

    @router.get("/seances/{sitting_id}/direct/ecran")
    async def screen(request: Request, sitting_id: InSitting, person: Staff) -> Response:
        room = await _room(shell, sitting_id)
        if room.live is None:
            return _back(sitting_id)
        join = f"{shell.origin(request)}{PREFIX}/direct/{room.live.code}"
        return shell.render("live_screen.html", request, room=room, qr=drawn(join), results=results(room), join=join)

    @router.get("/seances/{sitting_id}/direct/flux")
    async def stream(request: Request, sitting_id: InSitting, person: Staff) -> Response:
        await _sitting(shell, sitting_id)
        headers = {**PRIVATE, "X-Accel-Buffering": "no"}
        return StreamingResponse(_beats(shell, request, sitting_id), media_type="text/event-stream", headers=headers)

    return router


async def _beats(shell: Shell, request: Request, sitting_id: UUID) -> AsyncIterator[str]:
    """What the screen shows, whenever it changes; a comment at each beat keeps the line open."""
    last = ""
    yield "retry: 1000\n\n"
    for _ in range(STREAM):
        if await request.is_disconnected():
            return
        async with shell.database.reading() as session:
            live = await kept.of_sitting(session, sitting_id)
            tally = await kept.tally(session, live) if live else Tally()
        told = json.dumps({"voices": tally.voices, "answers": tally.answers, "turn": turn_of(live)})
        yield f"data: {told}\n\n" if told != last else ": \n\n"
        last = told
        await asyncio.sleep(BEAT)


def turn_of(live: Live | None) -> str:
    """Changes whenever the page has to show something else than numbers."""
    return f"{live.current}:{live.revealed}:{live.is_open}" if live else ""


def drawn(join: str) -> Markup:
    """The QR code of an address, as SVG to stand in the page."""
    out = io.BytesIO()
    segno.make(join, error="m").save(out, kind="svg", xmldecl=False, svgns=False, scale=6, border=2, omitsize=True)
    return Markup(out.getvalue().decode())  # noqa: S704 - drawn from our own address


def results(room: Room) -> list[tuple[str, list[tuple[str, int, int]]]]:
    """By question, (answer, voices, percent) from « oui » to « je ne sais pas »; nothing before they are revealed."""
    if room.live is None or not room.live.revealed:
        return []
    found = []
    for asked in room.sitting.grid.questions:
        counts: Mapping[int | None, int] = room.tally.levels.get(asked.code, {})
        whole = sum(counts.values()) or 1
        voices = [(w, counts.get(int(c) if c.isdecimal() else None, 0)) for c, w in rules.CHOICES]
        found.append((asked.name, [(words, count, round(100 * count / whole)) for words, count in voices]))
    return found


async def _turn(values: dict[str, str]) -> Callable[[Live], Live]:
    """What the button that was pressed does."""
    if values.get("geste") == "montrer":
        return rules.reveal
    if values.get("geste") == "terminer":
        return rules.end
    candidacy_id = await identified(values.get("dossier", ""))
    return lambda live: rules.present(live, candidacy_id)


async def _sitting(shell: Shell, sitting_id: UUID) -> Sitting:
    async with shell.database.reading() as session:
        sitting = await store_of.load(session, sitting_id)
    if sitting is None:
        raise handlers.UnknownSitting(f"no sitting {sitting_id}: check the address")
    return sitting


async def _room(shell: Shell, sitting_id: UUID) -> Room:
    sitting = await _sitting(shell, sitting_id)
    async with shell.database.reading() as session:
        live = await kept.of_sitting(session, sitting_id)
        return Room(sitting, live, await kept.tally(session, live) if live else Tally())


async def _desk(shell: Shell, request: Request, sitting_id: UUID, form: Form) -> Response:
    room = await _room(shell, sitting_id)
    grid: Grid = room.sitting.grid
    return shell.render(
        "live_desk.html",
        request,
        status=422 if form.errors else 200,
        room=room,
        sitting=room.sitting,
        grid=grid,
        form=form,
        batch=form["lot"] or secrets.token_hex(8),
        join=f"{shell.origin(request)}{PREFIX}/direct",
    )


def _back(sitting_id: UUID) -> Response:
    return RedirectResponse(f"{address(sitting_id)}/direct", 303)
