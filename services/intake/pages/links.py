"""Asking for the way in: the same answer for every address, known or not, and no more often than a person needs."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from intake import handlers
from intake.domain.people import HOUR, TooMany
from intake.forms.candidacy import ToCorrect
from intake.forms.people import TRAP, read_address
from intake.forms.words import Words
from intake.pages.door import desk_of
from intake.pages.shell import Shell, Typed, Visitor
from kernel.runtime.auth import LINK_SECONDS, Door
from kernel.runtime.pace import network_of
from kernel.runtime.web import cause_of
from kernel.ui import Notice

FLOOR = 0.05
"""Seconds before every answer, above what the work takes (median 6 ms, SQLite): time must not tell a known address."""


def routes(shell: Shell) -> APIRouter:
    """`/connexion`."""
    router = APIRouter()

    @router.get("/connexion")
    async def show_form(request: Request, person: Visitor) -> Response:
        return RedirectResponse(desk_of(person), 303) if person else _page(shell, request)

    @router.post("/connexion")
    async def ask(request: Request, words: Typed) -> Response:
        email = read_address(words)
        if isinstance(email, ToCorrect):
            return _page(shell, request, 422, words=words, errors=email.errors)
        try:
            async with no_sooner_than(FLOOR):
                if not words[TRAP]:
                    await _ask(shell, request, email)
        except TooMany as refused:
            notice = Notice("attention", "C’est beaucoup en peu de temps.", str(refused))
            answer = _page(shell, request, 429, words=words, notices=(notice,))
            answer.headers["Retry-After"] = str(int(HOUR.total_seconds()))
            return answer
        return _page(shell, request, asked=True)

    return router


async def _ask(shell: Shell, request: Request, email: str) -> None:
    door: Door = request.app.state.door
    async with shell.database.work(cause_of(request)) as work:
        await handlers.ask_for_link(work, door, email, network_of(request))


@asynccontextmanager
async def no_sooner_than(seconds: float) -> AsyncIterator[None]:
    """The block takes at least this long, however it ends."""
    ends = asyncio.get_running_loop().time() + seconds
    try:
        yield
    finally:
        await asyncio.sleep(max(0.0, ends - asyncio.get_running_loop().time()))


def _page(
    shell: Shell,
    request: Request,
    status: int = 200,
    *,
    words: Words | None = None,
    errors: Mapping[str, str] | None = None,
    asked: bool = False,
    notices: tuple[Notice, ...] = (),
) -> Response:
    return shell.render(
        "sign_in.html",
        request,
        status=status,
        private=True,
        words=words or Words(),
        errors=errors or {},
        asked=asked,
        notices=notices,
        trap=TRAP,
        minutes=LINK_SECONDS // 60,
    )
