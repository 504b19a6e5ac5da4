"""The pages of a call that somebody heard of: entered, amended, taken back, and that undone.

The rule kept here: who wrote it, when, and how they heard of it stay in the call's history; nothing typed is lost.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any
from uuid import uuid4
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse
from starlette.exceptions import HTTPException
from starlette.responses import Response

from funding_watch.domain import entered
from funding_watch.domain.eligibility import Place
from funding_watch.domain.entered import Places
from funding_watch.forms.entries import CHOICES, Entry, read_entry, typed_of
from funding_watch.handlers import UnknownCall
from funding_watch.handlers.entries import Changed, amend_call, enter_call, restore_call, withdraw_call
from funding_watch.pages.shown import Staff, call_address, reason_error
from funding_watch.pages.triage import Pairs
from funding_watch.spiders.cog import perimeter_of
from funding_watch.store import calls
from funding_watch.store.calls import KnownCall
from kernel.runtime.database import Database
from kernel.runtime.web import cause_of
from kernel.ui import Page

MOVED = "Cet appel vient d’être modifié par quelqu’un d’autre : relisez sa fiche, puis reprenez ce qui manque."
DONE_SINCE = "Cet appel n’est plus dans cet état : revoyez sa fiche."


@dataclass(frozen=True, slots=True)
class Shown:
    """A form as it is shown: for a new call (`known` is None) or one that it amends."""

    reference: str
    typed: Mapping[str, Any]
    known: KnownCall | None = None
    seen: str = ""
    errors: Mapping[str, str] = field(default_factory=dict)


class Desk:
    """What the routes share."""

    def __init__(self, database: Database, page: Page, place: Place) -> None:
        self.database, self.page, self.places = database, page, places_of(place)

    async def known(self, reference: str) -> KnownCall:
        async with self.database.reading() as session:
            found = await calls.one(session, f"{entered.SOURCE}:{reference}")
        if found is None:
            raise HTTPException(404)
        return found

    def read(self, pairs: Sequence[tuple[str, str]], reference: str, known: KnownCall | None) -> Any:
        today = self.database.clock.now().astimezone(ZoneInfo("Europe/Paris")).date()
        return read_entry(pairs, reference, self.places, today, known.call if known else None)

    def show(self, request: Request, shown: Shown) -> Response:
        return self.page.render(
            "entry.html",
            request,
            status_code=422 if shown.errors else 200,
            shown=shown,
            typed=shown.typed,
            errors=shown.errors,
            call=shown.known.call if shown.known else None,
            places=[(value, one[2]) for value, one in self.places.items()],
        )


def places_of(place: Place) -> Places:
    """The perimeters that the form offers: where the territory lies, from near to far."""
    near = {f"EPCI-{code}": ("epci", (code,), name) for code, name in sorted(place.agglomerations.items())}
    official = {code: tuple(perimeter_of(code)) for code in (f"DEP-{place.department}", f"REG-{place.region}")}
    far = {"PAYS-99100": ("pays", ("FR",), "France entière"), "EU": ("europe", ("EU",), "Europe")}
    return {**near, **official, **far}  # type: ignore[dict-item]  # a perimeter is its three parts


def add_entries(router: APIRouter, database: Database, page: Page, place: Place) -> None:
    """The form and its actions: staff only."""
    desk = Desk(database, page, place)
    _add_new(router, desk)
    _add_change(router, desk)
    _add_withdrawal(router, desk)


def _add_new(router: APIRouter, desk: Desk) -> None:
    @router.get("/saisies/nouvelle")
    async def blank(request: Request, _: Staff) -> Response:
        return desk.show(request, Shown(uuid4().hex, {}))

    @router.post("/saisies/nouvelle")
    async def enter(request: Request, person: Staff, pairs: Pairs) -> Response:
        given = dict(pairs).get("numero", "")
        reference = given if entered.is_reference(given) else uuid4().hex
        read = desk.read(pairs, reference, None)
        if not isinstance(read, Entry):
            return desk.show(request, Shown(reference, typed_in(pairs), errors=read.by_field))
        try:
            async with desk.database.work(cause_of(request)) as work:
                await enter_call(work, read.call, by=person.name, reason=read.reason)
        except Changed:
            return desk.show(request, Shown(uuid4().hex, typed_in(pairs), errors={"titre": MOVED}))
        return RedirectResponse(f"{call_address(read.call.key)}?saisie=oui", 303)


def _add_change(router: APIRouter, desk: Desk) -> None:
    @router.get("/saisies/{reference}")
    async def form(request: Request, reference: str, _: Staff) -> Response:
        known = await desk.known(reference)
        return desk.show(request, Shown(reference, typed_of(known.call, desk.places), known, known.call.content_hash()))

    @router.post("/saisies/{reference}")
    async def amend(request: Request, reference: str, person: Staff, pairs: Pairs) -> Response:
        known, seen = await desk.known(reference), dict(pairs).get("vu", "")
        read = desk.read(pairs, reference, known)
        errors = {} if isinstance(read, Entry) else read.by_field
        if not errors:
            try:
                async with desk.database.work(cause_of(request)) as work:
                    await amend_call(work, read.call, seen=seen, by=person.name, reason=read.reason)
            except Changed:
                errors, seen = {"titre": MOVED}, known.call.content_hash()
        if errors:
            return desk.show(request, Shown(reference, typed_in(pairs), known, seen, errors))
        return RedirectResponse(f"{call_address(known.call.key)}#historique", 303)


def _add_withdrawal(router: APIRouter, desk: Desk) -> None:
    @router.post("/saisies/{reference}/retrait")
    async def withdraw(
        request: Request, reference: str, person: Staff, retrait: Annotated[str, Form()] = ""
    ) -> Response:
        known = await desk.known(reference)
        if error := reason_error(retrait.strip()):
            typed = {**typed_of(known.call, desk.places), "retrait": retrait}
            return desk.show(request, Shown(reference, typed, known, known.call.content_hash(), {"retrait": error}))
        return await _done(desk, request, known, withdraw_call, by=person.name, reason=retrait.strip())

    @router.post("/saisies/{reference}/reprise")
    async def restore(request: Request, reference: str, person: Staff) -> Response:
        return await _done(desk, request, await desk.known(reference), restore_call, by=person.name)


async def _done(desk: Desk, request: Request, known: KnownCall, act: Any, **said: str) -> Response:
    try:
        async with desk.database.work(cause_of(request)) as work:
            await act(work, known.call.key, **said)
    except (UnknownCall, ValueError):
        raise HTTPException(409, DONE_SINCE) from None
    return RedirectResponse(f"{call_address(known.call.key)}#historique", 303)


def typed_in(pairs: Sequence[tuple[str, str]]) -> dict[str, str | list[str]]:
    """The fields as they were sent, those with several answers as lists."""
    several = {name: [value for field_, value in pairs if field_ == name] for name in CHOICES}
    return {**dict(pairs), **several}
