"""What a porteur reads of their decision by the key that their mail holds: reasons, feedback, letter; nobody else's."""

from fastapi import APIRouter, Request
from starlette.exceptions import HTTPException
from starlette.responses import Response

from kernel.ui.paper import Printer
from scoring import store
from scoring.domain.chain import Ruling
from scoring.domain.dossier import Dossier
from scoring.domain.feedback import Feedback
from scoring.pages.charts import radar
from scoring.pages.letters import letter_of, printed
from scoring.pages.shell import Shell
from scoring.store import chain as kept

KEY_MAX = 64


def routes(shell: Shell) -> APIRouter:
    """The key is the right: without it these pages do not exist."""
    router, printer = APIRouter(), Printer()

    @router.get("/retours/{key}")
    async def feedback_page(request: Request, key: str) -> Response:
        dossier, ruling, told = await _opened(shell, key)
        lines = [line for line in told.lines if line.mine is not None]
        overlays = {"mine": [line.mine for line in lines], "median": [line.median for line in lines]}
        return shell.render(
            "feedback.html",
            request,
            dossier=dossier,
            ruling=ruling,
            told=told,
            lines=lines,
            chart=radar(len(lines), overlays) if told.is_compared else None,
            key=key,
        )

    @router.get("/retours/{key}/lettre.pdf")
    async def letter(request: Request, key: str) -> Response:
        dossier, _, told = await _opened(shell, key)
        return await printed(shell, request, printer, await letter_of(shell, dossier, told))

    return router


async def _opened(shell: Shell, key: str) -> tuple[Dossier, Ruling, Feedback]:
    if not key or len(key) > KEY_MAX:
        raise HTTPException(404)
    async with shell.database.reading() as session:
        found = await kept.by_key(session, key)
        dossier = await store.load(session, found[0].candidacy_id) if found else None
    if found is None or dossier is None:
        raise HTTPException(404)
    return dossier, *found
