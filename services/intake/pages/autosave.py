"""One answer at a time, as it is written: kept, or kept beside another version, or refused with a sentence."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.requests import ClientDisconnect
from starlette.responses import JSONResponse, Response

from intake import handlers
from intake.domain.draft import AlreadySent, Answer, Merged, Save
from intake.domain.refusals import Refused
from intake.forms.draft import Value, is_field, mark, save_of, value_typed
from intake.handlers import UnknownDossier
from intake.pages.draft_door import SENT, Opened, opener
from intake.pages.draft_words import clock_time, lines_of, sent_value
from intake.pages.shell import PRIVATE, Shell
from kernel.runtime.web import cause_of

UNREAD = "Cette réponse n’a pas pu être lue : rechargez la page."


@dataclass(frozen=True, slots=True)
class Sent:
    """What a page sent: the answer's name and value, and the save that it asks for (None: nothing to do)."""

    name: str
    value: str
    save: Save | None


def routes(shell: Shell) -> APIRouter:
    """`/brouillons/{draft_id}/champs`: JSON in and out."""
    router = APIRouter()

    @router.put("/brouillons/{draft_id}/champs")
    async def save_field(request: Request, opened: Annotated[Opened, Depends(opener(shell))]) -> Response:
        try:
            sent = _sent(await request.json(), shell)
        except (ValueError, RecursionError, ClientDisconnect):
            return _answer(422, detail=UNREAD)
        if opened.receipt:
            return _answer(410, detail=SENT)
        return await _save(shell, request, opened, sent)

    return router


async def _save(shell: Shell, request: Request, opened: Opened, sent: Sent) -> Response:
    kept = opened.answers.get(sent.name, Answer())
    if sent.save is None:
        return _kept(shell, kept)
    try:
        async with shell.database.work(cause_of(request)) as work:
            merged = (await handlers.save_draft(work, opened.draft, {sent.name: sent.save}))[sent.name]
    except AlreadySent:
        return _answer(410, detail=SENT)
    except UnknownDossier:
        return _answer(404, detail="Ce brouillon a été effacé.")
    except Refused as refused:
        return _answer(422, detail=str(refused))
    return _crossed(shell, sent.name, merged) if merged.conflict else _kept(shell, merged.answer)


def _kept(shell: Shell, answer: Answer) -> Response:
    return _answer(200, revision=mark(answer), at=clock_time(shell.database.clock.now()))


def _crossed(shell: Shell, name: str, merged: Merged) -> Response:
    theirs = merged.answer
    return _answer(
        409,
        revision=mark(theirs),
        theirs=sent_value(name, theirs.value),
        shown=lines_of(name, theirs.value, shell.label),
        at=clock_time(theirs.saved_at or shell.database.clock.now()),
    )


def _answer(status: int, **body: object) -> Response:
    return JSONResponse(body, status_code=status, headers=PRIVATE)


def _sent(body: object, shell: Shell) -> Sent:
    """Raises ValueError for anything that no page of ours sends."""
    if not isinstance(body, Mapping):
        raise ValueError(f"an object with field, value and base: {type(body).__name__}")
    name, base, seen = body.get("field"), body.get("base"), body.get("settles", [])
    if not (isinstance(name, str) and is_field(name, shell.label) and isinstance(base, str)):
        raise ValueError(f"field is one of the form's, base the mark that its page has: {name!r}")
    if not isinstance(seen, list):
        raise ValueError(f"settles is a list of values: {type(seen).__name__}")
    value = value_typed(name, _value(body.get("value")))
    return Sent(name, value, save_of(value, base, [value_typed(name, _value(one)) for one in seen]))


def _value(value: object) -> Value:
    if isinstance(value, str):
        return value
    if isinstance(value, list) and all(isinstance(one, str) or _is_row(one) for one in value):
        return value
    raise ValueError(f"a text, a list of texts or a list of rows: {type(value).__name__}")


def _is_row(one: object) -> bool:
    return isinstance(one, Mapping) and all(isinstance(cell, str) for cell in one.values())
