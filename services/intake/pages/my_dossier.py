"""The porteur's own dossier: what is asked, where it stands, what comes next and when; what may still be changed."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from sqlmodel.ext.asyncio.session import AsyncSession
from starlette.responses import RedirectResponse, Response

from intake.domain.attachments import check_joins
from intake.domain.dossier import Candidacy
from intake.domain.draft import TITLES
from intake.domain.refusals import permits
from intake.domain.revision import sections_open
from intake.domain.wave import takes_dossiers
from intake.forms.candidacy import ToCorrect
from intake.forms.messages import new_token, read_message
from intake.forms.words import Words
from intake.handlers import messages as talking
from intake.pages.comparing import comparisons
from intake.pages.followed import followed
from intake.pages.own import Own, own_dossier
from intake.pages.receipt import current_step, steps
from intake.pages.shell import Shell, Typed
from intake.pages.tracker import Waves, coming, reached
from intake.store import attachments, drafts, funding, hearsay, messages, people, revisions
from intake.store.attachments import Owner
from intake.store.waves import all_waves, open_wave, prepared
from kernel.runtime.web import cause_of
from kernel.ui import Notice
from kernel.ui.french import PARIS

DONE = {
    "renvoye": Notice("succes", "Vos modifications sont enregistrées.", "La version précédente est gardée."),
    "ecrit": Notice("succes", "Votre message est parti.", "L’équipe le lira sur cette page et vous répondra ici."),
    "partage": Notice("succes", "L’invitation est partie.", "Son lien est valable sept jours."),
    "joint": Notice("succes", "Vos fichiers sont joints au dossier.", "L’équipe peut les lire."),
    "ote": Notice("succes", "Le fichier est retiré du dossier."),
    "suivi": Notice("succes", "La suite du dossier est à jour."),
    "accord": Notice("succes", "L’accord est accepté.", "L’équipe en est avertie dans le journal du dossier."),
    "nouvelles": Notice("succes", "Vos nouvelles sont parties.", "L’équipe les lira et vous répondra ici."),
    "retire": Notice("succes", "Cette personne n’a plus accès au dossier."),
}


def routes(shell: Shell) -> APIRouter:
    """`/mes-dossiers/{id}`: those who have a part in the dossier."""
    router = APIRouter()
    Mine = Annotated[Own, Depends(own_dossier(shell))]

    @router.get("/mes-dossiers/{candidacy_id}")
    async def show(request: Request, own: Mine) -> Response:
        answer = await page(shell, request, own)
        async with shell.database.work(cause_of(request)) as work:
            await talking.mark_read(work, own.candidacy.id, "porteur")
        return answer

    @router.post("/mes-dossiers/{candidacy_id}/messages")
    async def write(request: Request, own: Mine, words: Typed) -> Response:
        said = read_message(words)
        if isinstance(said, ToCorrect):
            return await page(shell, request, own, words=words, errors=said.errors)
        async with shell.database.work(cause_of(request)) as work:
            await talking.post(work, own.candidacy.id, said, "porteur", own.member.name)
        return RedirectResponse(f"{own.address}?fait=ecrit#echanges", 303)

    @router.get("/mes-dossiers/{candidacy_id}/versions")
    async def show_versions(request: Request, own: Mine) -> Response:
        async with shell.database.reading() as session:
            found = await revisions.versions(session, own.candidacy.id)
        compared = comparisons(found, shell.label)
        return shell.render("my_versions.html", request, private=True, own=own, versions=found, compared=compared)

    return router


async def page(shell: Shell, request: Request, own: Own, **form: object) -> Response:
    """The dossier as its porteur sees it; `form` brings back the words and errors of what was sent."""
    candidacy, at = own.candidacy, shell.database.clock.now()
    async with shell.database.reading() as session:
        context = await _gathered(session, candidacy, at)
    asked = [one for one in context["corrections"] if one.outcome is None]
    done = DONE.get(request.query_params.get("fait", ""))
    return shell.render(
        "my_dossier.html",
        request,
        status=422 if form else 200,
        private=True,
        notices=(done,) if done else (),
        own=own,
        candidacy=candidacy,
        titles=TITLES,
        asked=asked,
        opened=sections_open(candidacy.state, [one.section for one in asked]),
        steps=steps(candidacy.state, candidacy.submitted_at, reached(context["journal"])),
        coming=coming(candidacy, context.pop("waves"), context["follow"], at),
        current=current_step(candidacy.state),
        message_token=new_token(),
        **context,
        **{"words": Words(), "errors": {}, **form},
    )


async def _gathered(session: AsyncSession, candidacy: Candidacy, at: datetime) -> dict[str, Any]:
    """What a porteur reads beside the dossier."""
    known = candidacy.id
    return {
        "corrections": await revisions.corrections(session, known),
        "draft": await drafts.changing(session, known),
        "taking_up": await drafts.taking_up(session, known),
        "waves": Waves(
            next((wave for wave in await all_waves(session) if wave.id == candidacy.wave_id), None),
            await open_wave(session) or next(iter(await prepared(session)), None),
        ),
        "can_take_up": candidacy.state == "en_attente" and takes_dossiers(await open_wave(session), at),
        "files": await attachments.of_owner(session, Owner(candidacy_id=known)),
        "joinable": permits(check_joins, candidacy.state),
        "follow": await followed(session, candidacy),
        "today": at.astimezone(PARIS).date(),
        "guests": await people.participants(session, known),
        "journal": await hearsay.journal_of(session, known),
        "fundings": sum(one.is_shown for one in await funding.of_dossier(session, known)),
        "thread": await messages.thread(session, known),
        "read_by": await messages.read_until(session, known, "equipe"),
    }
