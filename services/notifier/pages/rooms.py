"""Rooms of the team where alerts are posted: opened and closed; an address is shown to nobody once it is kept."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, HTTPException, Request
from fastapi.responses import HTMLResponse
from starlette.responses import RedirectResponse, Response

from kernel.runtime.auth import Allow, Person
from kernel.runtime.database import Database
from kernel.runtime.web import cause_of
from kernel.ui import Notice, Page
from notifier.domain.words import one_line
from notifier.handlers import wording
from notifier.mail.rooms import SIGNED, kind_of, secret_of
from notifier.store import rooms

LONGEST = 80
OPENED = Notice("succes", "Le salon est ouvert.", "Les prochaines alertes de l’équipe y paraîtront aussi.", done=True)
CLOSED = Notice("succes", "Le salon est fermé.", "Rien n’y paraîtra plus, et son adresse est oubliée.", done=True)
Staff = Annotated[Person, Depends(Allow("staff"))]


@dataclass(frozen=True, slots=True)
class Desk:
    """What every route closes over. `key` makes the secrets of signed calls."""

    database: Database
    page: Page
    key: str
    words: Mapping[str, Any]


def routes(desk: Desk) -> APIRouter:
    """The pages, without their prefix."""
    router = APIRouter()
    back = f"{desk.words['prefix']}/salons"

    @router.get("/salons", response_class=HTMLResponse)
    async def show(request: Request, _: Staff) -> Response:
        done = {"ouvert": (OPENED,), "ferme": (CLOSED,)}.get(request.query_params.get("fait", ""), ())
        return await _shown(desk, request, {}, {}, notices=done)

    @router.post("/salons")
    async def open_one(request: Request, person: Staff) -> Response:
        form = await request.form()
        typed = {name: str(form.get(name, "")).strip() for name in ("nom", "adresse")}
        errors = _errors(typed)
        if errors:
            return await _shown(desk, request, typed, errors)
        async with desk.database.work(cause_of(request)) as work:
            await wording.open_room(work, one_line(typed["nom"]), typed["adresse"], person.name)
        return RedirectResponse(f"{back}?fait=ouvert", 303)

    _add_closing(router, desk, back)
    return router


def _add_closing(router: APIRouter, desk: Desk, back: str) -> None:
    @router.post("/salons/{room_id:uuid}/fermer")
    async def close_one(request: Request, _: Staff, room_id: UUID) -> Response:
        try:
            async with desk.database.work(cause_of(request)) as work:
                await wording.close_room(work, room_id)
        except wording.UnknownRoom:
            raise HTTPException(404, "Ce salon n’existe pas, ou plus.") from None
        return RedirectResponse(f"{back}?fait=ferme", 303)


def _errors(typed: Mapping[str, str]) -> dict[str, str]:
    errors = {}
    if not 0 < len(typed["nom"]) <= LONGEST:
        errors["nom"] = f"Donnez un nom de {LONGEST} signes au plus."
    if len(typed["adresse"]) > 2_000 or kind_of(typed["adresse"]) is None:
        errors["adresse"] = f"Cette adresse n’est pas comprise. Exemples : ntfy://sujet, {SIGNED}https://outil.example/"
    return errors


async def _shown(
    desk: Desk,
    request: Request,
    typed: Mapping[str, str],
    errors: Mapping[str, str],
    notices: tuple[Notice, ...] = (),
) -> Response:
    async with desk.database.reading() as session:
        found = [one for one in await rooms.rooms(session) if one.is_open]
    lines = [
        {
            "room": one,
            "kind": kind_of(one.url) or "inconnu",
            "secret": secret_of(desk.key, one.id) if one.url.startswith(SIGNED) else None,
        }
        for one in found
    ]
    shown: dict[str, Any] = {"lines": lines, "typed": typed, "errors": errors, "notices": notices}
    status = 422 if errors else 200
    return desk.page.render("rooms.html", request, status_code=status, **shown, **desk.words)
