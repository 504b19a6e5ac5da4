"""The list of dossiers: its view is its address; a view may have a name, for its owner or for the team."""

from typing import Annotated, Any
from urllib.parse import parse_qsl

from fastapi import APIRouter, Depends, Request
from sqlmodel.ext.asyncio.session import AsyncSession
from starlette.responses import RedirectResponse, Response

from intake.domain.acts import BATCH, WORDS
from intake.domain.listing import COLUMNS, FIGURES, NOBODY
from intake.domain.refusals import Refused
from intake.domain.vocabulary import LEGAL_FORMS, STAGES
from intake.forms.reading import Reader
from intake.forms.viewing import NAME, Asked, address_of, read_view
from intake.forms.words import Words
from intake.handlers import views as naming
from intake.pages.chosen import identifier
from intake.pages.shell import Shell, Staff, Typed
from intake.store import desk, views
from intake.store.lists import dossiers, tag_words
from intake.store.waves import all_waves
from kernel.runtime.auth import Person
from kernel.runtime.web import cause_of
from kernel.ui import Notice

DONE = {
    "vue": Notice("succes", "La vue est gardée.", "Vous la retrouvez au-dessus de la liste."),
    "vue-supprimee": Notice("succes", "La vue est supprimée.", "Aucun dossier n’a changé."),
}


def asked_view(request: Request) -> Asked:
    """FastAPI dependency: the view that the address asks for."""
    return read_view(request.query_params.multi_items())


Viewed = Annotated[Asked, Depends(asked_view)]


def routes(shell: Shell) -> APIRouter:
    """`/dossiers` and its named views: staff only."""
    router = APIRouter()

    @router.get("/dossiers")
    async def show_list(request: Request, person: Staff, asked: Viewed) -> Response:
        return await list_page(shell, request, person, asked)

    @router.post("/dossiers/vues")
    async def save(request: Request, person: Staff, words: Typed) -> Response:
        asked = read_view(parse_qsl(words["vue"][:2_000]))
        reader = Reader(words)
        name = reader.line("nom-vue", NAME, "Donnez un nom à cette vue, par exemple « À lire cette semaine ».")
        if reader.errors:
            return await list_page(shell, request, person, asked, words=words, errors=reader.errors)
        address = address_of(asked.view)
        try:
            async with shell.database.work(cause_of(request)) as work:
                await naming.save_view(work, person, name, address, shared=words["partagee"] == "oui")
        except Refused as refused:
            return shell.error(request, 409, str(refused))
        return RedirectResponse(f"/dossiers?{address}{'&' if address else ''}fait=vue", 303)

    @router.post("/dossiers/vues/{view_id}/suppression")
    async def drop(request: Request, person: Staff, view_id: str) -> Response:
        async with shell.database.work(cause_of(request)) as work:
            await naming.drop_view(work, person, identifier(view_id))
        return RedirectResponse("/dossiers?fait=vue-supprimee", 303)

    return router


async def list_page(shell: Shell, request: Request, person: Person, asked: Asked, **form: object) -> Response:
    """The list; `form` brings back the words and errors of a name that was not kept."""
    view, address = asked.view, address_of(asked.view)
    async with shell.database.reading() as session:
        listing = await dossiers(session, view)
        around = await _around(session, person)
    done = DONE.get(request.query_params.get("fait", ""))
    errors = {**asked.errors, **form.pop("errors", {})}  # type: ignore[dict-item]  # a mapping of sentences
    return shell.render(
        "dossiers.html",
        request,
        status=422 if errors else 200,
        private=True,
        notices=(done,) if done else (),
        asked=asked.words,
        view=view,
        listing=listing,
        address=address,
        base=f"/dossiers?{address}{'&' if address else ''}page=",
        head=["Projet", *((COLUMNS[code], "num") if code in FIGURES else COLUMNS[code] for code in view.columns)],
        labels=COLUMNS,
        batch_options=[(kind, WORDS[kind]) for kind in BATCH],
        errors=errors,
        **around,
        **{"words": Words(), **form},
    )


async def _around(session: AsyncSession, person: Person) -> dict[str, Any]:
    """What the filters offer, the named views, and what lines show beside their own columns."""
    team = [(str(one.id), one.name) for one in await desk.team(session)]
    return {
        "named": await views.views(session, person.id or person.name),
        "tag_options": [(word, word) for word in await tag_words(session)],
        "follower_options": [(NOBODY, "Personne"), *team],
        "wave_options": [(str(wave.id), wave.calendar.title) for wave in await all_waves(session)],
        "form_options": list(LEGAL_FORMS.items()),
        "stage_options": list(STAGES.items()),
        "followers": await desk.followers(session),
        "tags": await desk.tags(session),
        "team_options": team,
    }
