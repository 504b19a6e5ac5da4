"""The montage of a project: plans that add up, each figure with what it rests on, and one that people write by hand.

The rule kept here: what a plan breaks is said and never hidden; a person may keep it all the same, under their name.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse
from starlette.exceptions import HTTPException
from starlette.responses import Response

from funding_watch import forms
from funding_watch.domain.call import FundingCall
from funding_watch.domain.montage import Aim, Grant, Montage, breaks, unquantified
from funding_watch.domain.retroplanning import retroplanning
from funding_watch.domain.wording import NARROW, amount_words
from funding_watch.handlers.looking import Looking, Planned
from funding_watch.handlers.montages import keep_montage
from funding_watch.pages.shown import PREFIX, Staff
from funding_watch.pages.triage import Pairs
from kernel.runtime.web import cause_of
from kernel.ui import Notice, Page

AIM_WORDS: Mapping[Aim, tuple[str, str]] = {
    "largest": ("Le plus grand", "ce qui finance le plus"),
    "surest": ("Le plus sûr", "ce qui repose sur les appels les plus certains"),
    "fewest": ("Le moins de dossiers", "presque autant d’argent, avec moins de demandes à écrire"),
}
BY_HAND, TRIED = "choisi", "essai"
ROWS = 60
"""Amounts that may be typed by hand on one page."""
KEPT = Notice("succes", "Le montage est gardé.", "Ses étapes sont dans l’agenda du projet.", done=True)


@dataclass(frozen=True, slots=True)
class Cell:
    """A call for a need, as a row of the table that people fill."""

    name: str
    call: FundingCall
    need: int
    purpose: str
    limit: str


@dataclass(frozen=True, slots=True)
class View:
    """What one answer shows: a plan by its name, its grants, and the amounts as they were typed."""

    planned: Planned
    current: str
    grants: Sequence[Grant]
    typed: Mapping[str, str]
    errors: Mapping[str, str] = field(default_factory=dict)


def add_montage(router: APIRouter, looking: Looking, page: Page) -> None:
    """`/projets/{id}/montage`: staff only."""

    @router.get("/projets/{candidacy_id}/montage")
    async def show(request: Request, candidacy_id: UUID, _: Staff, plan: str = "") -> Response:
        planned = await _planned(looking, candidacy_id)
        grants, current = _selected(planned, plan)
        typed = {name_of(grant.key, grant.need): f"{grant.amount:,}".replace(",", NARROW) for grant in grants}
        return _page(request, looking, page, View(planned, current, grants, typed))

    @router.post("/projets/{candidacy_id}/montage")
    async def write(request: Request, candidacy_id: UUID, person: Staff, pairs: Pairs) -> Response:
        planned, typed = await _planned(looking, candidacy_id), dict(pairs)
        grants, errors = _read(planned, typed)
        if errors or typed.get("acte") != "garder":
            return _page(request, looking, page, View(planned, TRIED, grants, typed, errors))
        async with looking.database.work(cause_of(request)) as work:
            await keep_montage(work, candidacy_id, grants, person.name)
        return RedirectResponse(f"{PREFIX}/projets/{candidacy_id}/montage?plan={BY_HAND}&fait=oui", 303)


async def _planned(looking: Looking, candidacy_id: UUID) -> Planned:
    planned = await looking.plan(candidacy_id)
    if planned is None:
        raise HTTPException(404)
    return planned


def name_of(key: str, need: int) -> str:
    """The field of a call and a need; a key may hold any character, a field's name may not."""
    return f"m-{hashlib.sha256(key.encode()).hexdigest()[:12]}-{need}"


def _selected(planned: Planned, asked: str) -> tuple[Sequence[Grant], str]:
    """The grants to show, and the name of their plan: the one asked for, else the one chosen, else the largest."""
    if planned.chosen and planned.chosen.grants and asked in {"", BY_HAND}:
        return planned.chosen.grants, BY_HAND
    found = next((plan for plan in planned.plans if plan.aim == asked), None) or next(iter(planned.plans), None)
    return (found.grants, found.aim) if found else ((), "")


def _read(planned: Planned, typed: Mapping[str, str]) -> tuple[list[Grant], dict[str, str]]:
    """The amounts that were typed, and what cannot be read of them, by field."""
    grants, errors = [], {}
    for cell in cells(planned):
        amount = forms.read_euros(typed.get(cell.name, ""))
        if isinstance(amount, str):
            errors[cell.name] = amount
        elif amount:
            grants.append(Grant(cell.call.key, cell.need, amount, f"écrit à la main ; {cell.limit}"))
    return grants, errors


def cells(planned: Planned) -> list[Cell]:
    """The rows that people may fill: all that a plan uses, then what each call answers best."""
    used = [(grant.key, grant.need) for plan in planned.plans for grant in plan.grants]
    if planned.chosen:
        used += [(grant.key, grant.need) for grant in planned.chosen.grants]
    for track in planned.table.tracks:
        used += [(track.call.key, need) for need in sorted(track.fits, key=lambda n: -track.fits[n].score)[:2]]
    needs = {need.number: need.purpose for need in planned.needs}
    found = []
    for key, need in dict.fromkeys(used):
        call = planned.call(key)
        if call and need in needs:
            found.append(Cell(name_of(key, need), call, need, needs[need], _limit(call)))
    return found[:ROWS]


def _limit(call: FundingCall) -> str:
    said = [f"{call.rate_max} % au plus"] if call.rate_max else []
    said += [f"{amount_words(call.amount_max)} au plus"] if call.amount_max else []
    return " et ".join(said) or "l’appel ne dit pas combien"


def _page(request: Request, looking: Looking, page: Page, view: View) -> Response:
    planned, made = view.planned, Montage("largest", tuple(view.grants), view.planned.funding.missing, True)
    done = request.query_params.get("fait") == "oui" and request.method == "GET"
    return page.render(
        "montage.html",
        request,
        status_code=422 if view.errors else 200,
        notices=(KEPT,) if done else (),
        planned=planned,
        project=planned.project,
        candidacy=planned.candidacy,
        funding=planned.funding,
        current=view.current,
        typed=view.typed,
        errors=view.errors,
        made=made,
        proved=all(plan.proved for plan in planned.plans),
        broken=breaks(planned.funding, planned.offers, view.grants, planned.table.exclusive),
        lines=_lines(planned, view.grants),
        silent=unquantified(planned.funding, planned.table.offers),
        cells=cells(planned),
        milestones=_milestones(planned, looking, view.grants),
        today=looking.database.clock.now(),
        aims=AIM_WORDS,
        by_hand=BY_HAND,
        tried=TRIED,
    )


def _lines(planned: Planned, grants: Sequence[Grant]) -> list[dict[str, Any]]:
    """A line a grant: its call, its need, its verdict, what it rests on."""
    needs = {need.number: need.purpose for need in planned.needs}
    lines = []
    for grant in grants:
        call, track = planned.call(grant.key), planned.table.of(grant.key)
        if call:
            verdict = track.verdict if track else None
            answer_by = track.answer_by if track else None
            facts = {"grant": grant, "call": call, "need": needs.get(grant.need, "besoin retiré"), "verdict": verdict}
            lines.append(facts | {"answer_by": answer_by})
    return lines


def _milestones(planned: Planned, looking: Looking, grants: Sequence[Grant]) -> list[tuple[FundingCall, Any]]:
    found = []
    for key in dict.fromkeys(grant.key for grant in grants):
        call = planned.call(key)
        steps = retroplanning(call, planned.project, looking.place, looking.database.clock.now()) if call else []
        if call and steps:
            found.append((call, steps))
    return found
