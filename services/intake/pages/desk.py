"""Each dossier on the staff's desk, with all that is known of it."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, HTTPException, Request
from sqlmodel.ext.asyncio.session import AsyncSession
from starlette.responses import RedirectResponse, Response

from intake import handlers
from intake.domain.dossier import Candidacy
from intake.domain.draft import TITLES
from intake.domain.refusals import Refused
from intake.domain.revision import CORRECTABLE
from intake.forms.candidacy import ToCorrect
from intake.forms.messages import new_token
from intake.forms.staff import Choice, read_choice
from intake.forms.words import Words
from intake.handlers import UnknownDossier, messages
from intake.pages.followed import followed
from intake.pages.shell import DossierId, Shell, Staff, Typed
from intake.store import attachments, candidacies, desk, hearsay, people, pieces, revisions
from intake.store import messages as threads
from intake.store.attachments import Owner
from kernel.contracts.intake import PlanLine
from kernel.runtime.web import cause_of
from kernel.ui import Notice
from kernel.ui.french import PARIS

DONE = {
    "retenu": Notice("succes", "Le dossier est présélectionné.", "Le porteur reçoit un message."),
    "non_retenu": Notice("succes", "Le dossier n’est pas retenu.", "Le porteur reçoit la réponse et son motif."),
    "retard": Notice("succes", "Votre décision sur ce dossier tardif est enregistrée.", "Le porteur en est averti."),
    "correction": Notice("succes", "La demande de correction est partie.", "Elle reste ici jusqu’à la réponse."),
    "correction_retiree": Notice("succes", "La demande de correction est retirée."),
    "message": Notice("succes", "Le message est parti.", "Le porteur reçoit un courriel qui le conduit ici."),
    "classe": Notice("succes", "Aucune réponse n’est attendue pour ces messages."),
    "note": Notice("succes", "La note est gardée.", "Seule l’équipe la voit."),
    "affectation": Notice("succes", "Le suivi du dossier est enregistré."),
    "etiquettes": Notice("succes", "Les étiquettes sont enregistrées."),
    "suivi": Notice("succes", "La suite du dossier est à jour."),
    "accord": Notice("succes", "L’accord est proposé.", "Le porteur reçoit un message qui le conduit à son dossier."),
    "piece": Notice("succes", "Votre choix sur cette pièce est enregistré.", "Il figure au journal, avec son motif."),
    "lu": Notice("succes", "Le dossier est marqué comme lu."),
}
FILLS = (("acquis", "Acquis", "solid"), ("demande", "Demandé", "striped"), ("envisage", "Envisagé", "dotted"))


def routes(shell: Shell) -> APIRouter:
    """`/dossiers/{id}`: staff only."""
    router = APIRouter()

    @router.get("/dossiers/{candidacy_id}")
    async def show_dossier(request: Request, candidacy_id: DossierId, _: Staff) -> Response:
        answer = await dossier_page(shell, request, candidacy_id)
        async with shell.database.work(cause_of(request)) as work:
            await messages.mark_read(work, candidacy_id, "equipe")
        return answer

    @router.post("/dossiers/{candidacy_id}/preselection")
    async def preselect(request: Request, candidacy_id: DossierId, person: Staff, words: Typed) -> Response:
        choice = read_choice(words)
        if isinstance(choice, ToCorrect):
            return await dossier_page(shell, request, candidacy_id, words=words, errors=choice.errors)
        return await _decide(shell, request, candidacy_id, person.name, choice)

    return router


async def _decide(shell: Shell, request: Request, candidacy_id: UUID, by: str, choice: Choice) -> Response:
    decide = handlers.preselect if choice.decision == "retenu" else handlers.decline
    try:
        async with shell.database.work(cause_of(request)) as work:
            await decide(work, candidacy_id, by, choice.reason)
    except UnknownDossier:
        raise HTTPException(404) from None
    except Refused as refused:
        return shell.error(request, 409, str(refused))
    return RedirectResponse(f"/dossiers/{candidacy_id}?fait={choice.decision}", 303)


def shares(candidacy: Candidacy) -> list[dict[str, Any]]:
    """The plan de financement as parts of the budget, the surest first; what was refused pays for nothing."""
    plan: tuple[PlanLine, ...] = candidacy.dossier.project.plan
    sums = {state: sum(line.amount or 0 for line in plan if line.state == state) for state, _, _ in FILLS}
    return [{"label": label, "amount": sums[state], "fill": fill} for state, label, fill in FILLS if sums[state]]


async def dossier_page(shell: Shell, request: Request, candidacy_id: UUID, **form: object) -> Response:
    """A dossier with all that is known of it; `form` brings back the words and errors of what was sent."""
    async with shell.database.reading() as session:
        candidacy = await candidacies.candidacy(session, candidacy_id)
        if candidacy is None:
            raise HTTPException(404)
        known = await gathered(session, candidacy)
    done = DONE.get(request.query_params.get("fait", ""))
    return shell.render(
        "dossier.html",
        request,
        status=422 if form else 200,
        private=True,
        notices=(done,) if done else (),
        candidacy=candidacy,
        today=shell.database.clock.now().astimezone(PARIS).date(),
        shares=shares(candidacy),
        message_token=new_token(),
        titles=TITLES,
        correctable=candidacy.state in CORRECTABLE,
        section_options=list(TITLES.items())[:-1],
        **known,
        **{"words": Words(), "errors": {}, **form},
    )


async def gathered(session: AsyncSession, candidacy: Candidacy) -> dict[str, Any]:
    """What staff read beside a dossier."""
    known = candidacy.id
    return {
        "opinions": await hearsay.opinions_on(session, known),
        "journal": await hearsay.journal_of(session, known),
        "guests": await people.participants(session, known),
        "follow": await followed(session, candidacy),
        "files": await attachments.of_owner(session, Owner(candidacy_id=known)),
        "reviews": await pieces.reviews(session, known),
        "corrections": await revisions.corrections(session, known),
        "thread": await threads.thread(session, known),
        "porteur_read": await threads.read_until(session, known, "porteur"),
        "waits": (await threads.waiting(session)).get(known),
        "notes": await desk.notes(session, known),
        "tags": (await desk.tags(session)).get(known, ()),
        "follower": (await desk.followers(session)).get(known),
        "team_options": [(str(one.id), one.name) for one in await desk.team(session)],
        "read_revision": (await desk.read_revisions(session)).get(known, 0),
    }
