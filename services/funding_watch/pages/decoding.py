"""The décryptage of a call: six parts in plain words, every version kept, the last one read by porteurs."""

from collections.abc import Mapping

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse
from starlette.exceptions import HTTPException
from starlette.responses import Response

from funding_watch import forms
from funding_watch.handlers.notes import Overtaken, decode_call
from funding_watch.pages.shown import PREFIX, Staff
from funding_watch.pages.triage import Pairs
from funding_watch.store import calls
from funding_watch.store import notes as store
from kernel.runtime.database import Database
from kernel.runtime.web import cause_of
from kernel.ui import Notice, Page

KEPT = Notice("succes", "Le décryptage est enregistré.", "Les porteurs à qui l’appel est transmis le lisent.")
OVERTAKEN = "Une autre version vient d’être écrite : relisez-la plus bas, reprenez ce qui manque, puis enregistrez."


def add_decoding(router: APIRouter, database: Database, page: Page) -> None:
    """The page and its one action."""

    @router.get("/decryptage/{key:path}")
    async def show(request: Request, key: str, _: Staff) -> Response:
        return await _page(request, database, page, key)

    @router.post("/decryptage/{key:path}")
    async def write(request: Request, key: str, person: Staff, pairs: Pairs) -> Response:
        typed = dict(pairs)
        read = forms.read_decoding(typed)
        if isinstance(read, forms.Errors):
            return await _page(request, database, page, key, typed=typed, errors=read.by_field)
        seen = typed.get("vu", "")
        try:
            async with database.work(cause_of(request)) as work:
                number = int(seen) if seen.isascii() and seen.isdecimal() and len(seen) < 7 else 0
                await decode_call(work, key, read, seen=number, by=person.name)
        except LookupError:
            raise HTTPException(404) from None
        except Overtaken:
            return await _page(request, database, page, key, typed=typed, errors={"in_short": OVERTAKEN})
        return RedirectResponse(f"{PREFIX}/decryptage/{key}?fait=oui", 303)


async def _page(
    request: Request,
    database: Database,
    page: Page,
    key: str,
    *,
    typed: Mapping[str, str] | None = None,
    errors: Mapping[str, str] | None = None,
) -> Response:
    async with database.reading() as session:
        known = await calls.one(session, key)
        versions = await store.versions(session, key)
    if known is None:
        raise HTTPException(404)
    last = versions[0].decoding.model_dump() if versions else {}
    return page.render(
        "decoding.html",
        request,
        status_code=422 if errors else 200,
        notices=(KEPT,) if request.query_params.get("fait") and not errors else (),
        call=known.call,
        versions=versions,
        parts=forms.PARTS,
        typed=typed or {name: last.get(name, "") for name in forms.PARTS},
        seen=versions[0].version if versions else 0,
        errors=errors or {},
    )
