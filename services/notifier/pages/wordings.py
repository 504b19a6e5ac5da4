"""The words of each kind of message: seen as they will be read, edited by staff, tried out before they are kept.

A wording that cannot be filled in with its sample is not kept: what a mail needs is found missing here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException, Request
from fastapi.responses import HTMLResponse
from jinja2 import TemplateSyntaxError
from starlette.responses import RedirectResponse, Response

from kernel.contracts.notifier import MessageKind
from kernel.runtime.auth import Allow, Person
from kernel.runtime.database import Database
from kernel.runtime.web import cause_of
from kernel.ui import Notice, Page
from notifier.domain.delivery import TEMPLATE_VERSION
from notifier.handlers import wording
from notifier.mail.samples import sample
from notifier.mail.writing import Writer, Written, WrongWording, shipped
from notifier.store import rooms

LONGEST = 20_000
SAVED = Notice("succes", "Ces mots sont enregistrés.", "Les prochains messages les diront.", done=True)
FIXED: frozenset[MessageKind] = frozenset({"connexion", "invitation"})
"""Ways in are not edited: a link that is lost in new words lets nobody in."""
Staff = Annotated[Person, Depends(Allow("staff"))]


@dataclass(frozen=True, slots=True)
class Desk:
    """What every route closes over."""

    database: Database
    page: Page
    writer: Writer
    words: Mapping[str, Any]
    framed: Mapping[str, str]
    framing: Mapping[str, str]

    def kind(self, name: str) -> MessageKind:
        """A kind by the name in an address."""
        found: MessageKind | None = next((kind for kind in self.words["kinds"] if kind == name), None)
        if found is None:
            raise HTTPException(404, "Cette nature de message n’existe pas.")
        return found


def routes(desk: Desk) -> APIRouter:
    """The pages, without their prefix."""
    router = APIRouter()

    @router.get("/modeles", response_class=HTMLResponse)
    async def show_all(request: Request, _: Staff) -> HTMLResponse:
        async with desk.database.reading() as session:
            latest = await rooms.latest(session)
        return desk.page.render("wordings.html", request, latest=latest, fixed=FIXED, **desk.words)

    @router.get("/modeles/{kind}", response_class=HTMLResponse)
    async def show_one(request: Request, _: Staff, kind: str) -> Response:
        return await _shown(desk, request, desk.kind(kind), await _source(desk, desk.kind(kind)))

    @router.get("/modeles/{kind}/apercu", response_class=HTMLResponse)
    async def show_preview(_: Staff, kind: str) -> HTMLResponse:
        source = await _source(desk, desk.kind(kind))
        return HTMLResponse(tried(desk.writer, desk.kind(kind), source, desk).html, headers=dict(desk.framed))

    _add_saving(router, desk)
    return router


def _add_saving(router: APIRouter, desk: Desk) -> None:
    @router.post("/modeles/{kind}")
    async def save(request: Request, person: Staff, kind: str) -> Response:
        named, form = desk.kind(kind), await request.form()
        source = str(form.get("texte", ""))[: LONGEST + 1]
        if named in FIXED:
            raise HTTPException(409, "Ce message porte un lien d’accès : ses mots ne se changent pas ici.")
        try:
            tried(desk.writer, named, source, desk)
            if form.get("acte") == "essayer":
                return await _shown(desk, request, named, source, tries=True)
            async with desk.database.work(cause_of(request)) as work:
                await wording.write(work, named, source, person.name, lambda text: None)
        except Exception as error:  # noqa: BLE001 - whatever these words make Jinja raise is said beside them
            return await _shown(desk, request, named, source, error=_said(error))
        return RedirectResponse(f"{desk.words['prefix']}/modeles/{named}?fait=oui", 303)


def tried(writer: Writer, kind: MessageKind, source: str, desk: Desk) -> Written:
    """A wording filled in with its sample. Raises `WrongWording` and what Jinja raises."""
    if len(source) > LONGEST:
        raise WrongWording(f"Le texte dépasse {LONGEST} signes : raccourcissez-le.")
    at = desk.database.clock.now()
    example = sample(kind, at)
    foreign = writer.names_in(source) - set(example.snapshot) - {"recipient", "today", "optional"}
    local = {name for name in foreign if any(f"{before} {name}" in source for before in ("set", "for"))}
    local |= {name for name in foreign if f"{name} is defined" in source}
    if strange := sorted(foreign - local - _LOOPS):
        raise WrongWording(f"« {strange[0]} » n’est pas connu ici. Vous pouvez écrire : {_allowed(example.snapshot)}.")
    return writer.filled(writer.try_out(source), example, at)


_LOOPS = frozenset({"project", "match", "one", "line", "answered"})


def _allowed(snapshot: Mapping[str, Any]) -> str:
    return ", ".join(f"{{{{ {name} }}}}" for name in sorted(snapshot))


def _said(error: Exception) -> str:
    if isinstance(error, WrongWording):
        return str(error)
    line = f" (ligne {error.lineno})" if isinstance(error, TemplateSyntaxError) else ""
    return f"Ce texte ne peut pas être rempli{line} : {error}"


async def _source(desk: Desk, kind: MessageKind) -> str:
    async with desk.database.reading() as session:
        version = (await rooms.latest(session)).get(kind, TEMPLATE_VERSION)
        return await rooms.wording(session, kind, version) or shipped(kind)


async def _shown(
    desk: Desk, request: Request, kind: MessageKind, source: str, *, error: str = "", tries: bool = False
) -> Response:
    async with desk.database.reading() as session:
        versions = await rooms.wordings(session, kind)
    shown: dict[str, Any] = {
        "kind": kind,
        "source": source,
        "error": error,
        "versions": versions,
        "fixed": kind in FIXED,
        "allowed": sorted(sample(kind, desk.database.clock.now()).snapshot),
        "tried": tried(desk.writer, kind, source, desk) if tries else None,
        "notices": (SAVED,) if request.query_params.get("fait") == "oui" else (),
    }
    answer = desk.page.render("wording.html", request, status_code=422 if error else 200, **shown, **desk.words)
    answer.headers.update(desk.framing)
    return answer
