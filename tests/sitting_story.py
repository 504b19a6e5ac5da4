"""What the tests of sittings tell: a grid, a committee that marks, books made of a few numbers."""

from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

from kernel.contracts.label import Label, load_label
from kernel.contracts.scoring import Committee
from kernel.runtime.database import Database
from kernel.runtime.settings import Settings
from scoring import handlers
from scoring.domain import grids
from scoring.domain.grids import Asked, Grid, Part
from scoring.domain.marks import Mark
from scoring.domain.scores import Sheet
from scoring.domain.sittings import Juror, OpenSitting, Seat
from tests.scoring_story import STAFF, WAVE, preselected, someone, submitted, wave_opened

WHY = "Voici pourquoi cette note est la bonne."
PARTNERS = tuple(Juror(f"p{n}", f"Partenaire {n}", "partner") for n in range(1, 6))
EXPERTS = tuple(Juror(f"e{n}", f"Expert {n}", "expert") for n in range(1, 5))


def label() -> Label:
    """The label of the repository."""
    settings = Settings.load()
    return load_label(settings.label_file, settings.territory_file)


def small_grid(committee: Committee = "technique", quorum: int = 2, weight: int = 50) -> Grid:
    """Two axes: two questions at 60 %, one at 40 %."""
    parts = (
        Part("faire", "Faire", 60, (Asked("argent", "Argent", ""), Asked("temps", "Temps", ""))),
        Part("dire", "Dire", 40, (Asked("voix", "Voix", ""),)),
    )
    return Grid(committee, weight, quorum, parts, ())


def sheet_of(rows: Mapping[str, Sequence[Sequence[int | None]]], grid: Grid) -> Sheet:
    """By dossier, a row a juror, a column a question."""
    cells = {
        dossier: {f"j{n}": dict(zip(grid.codes, row, strict=True)) for n, row in enumerate(jurors)}
        for dossier, jurors in rows.items()
    }
    return Sheet(grid, cells)


def wish(committee: Committee = "technique") -> OpenSitting:
    return OpenSitting(WAVE, committee, date(2026, 4, 15), date(2026, 4, 30), STAFF)


async def dossiers(database: Database, count: int) -> list[UUID]:
    """A wave with `count` dossiers in instruction."""
    found = []
    async with database.work() as work:
        await handlers.open_wave(work, wave_opened())
        for number in range(1, count + 1):
            candidacy_id = someone()
            await handlers.receive_dossier(work, submitted(candidacy_id, f"Projet {number}", f"LE-2026-{number:03}"))
            await handlers.open_instruction(work, preselected(candidacy_id))
            found.append(candidacy_id)
    return found


async def opened(database: Database, committee: Committee = "technique") -> UUID:
    """A sitting on every dossier of the wave."""
    async with database.work() as work:
        return await handlers.open_sitting(work, wish(committee), grids.of_label(label(), committee))


async def seated(database: Database, sitting_id: UUID, juror: Juror) -> Seat:
    async with database.work() as work:
        return await handlers.take_seat(work, sitting_id, juror)


async def tried(database: Database, sitting_id: UUID, juror: Juror) -> None:
    """A juror takes a seat and tries every anchor dossier of the label."""
    await seated(database, sitting_id, juror)
    async with database.work() as work:
        for dossier in label().anchor_dossiers:
            answers = {mark.criterion: 2 for mark in dossier.marks}
            await handlers.try_scale(work, sitting_id, juror, dossier.code, answers)


def marks_at(grid: Grid, levels: Sequence[int | None]) -> dict[str, Mark]:
    """A mark a question, the levels over and over; None is « sans objet », the ends have their reason."""
    found = {}
    for n, code in enumerate(grid.codes):
        level = levels[n % len(levels)]
        found[code] = Mark(level, level is not None, WHY if level in {0, 4} else "")
    return found


async def marked(
    database: Database, sitting_id: UUID, candidacy_id: UUID, juror: Juror, levels: Sequence[int | None] = (2, 3)
) -> None:
    """A juror takes a seat, declares no tie, marks everything and gives it."""
    await seated(database, sitting_id, juror)
    async with database.work() as work:
        sitting = await handlers.sittings.locked(work, sitting_id)
        await handlers.declare(work, sitting_id, candidacy_id, juror, ("aucun", ""))
        await handlers.save_marks(work, sitting_id, candidacy_id, juror, marks_at(sitting.grid, levels))
        await handlers.give(work, sitting_id, [candidacy_id], juror)


async def turned(database: Database, sitting_id: UUID, seen: str = "notation") -> None:
    async with database.work() as work:
        await handlers.turn_phase(work, sitting_id, seen, STAFF)
