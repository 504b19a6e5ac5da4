"""The staff's mailbox of what was sent: addresses are masked, and what mails hold cannot touch the page.

A mail's HTML is shown in a frame of its own, without scripts, forms or any loading from elsewhere.
"""

from math import ceil
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, HTTPException, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse

from kernel.contracts.notifier import MessageKind
from kernel.runtime.auth import Allow, Person
from kernel.runtime.database import Database
from kernel.runtime.web import cause_of
from kernel.ui import Page
from kernel.ui.render import HEADERS
from notifier import handlers, store
from notifier.domain.delivery import Delivery, can_be_asked_again
from notifier.domain.states import MEANINGS, ImpossibleStep, State
from notifier.domain.words import masked
from notifier.mail.writing import CannotWrite, Writer, Written, WrongWording
from notifier.store import rooms

PREFIX = "/alertes"
KINDS: dict[MessageKind, str] = {
    "accuse_reception": "Accusé de réception",
    "preselection": "Candidature retenue",
    "non_retenue": "Candidature non retenue",
    "decision": "Décision",
    "recu_hors_delai": "Reçu hors délai",
    "correction_demandee": "Correction demandée",
    "message_recu": "Message de l’équipe",
    "message_du_porteur": "Message d’un porteur",
    "alerte_equipe": "Alerte à l’équipe",
    "digest": "Veille personnelle",
    "appel_transmis": "Appel transmis",
    "rappel_echeance": "Rappel d’échéance",
    "veille_partenaires": "Veille des partenaires",
    "source_degradee": "Source en difficulté",
    "connexion": "Lien de connexion",
    "invitation": "Invitation",
    "rappel_notes": "Rappel à un juré",
    "effacement_annonce": "Effacement annoncé",
    "effacement_fait": "Effacement fait",
}
FRAMING = {"Content-Security-Policy": HEADERS["Content-Security-Policy"] + "; frame-src 'self'"}
FRAMED = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'; sandbox",
    "X-Frame-Options": "SAMEORIGIN",
    "Referrer-Policy": "no-referrer",
}
"""Mails carry inlined styles; nothing else of them may do anything."""

UNKNOWN = "Ce message n’existe pas, ou plus."

Staff = Annotated[Person, Depends(Allow("staff"))]


def routes(database: Database, page: Page, writer: Writer) -> APIRouter:
    """The pages, without their prefix."""
    router = APIRouter()
    _add_list(router, database, page)
    _add_message(router, database, page, writer)
    _add_content(router, database, writer)
    _add_sending_again(router, database)
    return router


def _add_list(router: APIRouter, database: Database, page: Page) -> None:
    @router.get("/", response_class=HTMLResponse)
    async def list_messages(
        request: Request, _: Staff, etat: str = "", nature: str = "", numero: Annotated[str, Query(alias="page")] = ""
    ) -> HTMLResponse:
        selection = store.Selection(_state(etat), _kind(nature))
        async with database.reading() as session:
            total = await store.count(session, selection)
            pages = max(1, ceil(total / store.PAGE))
            number = min(max(int(numero), 1), pages) if numero.isdecimal() else 1
            lines = await store.page(session, selection, number)
        shown: dict[str, Any] = {
            "lines": lines,
            "total": total,
            "number": number,
            "pages": pages,
            "selection": selection,
        }
        return page.render("messages.html", request, **shown, **WORDS)


def _add_message(router: APIRouter, database: Database, page: Page, writer: Writer) -> None:
    @router.get("/messages/{delivery_id:uuid}", response_class=HTMLResponse)
    async def show_message(request: Request, _: Staff, delivery_id: UUID) -> HTMLResponse:
        async with database.reading() as session:
            delivery = _found(await store.delivery(session, delivery_id))
            history = await store.history(session, delivery_id)
        written, fault = await _written(writer, delivery, database)
        shown: dict[str, Any] = {"delivery": delivery, "history": history, "written": written, "fault": fault}
        again = can_be_asked_again(delivery)
        answer = page.render("message.html", request, **shown, can_be_asked_again=again, **WORDS)
        answer.headers.update(FRAMING)
        return answer


def _add_content(router: APIRouter, database: Database, writer: Writer) -> None:
    @router.get("/messages/{delivery_id:uuid}/contenu", response_class=HTMLResponse)
    async def show_content(_: Staff, delivery_id: UUID) -> HTMLResponse:
        async with database.reading() as session:
            delivery = _found(await store.delivery(session, delivery_id))
        written, fault = await _written(writer, delivery, database)
        if written is None:
            raise HTTPException(404, fault)
        return HTMLResponse(written.html, headers=FRAMED)


def _add_sending_again(router: APIRouter, database: Database) -> None:
    @router.post("/messages/{delivery_id:uuid}/renvoyer")
    async def send_again(request: Request, person: Staff, delivery_id: UUID) -> RedirectResponse:
        try:
            async with database.work(cause_of(request)) as work:
                await handlers.send_again(work, delivery_id, person.name)
        except handlers.UnknownDelivery:
            raise HTTPException(404, UNKNOWN) from None
        except ImpossibleStep as error:
            raise HTTPException(409, str(error)) from None
        return RedirectResponse(f"{PREFIX}/messages/{delivery_id}", 303)


async def _written(writer: Writer, delivery: Delivery, database: Database) -> tuple[Written | None, str]:
    """The message as it was sent, or as it would be now; else why it cannot be written."""
    if delivery.is_personal:
        return None, "Ce message porte un lien personnel : il n’est montré qu’à son destinataire."
    if delivery.emptied_at is not None:
        return None, "Le texte de ce message n’est plus gardé ; son empreinte l’est, et prouve ce qui a été envoyé."
    if delivery.state is State.EN_ATTENTE_ADRESSE:
        return None, "Le message sera écrit quand l’adresse et le dossier du porteur seront connus."
    try:
        if not writer.knows(delivery):
            async with database.reading() as session:
                source = await rooms.wording(session, delivery.kind, delivery.template_version)
            writer.learn(delivery.kind, delivery.template_version, source or "")
        return writer.write(delivery, delivery.sent_at or database.clock.now()), ""
    except (CannotWrite, WrongWording) as error:
        return None, f"Ce message ne peut pas être écrit : {error}."


def _found(delivery: Delivery | None) -> Delivery:
    if delivery is None:
        raise HTTPException(404, UNKNOWN)
    return delivery


def _state(code: str) -> State | None:
    """An unknown filter is no filter: the address may come from an older page."""
    return State(code) if code in set(State) else None


def _kind(code: str) -> MessageKind | None:
    return next((kind for kind in KINDS if kind == code), None)


def recipient(delivery: Delivery) -> str:
    """To whom, as lists show it: a masked address, « équipe », or what is awaited."""
    if delivery.address:
        return masked(delivery.address)
    if delivery.is_personal:
        return "adresse effacée"
    if delivery.recipient_kind == "room":
        return "salon de l’équipe"
    if delivery.recipient_kind != "applicant":
        return "équipe"
    return "aucun" if delivery.state is State.ANNULE else "adresse attendue"


WORDS: dict[str, Any] = {
    "kinds": KINDS,
    "states": MEANINGS,
    "state_options": [(state.value, meaning.label) for state, meaning in MEANINGS.items()],
    "recipient": recipient,
    "prefix": PREFIX,
}
