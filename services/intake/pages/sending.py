"""The last look: every answer, what is missing and where; then the very same reading and sending as the single page.

The draft has one form token for all its life: sent twice, it makes one dossier.
"""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import RedirectResponse, Response

from intake import handlers
from intake.domain.dossier import Dossier
from intake.domain.draft import SECTIONS, TITLES
from intake.domain.refusals import AlreadySubmitted, NoOpenWave
from intake.domain.wave import takes_dossiers
from intake.forms.candidacy import ToCorrect, read
from intake.forms.draft import CONSENT, fields_of, money
from intake.forms.words import Words
from intake.pages.apply import address_of
from intake.pages.draft_door import Opened, open_draft, opener, to_receipt
from intake.pages.draft_words import lines_of, question
from intake.pages.drafts import shares
from intake.pages.shell import Shell, Typed
from intake.store.waves import open_wave
from kernel.runtime.web import cause_of

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
        agreed = words[CONSENT] == "oui"
        typed = opened.words
        found = read(
            Words({**typed.single, CONSENT: words[CONSENT]}, typed.themes, typed.rows, typed.unreadable), shell.label
        )
        if isinstance(found, ToCorrect) or opened.undecided():
            return await _review(shell, request, opened, status=422, agreed=agreed)
        return await _submit(shell, request, opened, found.dossier)

    return router


async def _submit(shell: Shell, request: Request, opened: Opened, dossier: Dossier) -> Response:
    token = opened.draft.form_token
    try:
        async with shell.database.work(cause_of(request)) as work:
            receipt = await handlers.submit_candidacy(work, dossier, shell.label.dossier_prefix, token)
    except AlreadySubmitted:
        again = await open_draft(shell, str(opened.draft.id), opened.key)
        if again.receipt is None:
            raise
        return to_receipt(again.receipt)
    except NoOpenWave:
        return await _review(shell, request, opened, status=409, agreed=True)
    return RedirectResponse(address_of(receipt), 303)


async def _review(shell: Shell, request: Request, opened: Opened, status: int = 200, agreed: bool = False) -> Response:
    at = shell.database.clock.now()
    async with shell.database.reading() as session:
        wave = await open_wave(session)
    tried = status == 422
    return shell.render(
        "draft_review.html",
        request,
        status=status,
        private=True,
        draft=opened,
        titles=TITLES,
        statuses=opened.statuses(shell),
        answers=_answers(shell, opened),
        to_mend=_to_mend(shell, opened),
        errors={CONSENT: CONSENTED} if tried and not agreed else {},
        agreed=agreed,
        tried=tried,
        wave=wave,
        open=takes_dossiers(wave, at),
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
        for section in SECTIONS
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
