"""The sittings of every wave, and the form that opens one."""

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse
from starlette.responses import Response

from kernel.runtime.web import cause_of
from scoring import forms, handlers, store
from scoring.domain import grids
from scoring.forms import Form
from scoring.pages.jury import address
from scoring.pages.shell import Shell, Staff, Typed, officer
from scoring.store import marks as kept
from scoring.store import sittings as store_of


def routes(shell: Shell) -> APIRouter:
    router = APIRouter()

    @router.get("/seances")
    async def listed(request: Request, person: Staff) -> Response:
        return await _list(shell, request, Form())

    @router.post("/seances")
    async def open_sitting(request: Request, person: Staff, values: Typed) -> Response:
        form = forms.read_opening(values, grids.marked_by(shell.label))
        if form.errors:
            return await _list(shell, request, form)
        wish = forms.opening_wish(form, officer(person))
        async with shell.database.work(cause_of(request)) as work:
            sitting_id = await handlers.open_sitting(work, wish, grids.of_label(shell.label, wish.committee))
        return RedirectResponse(f"{address(sitting_id)}?fait=ouverte", 303)

    return router


async def _list(shell: Shell, request: Request, form: Form) -> Response:
    async with shell.database.reading() as session:
        waves = await store.waves(session)
        books = [await kept.book(session, sitting) for sitting in await store_of.listed(session)]
    return shell.render(
        "sittings.html",
        request,
        status=422 if form.errors else 200,
        waves=[wave for wave in waves if wave.title],
        committees_marking=list(grids.marked_by(shell.label)),
        books_of={wave.wave_id: [book for book in books if book.sitting.wave_id == wave.wave_id] for wave in waves},
        form=form,
    )
