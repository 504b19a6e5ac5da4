"""The picture of one committee: how sure each place is, how far the jurors agree, and when nothing may be said."""

import asyncio
from functools import lru_cache

from fastapi import APIRouter, Request
from starlette.responses import Response

from scoring.domain.reliability import agreement
from scoring.domain.scores import committee_score
from scoring.domain.severity import Fit, Refusal, fit
from scoring.pages.charts import TICKS, percent
from scoring.pages.jury import opened
from scoring.pages.shell import InSitting, Shell, Staff

USUAL_PLACES = 5


def routes(shell: Shell) -> APIRouter:
    router = APIRouter()

    @router.get("/seances/{sitting_id}/tableau")
    async def picture(request: Request, sitting_id: InSitting, person: Staff) -> Response:
        book = await opened(shell, sitting_id)
        sheet = book.sheet()
        found = await asyncio.to_thread(fitted_once, tuple(book.scores().items()), book.sitting.seed)
        refused = found if isinstance(found, Refusal) else None
        fitted = None if isinstance(found, Refusal) else found
        rows = sorted(fitted.dossiers, key=lambda dossier: dossier.expected_rank) if fitted else []
        return shell.render(
            "picture.html",
            request,
            book=book,
            refused=refused,
            fitted=fitted,
            rows=rows,
            frozen={str(f.candidacy_id): f for f in book.dossiers},
            places=_places(request.query_params.get("places", ""), len(rows)),
            scores={key: committee_score(sheet, key) for key in sheet.marks},
            agreements=agreement(sheet),
            names={asked.code: asked.name for asked in sheet.grid.questions},
            percent=percent,
            ticks=TICKS,
        )

    return router


@lru_cache(maxsize=8)
def fitted_once(scores: tuple[tuple[tuple[str, str], float], ...], seed: int) -> Fit | Refusal:
    """The fit of these scores; a page that is looked at again is not computed again."""
    return fit(dict(scores), seed)


def _places(text: str, dossiers: int) -> int:
    """How many places the meeting looks at: what was asked, within what exists."""
    asked = int(text) if text.isdecimal() and len(text) < 4 else USUAL_PLACES
    return max(1, min(asked, max(dossiers - 1, 1)))
