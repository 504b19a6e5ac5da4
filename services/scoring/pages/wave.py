"""The picture of a wave: three voices, one published arithmetic, its file, and what other weights would say."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.exceptions import HTTPException
from starlette.responses import Response

from kernel.contracts.scoring import Committee
from scoring import store
from scoring.domain import grids, what_if
from scoring.domain.books import Book
from scoring.domain.ledger import ledger
from scoring.domain.scores import Sheet, mean, ranks, shown, total
from scoring.domain.sittings import Frozen
from scoring.domain.waves import Wave
from scoring.domain.what_if import Weights
from scoring.pages.charts import radar
from scoring.pages.shell import PRIVATE, Identified, InWave, Shell, Staff
from scoring.store import marks as kept
from scoring.store import sittings as store_of


@dataclass(frozen=True, slots=True)
class View:
    """A wave with the books of its sittings, in the committees' order."""

    wave: Wave
    books: Mapping[Committee, Book]
    awaited: tuple[Committee, ...]
    sheets: Mapping[Committee, Sheet]
    dossiers: Mapping[str, Frozen]

    @property
    def numbers(self) -> dict[str, str]:
        return {key: frozen.number for key, frozen in self.dossiers.items()}


def routes(shell: Shell) -> APIRouter:
    router = APIRouter()

    @router.get("/vagues/{wave_id}")
    async def wave_picture(request: Request, wave_id: InWave, person: Staff) -> Response:
        return _picture(shell, request, await view_of(shell, wave_id))

    @router.get("/vagues/{wave_id}/notes.csv")
    async def cells(wave_id: InWave, person: Staff) -> Response:
        view = await view_of(shell, wave_id)
        headers = {**PRIVATE, "Content-Disposition": 'attachment; filename="notes.csv"'}
        text = ledger(view.sheets, view.awaited, view.numbers)
        return Response(text, media_type="text/csv; charset=utf-8", headers=headers)

    @router.get("/vagues/{wave_id}/dossiers/{candidacy_id}")
    async def explained(request: Request, wave_id: InWave, candidacy_id: Identified, person: Staff) -> Response:
        view = await view_of(shell, wave_id)
        if str(candidacy_id) not in view.dossiers:
            raise HTTPException(404)
        return _explained(shell, request, view, str(candidacy_id))

    return router


def _picture(shell: Shell, request: Request, view: View) -> Response:
    usual = what_if.published(view.sheets)
    weights, wrong = asked_weights(request.query_params, usual)
    totals = what_if.totals(view.sheets, view.awaited, list(view.dossiers))
    other = what_if.totals(what_if.weighed(view.sheets, weights), view.awaited, list(view.dossiers))
    seed = min((book.sitting.seed for book in view.books.values()), default=0)
    places = ranks(totals)
    return shell.render(
        "wave.html",
        request,
        view=view,
        results={key: total(view.sheets, view.awaited, key) for key in view.dossiers},
        order=sorted(view.dossiers, key=lambda key: (places.get(key, len(places) + 1), view.dossiers[key].number)),
        ranks=places,
        other=other,
        other_ranks=ranks(other),
        weights=weights,
        is_changed=weights != usual,
        wrong=wrong,
        held={} if view.awaited else what_if.stability(view.sheets, list(view.dossiers), seed),
        shown=shown,
    )


def _explained(shell: Shell, request: Request, view: View, key: str) -> Response:
    rows = _rows(view, key)
    lines: dict[str, list[float | None]] = {c: [row[c] for _, row in rows] for c in view.sheets}
    return shell.render(
        "wave_dossier.html",
        request,
        view=view,
        key=key,
        frozen=view.dossiers[key],
        result=total(view.sheets, view.awaited, key),
        rows=rows,
        chart=radar(len(rows), lines) if rows else None,
        shown=shown,
    )


async def view_of(shell: Shell, wave_id: UUID) -> View:
    """Everything known of a wave; a wave that is not is a page that does not exist."""
    async with shell.database.reading() as session:
        wave = next((wave for wave in await store.waves(session) if wave.wave_id == wave_id), None)
        if wave is None:
            raise HTTPException(404)
        found = [await kept.book(session, sitting) for sitting in await store_of.listed(session, wave_id)]
    marking = list(grids.marked_by(shell.label))
    books = {book.sitting.committee: book for book in sorted(found, key=lambda b: marking.index(b.sitting.committee))}
    dossiers = {str(f.candidacy_id): f for book in books.values() for f in book.dossiers}
    return View(
        wave,
        books,
        tuple(committee for committee in marking if committee not in books),
        {committee: book.sheet() for committee, book in books.items()},
        dict(sorted(dossiers.items(), key=lambda item: item[1].number)),
    )


def asked_weights(asked: Mapping[str, str], usual: Weights) -> tuple[Weights, bool]:
    """The weights of the address (`poids-…`), the published ones elsewhere; and whether one of them means nothing."""
    wrong = False

    def one(name: str, known: int) -> int:
        nonlocal wrong
        text = asked.get(name, "") or str(known)
        fits = text.isdecimal() and len(text) < 4 and int(text) <= 100
        wrong = wrong or not fits
        return int(text) if fits else known

    weights = Weights(
        {committee: one(f"poids-{committee}", weight) for committee, weight in usual.committees.items()},
        {
            committee: {axis: one(f"poids-{committee}-{axis}", weight) for axis, weight in axes.items()}
            for committee, axes in usual.axes.items()
        },
    )
    empty = not any(weights.committees.values()) or not all(any(axes.values()) for axes in weights.axes.values())
    return (usual, True) if empty and usual.committees else (weights, wrong)


def _rows(view: View, key: str) -> list[tuple[str, dict[Committee, float | None]]]:
    """For each sub-criterion of the widest grid, each committee's mean; a committee with questions of its own
    says there what it says of the axis."""
    widest = max(view.sheets.values(), key=lambda sheet: len(sheet.grid.codes), default=None)
    if widest is None:
        return []
    found = []
    for part in sorted(widest.grid.parts, key=lambda part: -len(part.questions)):
        for asked in part.questions:
            found.append((asked.name, {c: _mean(s, key, asked.code, part.code) for c, s in view.sheets.items()}))
    return found


def _mean(sheet: Sheet, key: str, question: str, axis: str) -> float | None:
    part = sheet.grid.part(axis)
    codes = [question] if question in sheet.grid.codes else [asked.code for asked in part.questions] if part else []
    levels = [answers.get(code) for answers in sheet.of(key).values() for code in codes]
    found = mean(level for level in levels if level is not None)
    return None if found is None else float(found)
