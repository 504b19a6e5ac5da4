"""What recipients choose, by the signed links of their mails or their account: opening a page changes nothing.

A link is enough to unsubscribe, to answer and to choose, and for nothing else; it is not asked to sign in.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, HTTPException, Request
from starlette.responses import RedirectResponse, Response

from kernel.contracts.label import Label
from kernel.runtime.auth import Allow, Person
from kernel.runtime.database import Database
from kernel.runtime.web import cause_of
from kernel.ui import Notice, Page
from notifier import forms, store
from notifier.domain.hours import CLOSES, OPENS, Rhythm
from notifier.domain.subscription import ANSWERS, Answer, Subject
from notifier.handlers import choices
from notifier.mail.links import PREFIX, Links
from notifier.store import following, listeners

RHYTHMS: Mapping[Rhythm, str] = {
    "immediat": "Dès qu’une piste arrive",
    "quotidien": "Chaque jour ouvré",
    "hebdomadaire": "Chaque semaine",
    "jamais": "Jamais",
}
SUBJECTS: Mapping[Subject, str] = {
    "mes_projets": "Les projets que vous suivez",
    "themes": "Les projets de certains thèmes",
    "agglomerations": "Les projets de certaines agglomérations",
    "tout": "Tous les projets",
}
WEEKDAYS = ("Lundi", "Mardi", "Mercredi", "Jeudi", "Vendredi")
SAID: Mapping[Answer, str] = {
    "transmettre": "À transmettre au porteur",
    "a_etudier": "À étudier",
    "pas_pour_moi": "Pas pour moi",
}
SAVED = Notice("succes", "Vos choix sont enregistrés.", "Ils valent dès maintenant.", done=True)
FALSE_LINK = "Ce lien n’est pas complet, ou n’est pas le vôtre."
Staff = Annotated[Person, Depends(Allow("staff"))]


@dataclass(frozen=True, slots=True)
class Desk:
    """What every route closes over."""

    database: Database
    page: Page
    links: Links
    label: Label

    def holder(self, token: str, act: str) -> tuple[UUID, str]:
        """Whose link it is, and about what; a false one is a page that does not exist."""
        key = self.links.read(token, act)
        try:
            return UUID(key.recipient if key else ""), key.what if key else ""
        except ValueError:
            raise HTTPException(404, FALSE_LINK) from None

    @property
    def options(self) -> dict[str, list[tuple[str, str]]]:
        """What may be chosen, by field."""
        places = {one.epci_code: one.epci_acronym for one in self.label.communes.values()}
        return {
            "themes": [(theme.code, theme.name) for theme in self.label.themes],
            "agglomerations": sorted(places.items(), key=lambda pair: pair[1]),
        }


def routes(desk: Desk) -> APIRouter:
    """The pages, without their prefix."""
    router = APIRouter()
    _add_account(router, desk)
    _add_preferences(router, desk)
    _add_unsubscribing(router, desk)
    _add_answering(router, desk)
    return router


def _add_account(router: APIRouter, desk: Desk) -> None:
    @router.get("/mes-alertes")
    async def show_mine(request: Request, person: Staff) -> Response:
        return await _shown(desk, request, _of(person), f"{PREFIX}/mes-alertes")

    @router.post("/mes-alertes")
    async def choose_mine(request: Request, person: Staff) -> Response:
        return await _chosen(desk, request, _of(person), f"{PREFIX}/mes-alertes")


def _add_preferences(router: APIRouter, desk: Desk) -> None:
    @router.get("/preferences/{token}")
    async def show(request: Request, token: str) -> Response:
        holder, _ = desk.holder(token, "preferences")
        if await _is_dossier(desk, holder):
            return await _shown_to_porteur(desk, request, holder, token)
        return await _shown(desk, request, holder, f"{PREFIX}/preferences/{token}")

    @router.post("/preferences/{token}")
    async def choose(request: Request, token: str) -> Response:
        holder, _ = desk.holder(token, "preferences")
        if not await _is_dossier(desk, holder):
            return await _chosen(desk, request, holder, f"{PREFIX}/preferences/{token}")
        wanted = bool((await _typed(request)).get("rappels"))
        async with desk.database.work(cause_of(request)) as work:
            await choices.mute(work, holder.hex, "rappels", wanted=wanted)
        return RedirectResponse(f"{PREFIX}/preferences/{token}?fait=oui", 303)


async def _is_dossier(desk: Desk, holder: UUID) -> bool:
    """Whether the link is a porteur's, about a dossier, and not a person's of the team."""
    async with desk.database.reading() as session:
        return (await store.dossier(session, holder)).number is not None


async def _shown_to_porteur(desk: Desk, request: Request, dossier: UUID, token: str) -> Response:
    async with desk.database.reading() as session:
        muted = await following.is_muted(session, dossier.hex, "rappels")
        known = await store.dossier(session, dossier)
    shown: dict[str, Any] = {
        "dossier": known,
        "muted": muted,
        "action": f"{PREFIX}/preferences/{token}",
        "notices": (SAVED,) if request.query_params.get("fait") == "oui" else (),
    }
    return _private(desk.page.render("preferences_porteur.html", request, **shown))


UNSUBSCRIBED = {"veille": "la veille", "rappels": "les rappels d’échéance"}


def _add_unsubscribing(router: APIRouter, desk: Desk) -> None:
    @router.get("/desabonnement/{token}")
    async def ask(request: Request, token: str) -> Response:
        _, what = desk.holder(token, "desabonnement")
        words = UNSUBSCRIBED.get(what, UNSUBSCRIBED["veille"])
        shown: dict[str, Any] = {"token": token, "prefix": PREFIX, "done": False, "what": words}
        return _private(desk.page.render("unsubscribe.html", request, **shown))

    @router.post("/desabonnement/{token}")
    async def unsubscribe(request: Request, token: str) -> Response:
        """One click, from a mail program or from our page; done twice it is done once."""
        holder, what = desk.holder(token, "desabonnement")
        async with desk.database.work(cause_of(request)) as work:
            if what == "rappels":
                await choices.mute(work, holder.hex, "rappels", wanted=False)
            else:
                await choices.unsubscribe(work, holder)
        words, back = UNSUBSCRIBED.get(what, UNSUBSCRIBED["veille"]), desk.links.preferences(holder.hex)
        shown: dict[str, Any] = {"token": token, "prefix": PREFIX, "done": True, "what": words, "back": back}
        return _private(desk.page.render("unsubscribe.html", request, **shown))


def _add_answering(router: APIRouter, desk: Desk) -> None:
    @router.get("/reponse/{token}")
    async def ask(request: Request, token: str, choix: str = "") -> Response:
        return await _asked(desk, request, token, choix)

    @router.post("/reponse/{token}")
    async def say(request: Request, token: str) -> Response:
        person, match = desk.holder(token, "reponse")
        said = next(iter((await _typed(request)).get("choix", ())), "")
        if said not in ANSWERS:
            return await _asked(desk, request, token, said, error="Choisissez une réponse.")
        try:
            async with desk.database.work(cause_of(request)) as work:
                await choices.answer(work, person, UUID(match), said)
        except choices.UnknownMatch:
            raise HTTPException(404, FALSE_LINK) from None
        return RedirectResponse(f"{PREFIX}/reponse/{token}?choix=fait", 303)


async def _asked(desk: Desk, request: Request, token: str, choice: str, error: str = "") -> Response:
    person, match = desk.holder(token, "reponse")
    async with desk.database.reading() as session:
        item = await store.item(session, UUID(match))
        said = await listeners.answer_of(session, person, UUID(match))
    if item is None:
        raise HTTPException(404, FALSE_LINK)
    shown: dict[str, Any] = {
        "item": item,
        "said": said,
        "answers": list(SAID.items()),
        "words": SAID,
        "choice": said if choice == "fait" else choice,
        "done": choice == "fait" and bool(said),
        "error": error,
        "action": f"{PREFIX}/reponse/{token}",
    }
    return _private(desk.page.render("answer.html", request, status_code=422 if error else 200, **shown))


def _of(person: Person) -> UUID:
    try:
        return UUID(person.id)
    except ValueError:
        reason = "Ce lien d’exploitation n’est pas celui d’une personne : connectez-vous par le vôtre."
        raise HTTPException(409, reason) from None


async def _shown(desk: Desk, request: Request, person: UUID, action: str) -> Response:
    async with desk.database.reading() as session:
        before = await listeners.subscriptions_of(session, person)
    notices = (SAVED,) if request.query_params.get("fait") == "oui" else ()
    return _form(desk, request, forms.typed_of(before), action, notices=notices)


async def _chosen(desk: Desk, request: Request, person: UUID, action: str) -> Response:
    typed = await _typed(request)
    known = forms.Known({name: frozenset(code for code, _ in pairs) for name, pairs in desk.options.items()})
    async with desk.database.work(cause_of(request)) as work:
        before = await listeners.subscriptions_of(work.session, person)
        found = forms.read(typed, person, before, known, work.at)
        if not isinstance(found, forms.Errors):
            await choices.choose(work, found)
    if isinstance(found, forms.Errors):
        return _form(desk, request, typed, action, errors=found.by_field)
    return RedirectResponse(f"{action}?fait=oui", 303)


def _form(
    desk: Desk,
    request: Request,
    typed: forms.Typed,
    action: str,
    *,
    errors: Mapping[str, str] | None = None,
    notices: Sequence[Notice] = (),
) -> Response:
    shown: dict[str, Any] = {
        "typed": typed,
        "action": action,
        "errors": errors or {},
        "notices": notices,
        "options": desk.options,
        "rhythms": list(RHYTHMS.items()),
        "subjects": SUBJECTS,
        "hours": [(str(hour), f"{hour} h") for hour in range(OPENS, CLOSES)],
        "weekdays": [(str(number), name) for number, name in enumerate(WEEKDAYS)],
    }
    return _private(desk.page.render("preferences.html", request, status_code=422 if errors else 200, **shown))


async def _typed(request: Request) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, value in (await request.form(max_fields=500)).multi_items():
        if isinstance(value, str):
            found.setdefault(name, []).append(value)
    return found


def _private(answer: Response) -> Response:
    """No cache keeps it, and no other site is told the address, which is the key."""
    answer.headers.update({"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"})
    return answer
