"""The board of matches: a view that can be mailed, something done to several rows, and taken back.

The rule kept here: what will happen is shown before it is confirmed, with what cannot be done and why.
"""

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse
from starlette.responses import Response

from funding_watch import forms
from funding_watch.domain.board import VIEWS, WHICH_WORDS, Filters, Row, select
from funding_watch.domain.triage import (
    REASON_WORDS,
    STATE_WORDS,
    Actor,
    Refused,
    Step,
    Who,
    check_step,
    steps_of,
)
from funding_watch.domain.views import address_of
from funding_watch.handlers import triage
from funding_watch.pages.shown import PREFIX
from funding_watch.store import board
from funding_watch.store import views as saved
from kernel.runtime.auth import Allow, Person
from kernel.runtime.database import Database
from kernel.runtime.web import cause_of
from kernel.ui import Notice, Page

Sorter = Annotated[Person, Depends(Allow("staff", "partner"))]
PER_PAGE = 50
KEPT = Notice("succes", "La vue est gardée.", "Vous la retrouvez au-dessus de la liste.", done=True)
NOTHING_TICKED = "Cochez au moins une ligne du tableau."


def actor_of(person: Person) -> Actor:
    """The role under which a person takes a step."""
    return "partner" if person.role == "partner" else "staff"


def who(person: Person) -> Who:
    """The person as the history names them."""
    return Who(person.name, actor_of(person))


async def pairs_of(request: Request) -> list[tuple[str, str]]:
    """The words of a submitted form, in order."""
    form = await request.form(max_fields=1_000)
    return [(name, value) for name, value in form.multi_items() if isinstance(value, str)]


Pairs = Annotated[list[tuple[str, str]], Depends(pairs_of)]


def add_triage(router: APIRouter, database: Database, page: Page) -> None:
    """`/tri`: the team and the partners."""
    _add_board(router, database, page)
    _add_batch(router, database, page)
    _add_undoing(router, database)


def _add_board(router: APIRouter, database: Database, page: Page) -> None:
    @router.get("/tri")
    async def show(request: Request, person: Sorter) -> Response:
        return await board_page(request, database, page, person)


async def board_page(
    request: Request, database: Database, page: Page, person: Person, *, error: str = "", ticked: Sequence[str] = ()
) -> Response:
    """The rows of a view; 422 with what is wrong where something was asked of no row."""
    asked = {name: value for name, value in request.query_params.items() if value}
    today = database.clock.now()
    async with database.reading() as session:
        every, people = await board.rows(session), await board.people(session)
        named = await saved.views(session, person.id or person.name, "tri")
    return page.render(
        "triage.html",
        request,
        status_code=422 if error else 200,
        notices=(*_notices(asked), *kept_notices(request)),
        undo=[one for one in asked.get("annuler", "").split(".") if forms.identity(one)],
        person=person,
        asked=asked,
        people=people,
        error=error,
        ticked=frozenset(ticked),
        moves=[(to, STATE_WORDS[to]) for to in steps_of(actor_of(person))],
        view=address_of(asked, "tri"),
        named=named,
        today=today,
        **_rows(every, forms.filters_of(asked, person.id), asked.get("page", ""), today.date()),
        **words(),
    )


def kept_notices(request: Request) -> tuple[Notice, ...]:
    """What is said above a list whose view has just been given a name."""
    return (KEPT,) if request.query_params.get("vues") == "gardee" else ()


def _rows(every: Sequence[Row], filters: Filters, page: str, today: date) -> dict[str, Any]:
    chosen = select(every, filters, today)
    number, count = page_number(page, len(chosen))
    return {
        "rows": chosen[(number - 1) * PER_PAGE : number * PER_PAGE],
        "total": len(chosen),
        "every": len(every),
        "late": sum(row.is_late(today) for row in every),
        "about": _about(every, filters),
        "filters": filters,
        "number": number,
        "pages": count,
    }


def words() -> dict[str, Any]:
    """The French words of the codes of the board."""
    return {"state_words": STATE_WORDS, "reason_words": REASON_WORDS, "which_words": WHICH_WORDS, "views": VIEWS}


def page_number(written: str, total: int) -> tuple[int, int]:
    """The page asked for, within what there is, and how many there are."""
    count = max(1, -(-total // PER_PAGE))
    number = int(written) if written.isascii() and written.isdecimal() and len(written) < 7 else 1
    return min(max(number, 1), count), count


def _notices(asked: dict[str, str]) -> tuple[Notice, ...]:
    done = asked.get("fait", "")
    if not done.isdecimal():
        return ()
    said = "Un appel a changé d’état." if done == "1" else f"{int(done[:6])} appels ont changé d’état."
    return (Notice("succes", said, "Vous pouvez encore l’annuler ci-dessous.", done=True),)


def _about(rows: Sequence[Row], filters: Filters) -> str:
    """The title of the one project or call that the view is about."""
    if filters.project:
        return next((row.title for row in rows if row.triage.candidacy_id == filters.project), "")
    return next((row.call.title for row in rows if filters.call and row.call.key == filters.call), "")


def _add_batch(router: APIRouter, database: Database, page: Page) -> None:
    @router.post("/tri/lot")
    async def prepare(request: Request, person: Sorter, pairs: Pairs) -> Response:
        return await _preview(request, database, page, person, pairs)

    @router.post("/tri/lot/confirmation")
    async def confirm(request: Request, person: Sorter, pairs: Pairs) -> Response:
        step = forms.read_step(dict(pairs))
        if isinstance(step, forms.Errors):
            return await _preview(request, database, page, person, pairs, errors=step.by_field)
        moved = await _move(request, database, _ids(pairs), step, who(person))
        view = dict(pairs).get("vue", "")[:500]
        done = urlencode({"fait": len(moved), "annuler": ".".join(one.hex for one in moved)})
        return RedirectResponse(f"{PREFIX}/tri?{view}{'&' if view else ''}{done}", 303)


async def _move(request: Request, database: Database, ids: Sequence[UUID], step: Step, by: Who) -> list[UUID]:
    """Each row is moved by itself: what one refuses does not hold up the others."""
    moved: list[UUID] = []
    for match_id in ids:
        try:
            async with database.work(cause_of(request)) as work:
                await triage.take_step(work, match_id, step, by)
        except (Refused, triage.UnknownMatch):
            continue
        moved.append(match_id)
    return moved


def _ids(pairs: Sequence[tuple[str, str]]) -> list[UUID]:
    found = [forms.identity(value) for name, value in pairs if name == "ligne"]
    return list(dict.fromkeys(one for one in found if one))[:PER_PAGE]


async def _preview(
    request: Request,
    database: Database,
    page: Page,
    person: Person,
    pairs: Sequence[tuple[str, str]],
    *,
    errors: dict[str, str] | Any = None,
) -> Response:
    typed, ids = dict(pairs), _ids(pairs)
    step = forms.read_step(typed | {"motif": typed.get("motif") or "autre", "montant": ""})
    if not ids or isinstance(step, forms.Errors):
        error = "Choisissez ce que deviennent les lignes cochées." if ids else NOTHING_TICKED
        return await board_page(request, database, page, person, error=error, ticked=[one.hex for one in ids])
    async with database.reading() as session:
        rows = await board.some(session, ids)
    refused = {row.triage.match_id: _refusal(row, step, actor_of(person)) for row in rows}
    return page.render(
        "triage_batch.html",
        request,
        status_code=422 if errors else 200,
        step=step,
        rows=[row for row in rows if not refused[row.triage.match_id]],
        left=[(row, refused[row.triage.match_id]) for row in rows if refused[row.triage.match_id]],
        typed=typed,
        errors=errors or {},
        today=database.clock.now(),
        **words(),
    )


def _refusal(row: Row, step: Step, role: Actor) -> str:
    try:
        check_step(row.triage, step, role)
    except Refused as refused:
        return str(refused)
    return ""


def _add_undoing(router: APIRouter, database: Database) -> None:
    @router.post("/tri/annuler")
    async def undo(request: Request, person: Sorter, pairs: Pairs) -> Response:
        for match_id in _ids(pairs):
            try:
                async with database.work(cause_of(request)) as work:
                    await triage.take_back(work, match_id, who(person))
            except (Refused, triage.UnknownMatch):
                continue
        return RedirectResponse(f"{PREFIX}/tri?{dict(pairs).get('vue', '')[:500]}", 303)
