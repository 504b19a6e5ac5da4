"""The last look: every answer, what is missing and where; then the very same reading and sending as the single page.

The draft has one form token for all its life: sent twice, it makes one dossier.
"""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import RedirectResponse, Response

from intake import handlers
from intake.domain.dossier import Dossier
from intake.domain.draft import SECTIONS, TITLES
from intake.domain.refusals import AlreadySubmitted, NoOpenWave, Refused
from intake.domain.wave import receives, takes_dossiers
from intake.forms.candidacy import ToCorrect, read
from intake.forms.draft import CONSENT, fields_of, money
from intake.forms.words import Words
from intake.handlers import revisions
from intake.pages.apply import address_of
from intake.pages.draft_door import Opened, open_draft, opener, to_receipt
from intake.pages.draft_words import lines_of, question
from intake.pages.drafts import shares
from intake.pages.shell import Shell, Typed
from intake.store.waves import last_wave
from kernel.runtime.auth import visitor
from kernel.runtime.pace import sentence, too_fast
from kernel.runtime.web import cause_of
from kernel.ui import Notice

Notices = tuple[Notice, ...]

CONSENTED = "Cochez cette case pour que nous puissions étudier le dossier."


def routes(shell: Shell) -> APIRouter:
    """`/brouillons/{draft_id}/verification`: whoever holds the address."""
    router = APIRouter()
    Door = Annotated[Opened, Depends(opener(shell))]

    @router.get("/brouillons/{draft_id}/verification")
    async def review(request: Request, opened: Door) -> Response:
        return to_receipt(opened.receipt) if opened.receipt else await _review(shell, request, opened)

    @router.post("/brouillons/{draft_id}/verification")
    async def send(request: Request, opened: Door, words: Typed) -> Response:
        if opened.receipt:
            return to_receipt(opened.receipt)
        if wait := too_fast(request):
            notice = Notice("attention", "Votre candidature n’est pas encore envoyée.", sentence(wait))
            return await _review(shell, request, opened, status=429, notices=(notice,))
        agreed = words[CONSENT] == "oui" or opened.changes_dossier
        typed = opened.words
        found = read(
            Words({**typed.single, CONSENT: "oui" if agreed else ""}, typed.themes, typed.rows, typed.unreadable),
            shell.label,
        )
        if isinstance(found, ToCorrect) or opened.undecided():
            return await _review(shell, request, opened, status=422, agreed=agreed)
        send = _revise if opened.changes_dossier else _submit
        return await send(shell, request, opened, found.dossier)

    return router


async def _revise(shell: Shell, request: Request, opened: Opened, dossier: Dossier) -> Response:
    try:
        async with shell.database.work(cause_of(request)) as work:
            await revisions.revise(work, opened.draft, dossier)
    except Refused as refused:
        notice = Notice("attention", "Vos modifications n’ont pas été envoyées.", str(refused))
        return await _review(shell, request, opened, status=409, notices=(notice,))
    return RedirectResponse(f"/mes-dossiers/{opened.draft.candidacy_id}?fait=renvoye", 303)


async def _submit(shell: Shell, request: Request, opened: Opened, dossier: Dossier) -> Response:
    token = opened.draft.form_token
    try:
        async with shell.database.work(cause_of(request)) as work:
            receipt = await handlers.submit_candidacy(work, dossier, shell.label.dossier_prefix, token, shell.late)
    except AlreadySubmitted:
        again = await open_draft(shell, str(opened.draft.id), opened.key, visitor(request))
        if again.receipt is None:
            raise
        return to_receipt(again.receipt)
    except NoOpenWave:
        return await _review(shell, request, opened, status=409, agreed=True)
    return RedirectResponse(address_of(receipt), 303)


async def _review(
    shell: Shell, request: Request, opened: Opened, *, status: int = 200, agreed: bool = False, notices: Notices = ()
) -> Response:
    at = shell.database.clock.now()
    async with shell.database.reading() as session:
        wave = await last_wave(session)
    tried = status == 422
    return shell.render(
        "draft_review.html",
        request,
        status=status,
        private=True,
        notices=notices,
        draft=opened,
        titles=TITLES,
        statuses=opened.statuses(shell),
        answers=_answers(shell, opened),
        to_mend=_to_mend(shell, opened),
        errors={CONSENT: CONSENTED} if tried and not agreed else {},
        agreed=agreed,
        tried=tried,
        wave=wave,
        open=opened.changes_dossier or receives(wave, at, shell.late),
        late=not opened.changes_dossier and not takes_dossiers(wave, at),
        money=money(opened.words),
        shares=shares(opened.words),
    )


def _answers(shell: Shell, opened: Opened) -> dict[str, list[tuple[str, list[str]]]]:
    """Section → each question with its answer in lines."""
    values = {name: answer.value for name, answer in opened.answers.items()}
    return {
        section: [
            (question(name, shell.label), lines_of(name, values.get(name, ""), shell.label))
            for name in fields_of(section, shell.label)
        ]
        for section in opened.draft.sections or SECTIONS
    }


def _to_mend(shell: Shell, opened: Opened) -> list[tuple[str, str]]:
    """What keeps the dossier from being sent: where to mend it, and the sentence that says how."""
    found: list[tuple[str, str]] = []
    undecided = opened.undecided()
    for section, status in opened.statuses(shell).items():
        address = opened.address(section, "&manque=oui")
        for name in fields_of(section, shell.label):
            if name in undecided:
                found.append((f"{address}#{name}", f"{question(name, shell.label)} : choisissez entre deux versions."))
        mended = {**status.wrong, **status.missing}
        found += [(f"{address}#{name}", sentence) for name, sentence in mended.items()]
    return found
