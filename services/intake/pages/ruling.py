"""From a what-if to the decision: an answer for every dossier of the wave, drafted where it can be, edited by staff.

What is confirmed waits as an act that can still be called back; then each porteur gets the words that staff wrote.
"""

from dataclasses import dataclass
from uuid import UUID, uuid4

from fastapi import APIRouter, HTTPException, Request
from starlette.responses import RedirectResponse, Response

from intake.domain.alternatives import best, draft
from intake.domain.board import Selection
from intake.domain.dossier import Candidacy
from intake.domain.refusals import Refused
from intake.domain.wave import Wave
from intake.forms.board import Asked, read_answers
from intake.forms.candidacy import ToCorrect
from intake.forms.words import Words
from intake.handlers import acts
from intake.pages.chosen import identifier, token_of
from intake.pages.shell import Shell, Staff, Typed
from intake.store import board
from intake.store.waves import all_waves
from kernel.runtime.web import cause_of


@dataclass(frozen=True, slots=True)
class Ruling:
    """What a selection would decide: the dossiers that wait for a decision, and which of them it keeps."""

    selection: Selection
    wave: Wave
    kept: list[Candidacy]
    left: list[Candidacy]

    @property
    def asked(self) -> list[Asked]:
        return [Asked(one.id, kept=True) for one in self.kept] + [Asked(one.id, kept=False) for one in self.left]


def routes(shell: Shell) -> APIRouter:
    """`/preselection/selections/{id}/decision`: staff only."""
    router = APIRouter()

    @router.get("/preselection/selections/{selection_id}/decision")
    async def prepare(request: Request, selection_id: str, _: Staff) -> Response:
        ruling = await _ruling(shell, identifier(selection_id))
        return await _page(shell, request, ruling, words=Words(await _drafts(shell, ruling)))

    @router.post("/preselection/selections/{selection_id}/decision")
    async def decide(request: Request, selection_id: str, person: Staff, words: Typed) -> Response:
        ruling = await _ruling(shell, identifier(selection_id))
        seen = {field.partition("-")[2] for field in words.single if field.startswith("motif-")}
        if seen != {str(one.candidacy_id) for one in ruling.asked}:
            return await _page(shell, request, ruling, words=words, errors={"dossiers": CHANGED})
        steps = read_answers(words, ruling.asked)
        if isinstance(steps, ToCorrect):
            return await _page(shell, request, ruling, words=words, errors=steps.errors)
        try:
            async with shell.database.work(cause_of(request)) as work:
                act = await acts.plan(work, token_of(words["jeton"]), "preselection", steps, person)
        except Refused as refused:
            return shell.error(request, 409, str(refused))
        return RedirectResponse(f"/actes/{act.id}", 303)

    return router


CHANGED = (
    "Les dossiers à décider ont changé depuis l’ouverture de cette page : relisez la liste ci-dessous, vos mots y sont."
)


async def _ruling(shell: Shell, selection_id: UUID) -> Ruling:
    async with shell.database.reading() as session:
        selection = await board.selection(session, selection_id)
        if selection is None:
            raise HTTPException(404)
        wave = next(one for one in await all_waves(session) if one.id == selection.wave_id)
        waiting = [one for one in await board.of_wave(session, wave.id) if one.state == "depose"]
    kept = [one for one in waiting if one.id in selection.picks]
    return Ruling(selection, wave, kept, [one for one in waiting if one.id not in selection.picks])


async def _drafts(shell: Shell, ruling: Ruling) -> dict[str, str]:
    """What each answer to those who are not kept could propose."""
    today = shell.database.clock.now().date()
    async with shell.database.reading() as session:
        proposed = await board.proposals(session, [one.id for one in ruling.left])
    return {
        f"suites-{one.id}": draft(one.dossier.project, best(proposed[one.id], today), shell.label.advisers)
        for one in ruling.left
    }


async def _page(shell: Shell, request: Request, ruling: Ruling, **form: object) -> Response:
    errors = form.get("errors", {})
    return shell.render(
        "board_decision.html",
        request,
        status=422 if errors else 200,
        private=True,
        ruling=ruling,
        token=uuid4(),
        **{"errors": {}, **form},
    )
