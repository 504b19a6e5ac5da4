"""The staff's list of people: who may enter, as what, invited by whom; an access is closed in two steps."""

from fastapi import APIRouter, HTTPException, Request
from starlette.responses import RedirectResponse, Response

from intake import handlers
from intake.domain.people import INVITED, ROLE_WORDS, Invitation, Member
from intake.domain.refusals import Refused
from intake.forms.candidacy import ToCorrect
from intake.forms.people import Guest, read_guest
from intake.forms.words import Words
from intake.pages.shell import Shell, Staff, Typed
from intake.store import people
from kernel.runtime.auth import INVITATION_SECONDS, Door
from kernel.runtime.web import cause_of
from kernel.ui import Notice

DAYS = INVITATION_SECONDS // 86_400
DONE = {
    "invite": Notice("succes", "L’invitation part par message.", f"Le lien est bon {DAYS} jours et sert une fois."),
    "ferme": Notice("succes", "L’accès est fermé.", "Cette personne est déconnectée partout."),
}


def routes(shell: Shell) -> APIRouter:
    """`/equipe`: staff only."""
    router = APIRouter()

    @router.get("/equipe")
    async def show_team(request: Request, _: Staff) -> Response:
        done = DONE.get(request.query_params.get("fait", ""))
        return await _team(shell, request, 200, notices=(done,) if done else ())

    @router.post("/equipe")
    async def invite(request: Request, person: Staff, words: Typed) -> Response:
        guest = read_guest(words)
        if isinstance(guest, ToCorrect):
            return await _team(shell, request, 422, words=words, errors=guest.errors)
        return await _invite(shell, request, person.name, guest, words)

    @router.get("/equipe/{person_id}/desactiver")
    async def confirm(request: Request, _: Staff, person_id: str) -> Response:
        return _confirmation(shell, request, await _member(shell, person_id))

    @router.post("/equipe/{person_id}/desactiver")
    async def disable(request: Request, person: Staff, person_id: str) -> Response:
        return await _disable(shell, request, person.id, await _member(shell, person_id))

    return router


async def _invite(shell: Shell, request: Request, by: str, guest: Guest, words: Words) -> Response:
    door: Door = request.app.state.door
    try:
        async with shell.database.work(cause_of(request)) as work:
            await handlers.invite(work, door, Invitation(guest.email, guest.name, guest.role, by))
    except Refused as refused:
        return await _team(shell, request, 409, words=words, notices=(Notice("attention", str(refused)),))
    return RedirectResponse("/equipe?fait=invite", 303)


async def _member(shell: Shell, person_id: str) -> Member:
    async with shell.database.reading() as session:
        member = await people.member(session, person_id)
    if member is None:
        raise HTTPException(404)
    return member


async def _disable(shell: Shell, request: Request, by: str, member: Member) -> Response:
    try:
        async with shell.database.work(cause_of(request)) as work:
            await handlers.disable(work, member.id, by)
    except Refused as refused:
        return _confirmation(shell, request, member, 409, Notice("attention", str(refused)))
    return RedirectResponse("/equipe?fait=ferme", 303)


def _confirmation(shell: Shell, request: Request, member: Member, status: int = 200, *notices: Notice) -> Response:
    context = {"member": member, "roles": ROLE_WORDS, "notices": notices}
    return shell.render("disable.html", request, status=status, private=True, **context)


async def _team(shell: Shell, request: Request, status: int, **context: object) -> Response:
    async with shell.database.reading() as session:
        members = await people.team(session)
    return shell.render(
        "team.html",
        request,
        status=status,
        private=True,
        members=members,
        roles=ROLE_WORDS,
        role_options=[(role, ROLE_WORDS[role]) for role in INVITED],
        days=DAYS,
        **{"words": Words(), "errors": {}, **context},
    )
