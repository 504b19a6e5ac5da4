"""The agenda of a meeting: what people do not agree on, the strongest first, their words and the minutes taken."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse
from starlette.responses import Response

from kernel.runtime.web import cause_of
from kernel.ui import Notice
from kernel.ui.french import PARIS
from scoring import handlers
from scoring.domain import disagreement, timetable
from scoring.domain.books import Book
from scoring.domain.disagreement import Item
from scoring.domain.marks import Mark
from scoring.domain.minutes import Minute, Point, objection_to_words
from scoring.domain.sittings import Frozen
from scoring.domain.timetable import Pace, Slot
from scoring.forms import Form
from scoring.handlers.minutes import TakeMinute
from scoring.pages.jury import address, opened
from scoring.pages.shell import InSitting, Shell, Staff, Typed, identified, officer
from scoring.store import marks as kept
from scoring.store import minutes as minutes_kept
from scoring.store import sittings as store_of

USUAL = {"debut": "14:00", "minutes": "15", "pause": "10"}
LONGEST = {"minutes": (2, 120), "pause": (0, 60)}
ITEMS = 15
"""More would be no agenda."""


@dataclass(frozen=True, slots=True)
class Topic:
    """A point with what it is called, its marks and justifications from the lowest, and what was said of it."""

    point: Point
    frozen: Frozen
    name: str
    item: Item | None = None
    marks: tuple[Mark, ...] = ()
    minute: Minute | None = None


def routes(shell: Shell) -> APIRouter:
    router = APIRouter()

    @router.get("/seances/{sitting_id}/ordre-du-jour")
    async def agenda(request: Request, sitting_id: InSitting, person: Staff) -> Response:
        return await _show(shell, request, await opened(shell, sitting_id), Form())

    @router.post("/seances/{sitting_id}/ordre-du-jour")
    async def take_minute(request: Request, sitting_id: InSitting, person: Staff, values: Typed) -> Response:
        book = await opened(shell, sitting_id)
        said, seen = (" ".join(values.get(name, "").split()) for name in ("dit", "lu"))
        if objection := objection_to_words(said):
            return await _show(shell, request, book, Form(values, {"dit": objection}))
        point = Point(await identified(values.get("dossier", "")), values.get("question", ""))
        async with shell.database.work(cause_of(request)) as work:
            await handlers.take_minute(work, TakeMinute(sitting_id, point, said, seen, officer(person)))
        return RedirectResponse(f"{address(sitting_id)}/ordre-du-jour?fait=dit", 303)

    return router


async def _show(shell: Shell, request: Request, book: Book, form: Form) -> Response:
    async with shell.database.reading() as session:
        books = [await kept.book(session, one) for one in await store_of.listed(session, book.sitting.wave_id)]
        said = await minutes_kept.last(session, book.sitting.id)
    sheets = {one.sitting.committee: one.sheet() for one in books}
    mine = sheets[book.sitting.committee]
    found = disagreement.within(mine)
    gaps = disagreement.between(sheets, [str(frozen.candidacy_id) for frozen in book.dossiers])
    topics = [topic(book, item, said) for item in found[:ITEMS]]
    between = [topic(book, item, said) for item in gaps if book.sitting.committee in item.committees]
    shown = {one.point for one in (*topics, *between)}
    typed = _typed(request)
    notice = Notice("succes", "C’est noté au compte rendu.") if request.query_params.get("fait") == "dit" else None
    return shell.render(
        "agenda.html",
        request,
        status=422 if form.errors else 200,
        book=book,
        topics=topics,
        left=max(len(found) - ITEMS, 0),
        agreed=sum(bool(cells) for cells in mine.marks.values()) * len(mine.grid.codes) - len(found),
        gaps=between,
        others=[_named(book, point, minute) for point, minute in said.items() if point not in shown],
        slots=_slots(book, found, typed) if book.dossiers else [],
        typed=typed,
        form=form,
        notices=(notice,) if notice else (),
    )


def topic(book: Book, item: Item, said: Mapping[Point, Minute]) -> Topic:
    """The item with its words."""
    point = Point(UUID(item.dossier), item.question)
    named = _named(book, point, said.get(point))
    cells = [given[item.question] for given in book.counted(point.candidacy_id).values() if item.question in given]
    ordered = sorted(cells, key=lambda mark: (mark.value is None, mark.value or 0))
    return Topic(point, named.frozen, named.name, item, tuple(ordered), named.minute)


def _named(book: Book, point: Point, minute: Minute | None) -> Topic:
    grid = book.sitting.grid
    names = {asked.code: asked.name for asked in grid.questions} | {part.code: part.name for part in grid.parts}
    return Topic(point, book.sitting.dossier(point.candidacy_id), names[point.question], minute=minute)


def _typed(request: Request) -> dict[str, str]:
    """What the address says of the time, where it is usable; what is usual elsewhere."""
    asked = {name: request.query_params.get(name, "").strip() for name in USUAL}
    found = {name: _within(asked[name], *bounds) or USUAL[name] for name, bounds in LONGEST.items()}
    return found | {"debut": asked["debut"] if _clock(asked["debut"]) else USUAL["debut"]}


def _within(text: str, least: int, most: int) -> str:
    return str(min(max(int(text), least), most)) if text.isascii() and text.isdecimal() and len(text) < 5 else ""


def _clock(text: str) -> time | None:
    try:
        return time.fromisoformat(text).replace(tzinfo=None)
    except ValueError:
        return None


def _slots(book: Book, found: Sequence[Item], typed: Mapping[str, str]) -> list[Slot]:
    """When each dossier is spoken of, on the day of the meeting."""
    begins = datetime.combine(book.sitting.meets_on, _clock(typed["debut"]) or time(14), PARIS)
    pace = Pace(begins, int(typed["minutes"]), int(typed["pause"]))
    dossiers = timetable.ordered(book.dossiers, [item.dossier for item in found])
    return timetable.timetable(dossiers, Counter(item.dossier for item in found), pace)
