"""What a student's phone shows: the project on screen, three questions, a word. Open to whoever has the code.

The cookie is a number that the device draws for the session, kept for half a day; nothing else tells a phone apart.
"""

import secrets
from dataclasses import dataclass
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse
from starlette.responses import JSONResponse, Response

from scoring.domain import live as rules
from scoring.domain.grids import Grid
from scoring.domain.live import Answer, Live
from scoring.domain.rulings import Refused
from scoring.forms import Form
from scoring.handlers import UnknownSitting
from scoring.pages.gathering import Gathering
from scoring.pages.shell import PREFIX, PRIVATE, Shell, Typed, identified
from scoring.store import live as kept

COOKIE = "voix"
LASTS = 12 * 3600
VOICE_MAX = 64


@dataclass(frozen=True, slots=True)
class Asked:
    """A request to a code, and the answers that it is gathered with."""

    request: Request
    code: str
    together: Gathering


def routes(shell: Shell) -> APIRouter:
    router, together = APIRouter(), Gathering(shell.database)

    @router.get("/direct")
    async def join(request: Request) -> Response:
        typed = request.query_params.get("code", "")
        code = rules.plain_code(typed)
        if len(code) == rules.CODE_LENGTH:
            return RedirectResponse(f"{PREFIX}/direct/{code}", 303)
        wrong = "Le code a six lettres : relisez l'écran" if typed else None
        return _join(shell, request, Form({"code": _shown(typed)}, {"code": wrong} if wrong else {}))

    @router.get("/direct/{code}")
    async def phone(request: Request, code: str) -> Response:
        return await _phone(shell, request, code, Form())

    @router.get("/direct/{code}/etat")
    async def state(code: str) -> Response:
        async with shell.database.reading() as session:
            live = await kept.by_code(session, rules.plain_code(code))
        if live is None:
            return JSONResponse({}, 404, headers=PRIVATE)
        return JSONResponse({"turn": f"{live.current}:{live.is_open}"}, headers=PRIVATE)

    @router.post("/direct/{code}")
    async def answer(request: Request, code: str, values: Typed) -> Response:
        is_script = "application/json" in request.headers.get("accept", "")
        return await (_answer_script if is_script else _answer)(shell, Asked(request, code, together), values)

    return router


def _shown(typed: str) -> str:
    """A code as it was typed, without what no page may hold."""
    return "".join(letter if letter.isprintable() else "\ufffd" for letter in typed[:VOICE_MAX])


def _join(shell: Shell, request: Request, form: Form, status: int = 200) -> Response:
    return shell.render("live_join.html", request, status=422 if form.errors else status, form=form)


async def _phone(shell: Shell, request: Request, code: str, form: Form) -> Response:
    async with shell.database.reading() as session:
        live = await kept.by_code(session, rules.plain_code(code))
        if live is None:
            wrong = "Aucune session n'a ce code : relisez l'écran"
            return _join(shell, request, Form({"code": _shown(code)}, {"code": wrong}))
        grid = await kept.asked(session, live.sitting_id)
        voice = request.cookies.get(COOKIE, "")[:VOICE_MAX] or secrets.token_urlsafe(18)
        given = await kept.answered(session, live.sitting_id, rules.person_of(voice))
        title = await kept.title(session, live.sitting_id, live.current) if live.current else None
    answer = _drawn(shell, request, (live, grid, form), title=title, given=given, voice=voice)
    secure = shell.public_url.startswith("https://")
    answer.set_cookie(
        COOKIE, voice, max_age=LASTS, path=f"{PREFIX}/direct", httponly=True, samesite="lax", secure=secure
    )
    return answer


def _drawn(shell: Shell, request: Request, about: tuple[Live, Grid, Form], **context: object) -> Response:
    live, grid, form = about
    return shell.render(
        "live_phone.html",
        request,
        status=422 if form.errors else 200,
        live=live,
        grid=grid,
        form=form,
        choices=rules.CHOICES,
        word_max=rules.WORD_MAX,
        done=request.query_params.get("fait") == "recu",
        **context,
    )


async def _answer(shell: Shell, asked: Asked, values: dict[str, str]) -> Response:
    """Without a script: a page comes back."""
    errors = await _give(asked, values)
    if errors:
        return await _phone(shell, asked.request, asked.code, Form(values, errors))
    return RedirectResponse(f"{PREFIX}/direct/{rules.plain_code(asked.code)}?fait=recu", 303)


async def _answer_script(shell: Shell, asked: Asked, values: dict[str, str]) -> Response:
    """To the script that keeps an answer until it is received: 200, or why it never will be."""
    try:
        errors = await _give(asked, values)
    except Refused as refused:
        return JSONResponse({"detail": str(refused)}, 409, headers=PRIVATE)
    except UnknownSitting:
        return JSONResponse({"detail": "Cette session n'existe pas."}, 404, headers=PRIVATE)
    status = 422 if errors else 200
    return JSONResponse({"received": not errors, "errors": errors}, status, headers=PRIVATE)


async def _give(asked: Asked, values: dict[str, str]) -> dict[str, str]:
    """Keep the answer, or say by field what is wrong. Raises `Refused`, `UnknownSitting`."""
    code = rules.plain_code(asked.code)
    grid = await asked.together.grid(code)
    marks, errors = rules.read_answers(values, grid)
    voice = (asked.request.cookies.get(COOKIE) or values.get("voix", ""))[:VOICE_MAX]
    if not voice:
        return {**errors, f"note-{grid.codes[0]}": "Rechargez la page : votre téléphone n'a pas de numéro de voix"}
    if errors:
        return errors
    candidacy_id: UUID = await identified(values.get("dossier", ""))
    await asked.together.answer(Answer(code, candidacy_id, voice, marks))
    return {}
