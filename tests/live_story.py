"""What the tests of live sessions tell: a sitting of students on some dossiers, and phones that answer."""

from collections.abc import Sequence
from uuid import UUID

from kernel.runtime.database import Database
from scoring.domain import live as rules
from scoring.domain.live import Answer, Live
from scoring.domain.marks import Mark
from scoring.handlers import live as led
from tests.scoring_story import STAFF
from tests.sitting_story import dossiers, opened

QUESTIONS = ("comprendre", "enjeux", "envie")


async def room(database: Database, count: int = 2) -> tuple[Live, list[UUID]]:
    """An open session on `count` dossiers, the first of them on screen."""
    found = await dossiers(database, count)
    sitting = await opened(database, "lyceen")
    async with database.work() as work:
        live = await led.open_live(work, sitting, STAFF)
        await led.lead(work, sitting, lambda known: rules.present(known, found[0]))
    return live, found


def answer(live: Live, dossier: UUID, voice: str, levels: Sequence[int | None] = (3, 4, None)) -> Answer:
    marks = {code: Mark(level, level is not None) for code, level in zip(QUESTIONS, levels, strict=True)}
    return Answer(live.code, dossier, voice, marks)


def form(dossier: UUID, *, voice: str = "", word: str = "", choice: str = "3") -> dict[str, str]:
    """What a phone sends."""
    return {"dossier": str(dossier), "voix": voice, "mot": word, **{f"note-{code}": choice for code in QUESTIONS}}
