"""The pages of the calls that look like one: side by side, with what speaks for it, decided and undone by a person.

The rule kept here: no two calls are reunited but by a named person with a reason, and each decision can be undone.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse
from starlette.exceptions import HTTPException
from starlette.responses import Response

from funding_watch import handlers
from funding_watch.pages.shown import PREFIX, SourceShown, Staff, reason_error
from funding_watch.store import pages as reading
from kernel.runtime.database import Database
from kernel.runtime.web import cause_of
from kernel.ui import Notice, Page

AT_ONCE = 100
"""Pairs of the list at most: the next ones come when these are decided."""
UNDO = "Vous pouvez revenir sur cette décision plus bas."
NOTICES = {
    "reunies": Notice("information", "Les deux fiches n’en font plus qu’une.", UNDO),
    "distinctes": Notice("information", "Les deux fiches restent distinctes.", UNDO),
    "annulee": Notice("information", "La décision est annulée.", "Les deux fiches sont de nouveau à comparer."),
}
NO_CHOICE = "Dites si c’est le même appel, et quelle fiche garder."
HIDDEN = "Cette fiche est déjà montrée sous une autre\u202f: gardez l’autre, ou annulez d’abord cette décision."
Decision = Literal["premier", "second", "distinct"]


@dataclass(frozen=True, slots=True)
class Said:
    """What a person typed, to be shown again beside its errors."""

    decision: Decision | None = None
    reason: str = ""
    choice_error: str | None = None
    reason_error: str | None = None

    @property
    def errors(self) -> dict[str, str]:
        """Field → what is wrong with it."""
        both = {"decision": self.choice_error, "motif": self.reason_error}
        return {name: error for name, error in both.items() if error}


def add_duplicates(router: APIRouter, database: Database, page: Page, sources: Mapping[str, SourceShown]) -> None:
    """The list, the comparison with its decision, and the way back."""
    _add_list(router, database, page, sources)
    _add_decision(router, database, page, sources)
    _add_undoing(router, database)


def _add_list(router: APIRouter, database: Database, page: Page, sources: Mapping[str, SourceShown]) -> None:
    @router.get("/doublons")
    async def listed(request: Request, _: Staff) -> Response:
        async with database.reading() as session:
            found = await reading.twins(session)
        waiting = [one for one in found if one.pair.state == "propose"]
        decided = [one for one in found if one.pair.decided_at]
        notice = NOTICES.get(request.query_params.get("fait", ""))
        return page.render(
            "duplicates.html",
            request,
            notices=[notice] if notice else [],
            waiting=waiting[:AT_ONCE],
            total=len(waiting),
            settled=sorted(decided, key=lambda one: str(one.pair.decided_at), reverse=True),
            sources=sources,
        )


def _add_decision(router: APIRouter, database: Database, page: Page, sources: Mapping[str, SourceShown]) -> None:
    async def comparison(request: Request, pair_id: UUID, said: Said) -> Response:
        async with database.reading() as session:
            found = next((one for one in await reading.twins(session) if one.pair.pair_id == pair_id), None)
        if found is None:
            raise HTTPException(404)
        status = 422 if said.errors else 200
        return page.render("pair.html", request, status_code=status, one=found, said=said, sources=sources)

    @router.get("/doublons/{pair_id}")
    async def compare(request: Request, pair_id: UUID, _: Staff) -> Response:
        return await comparison(request, pair_id, Said())

    @router.post("/doublons/{pair_id}")
    async def decide(
        request: Request,
        pair_id: UUID,
        person: Staff,
        decision: Annotated[Decision | None, Form()] = None,
        motif: Annotated[str, Form()] = "",
    ) -> Response:
        said = Said(decision, motif, None if decision else NO_CHOICE, reason_error(motif.strip()))
        if said.errors:
            return await comparison(request, pair_id, said)
        if not await _decide(request, database, pair_id, said, person.name):
            return await comparison(request, pair_id, Said(decision, motif, HIDDEN))
        return _back("distinctes" if decision == "distinct" else "reunies")


def _add_undoing(router: APIRouter, database: Database) -> None:
    @router.post("/doublons/{pair_id}/annuler")
    async def undo(request: Request, pair_id: UUID, person: Staff) -> Response:
        try:
            async with database.work(cause_of(request)) as work:
                await handlers.undo(work, pair_id, by=person.name, reason="décision annulée")
        except handlers.UnknownPair:
            raise HTTPException(404) from None
        return _back("annulee")


async def _decide(request: Request, database: Database, pair_id: UUID, said: Said, by: str) -> bool:
    """Keep the decision; False when the record to keep is itself shown under another."""
    reason = said.reason.strip()
    try:
        async with database.work(cause_of(request)) as work:
            if said.decision == "distinct":
                await handlers.part(work, pair_id, by=by, reason=reason)
            else:
                await handlers.reunite(work, pair_id, first=said.decision == "premier", by=by, reason=reason)
    except handlers.UnknownPair:
        raise HTTPException(404) from None
    except ValueError:
        return False
    return True


def _back(done: str) -> Response:
    return RedirectResponse(f"{PREFIX}/doublons?fait={done}", 303)
