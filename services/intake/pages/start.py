"""Before the first field: what the label asks of a project, and the choice of how to write; a no never blocks."""

from dataclasses import dataclass
from datetime import datetime
from ipaddress import ip_address
from uuid import UUID

from fastapi import APIRouter, Request
from sqlmodel.ext.asyncio.session import AsyncSession
from starlette.responses import RedirectResponse, Response

from intake import handlers
from intake.domain.people import HOUR, TooMany
from intake.domain.wave import receives, takes_dossiers
from intake.forms.draft import BEFORE
from intake.forms.words import Words
from intake.handlers import drafts as beginnings
from intake.pages.links import network_of
from intake.pages.shell import Shell, Typed, Visitor
from intake.store import drafts, people
from intake.store.waves import last_wave
from kernel.runtime.auth import Person
from kernel.runtime.web import cause_of


def routes(shell: Shell) -> APIRouter:
    """`/candidatures/nouvelle`, and the beginning of a draft."""
    router = APIRouter()

    @router.get("/candidatures")
    async def elsewhere() -> Response:
        return RedirectResponse("/candidatures/nouvelle", 303)

    @router.get("/candidatures/nouvelle")
    async def show_start(request: Request, person: Visitor) -> Response:
        at = shell.database.clock.now()
        async with shell.database.reading() as session:
            wave = await last_wave(session)
            begun = await begun_by(session, person)
        if not receives(wave, at, shell.late):
            return shell.render("closed.html", request, status=409, private=True, wave=wave, now=at, begun=begun)
        late = not takes_dossiers(wave, at)
        return shell.render("start.html", request, private=True, wave=wave, now=at, late=late, begun=begun)

    @router.post("/brouillons")
    async def begin(request: Request, words: Typed, person: Visitor) -> Response:
        return await _begin(shell, request, words, person)

    return router


async def _begin(shell: Shell, request: Request, words: Words, person: Person | None) -> Response:
    first = {name: words[name] for name in BEFORE if words[name] in {"oui", "non"}}
    try:
        async with shell.database.work(cause_of(request)) as work:
            if not is_near(request):
                await beginnings.check_pace(work, request.app.state.door, network_of(request))
            known = await people.member(work.session, person.id) if person else None
            draft_id, key = await handlers.begin_draft(work, first, known.id if known else None)
    except TooMany as refused:
        answer = shell.error(request, 429, str(refused))
        answer.headers["Retry-After"] = str(int(HOUR.total_seconds()))
        return answer
    return RedirectResponse(f"/brouillons/{draft_id}?cle={key}", 303)


def is_near(request: Request) -> bool:
    """Whether who asks is this very machine: a proxy that tells no addresses must not shut everybody out together."""
    try:
        return request.client is None or ip_address(request.client.host).is_loopback
    except ValueError:
        return False


@dataclass(frozen=True, slots=True)
class Begun:
    """A draft that waits for the person who began it."""

    id: UUID
    title: str
    saved_at: datetime


async def begun_by(session: AsyncSession, person: Person | None) -> list[Begun]:
    """The drafts that somebody signed in may go on with, the latest first."""
    known = await people.member(session, person.id) if person else None
    found = await drafts.of_person(session, known.id) if known else []
    titles = {one.id: await drafts.answers_of(session, one.id) for one in found}
    return [
        Begun(one.id, titles[one.id]["titre"].value if "titre" in titles[one.id] else "", one.saved_at) for one in found
    ]
