"""One answer at a time, as it is written: kept, or refused with a sentence."""

from collections.abc import Mapping

from fastapi import APIRouter, Request
from starlette.requests import ClientDisconnect
from starlette.responses import JSONResponse, Response

from kernel.runtime.web import cause_of
from kernel.ui.french import PARIS
from scoring import handlers
from scoring.domain.marks import REASON_MAX, Mark, mark_of
from scoring.domain.rulings import Refused
from scoring.pages.seats import before_marks
from scoring.pages.shell import PRIVATE, At, AtDossier, Shell, Undeclared, Untried

UNREAD = "Cette réponse n’a pas pu être lue : rechargez la page."
UNDECLARED = "Dites d’abord si un lien vous rattache à ce dossier : rechargez la page."


class Unread(ValueError):
    """What no page of ours sends."""


def routes(shell: Shell) -> APIRouter:
    """JSON in and out."""
    router = APIRouter()

    @router.put("/seances/{sitting_id}/dossiers/{candidacy_id}/champs")
    async def save_field(request: Request, at: AtDossier) -> Response:
        try:
            await _save(shell, request, at)
        except (ValueError, RecursionError, ClientDisconnect):
            return _answer(422, detail=UNREAD)
        except (Undeclared, Untried):
            return _answer(409, detail=UNDECLARED)
        except Refused as refused:
            return _answer(409, detail=str(refused))
        now = shell.database.clock.now().astimezone(PARIS)
        return _answer(200, revision="", at=f"{now.hour}\u202fh\u202f{now.minute:02d}")

    return router


async def _save(shell: Shell, request: Request, at: At) -> None:
    kind, code, value = _sent(await request.json())
    book, seat = await before_marks(shell, at)
    known = book.first(seat.id, at.candidacy_id).marks.get(code, Mark())
    mark = mark_of(value, known.reason) if kind == "note" else mark_of(known.choice, value)
    if mark is None or len(mark.reason) > REASON_MAX:
        raise Unread(f"{value[:40]!r} is no {kind}")
    async with shell.database.work(cause_of(request)) as work:
        await handlers.save_marks(work, at.sitting_id, at.candidacy_id, at.juror, {code: mark})


def _answer(status: int, **body: object) -> Response:
    return JSONResponse(body, status_code=status, headers=PRIVATE)


def _sent(body: object) -> tuple[str, str, str]:
    """(`note` or `motif`, question, value)."""
    if not isinstance(body, Mapping) or not isinstance(body.get("field"), str):
        raise Unread(f"an object with field and value, not {type(body).__name__}")
    kind, _, code = body["field"].partition("-")
    value = body.get("value")
    if kind not in {"note", "motif"} or not isinstance(value, str):
        raise Unread(f"field is note-… or motif-…, value a text: {body['field']!r}")
    return kind, code, value
