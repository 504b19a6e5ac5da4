"""Jurors try the scale on invented dossiers: models come after one's own answers, marks after the trial."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.pages.scoring_desk import Desk, opened, words
from tests.pages.test_scoring_sittings import EXPERT, filled, put, ready
from tests.sitting_story import label, seated, tried


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with opened(tmp_path) as made:
        yield made


async def test_a_juror_tries_the_scale_and_reads_why(desk: Desk) -> None:
    sitting_id, _ = await ready(desk)
    first, second = label().anchor_dossiers
    base = f"/seances/{sitting_id}/reperes"
    assert (await desk.ask("GET", f"{base}/{first.code}", "expert")).headers["location"] == "/instruction/mes-notes"
    await seated(desk.service.database, sitting_id, EXPERT)
    codes = tuple(mark.criterion for mark in first.marks)

    assert "D'abord, essayez l'échelle" in words(await desk.ask("GET", "/mes-notes", "expert"))
    page = words(await desk.ask("GET", f"{base}/{first.code}", "expert"))
    assert first.marks[0].reason.replace("’", "'") not in page, "no model before one's own answer"
    some = await desk.ask("POST", f"{base}/{first.code}", "expert", filled(codes[1:]))
    assert some.status_code == 422
    assert "Choisissez un niveau" in words(some)
    for level in ("2", "4"):  # the first answers stay
        assert (await desk.ask("POST", f"{base}/{first.code}", "expert", filled(codes, level))).status_code == 303

    compared = await desk.ask("GET", f"{base}/{first.code}", "expert")
    assert all(mark.reason.replace("’", "'") in words(compared) for mark in first.marks)
    assert "2 niveaux d'écart" in words(compared) and "le même niveau" in words(compared)
    assert f"{base}/{second.code}" in compared.text
    await tried(desk.service.database, sitting_id, EXPERT)
    assert "D'abord" not in words(await desk.ask("GET", "/mes-notes", "expert"))
    assert (await desk.ask("GET", f"{base}/inconnu", "expert")).status_code == 404


async def test_marks_open_once_the_scale_was_tried(desk: Desk) -> None:
    sitting_id, (one, *_) = await ready(desk)
    await seated(desk.service.database, sitting_id, EXPERT)
    base = f"/seances/{sitting_id}/dossiers/{one}"
    free = await desk.ask("POST", f"{base}/liens", "expert", {"lien": "aucun"})

    before = await desk.ask("GET", free.headers["location"].removeprefix("/instruction"), "expert")
    assert before.headers["location"] == f"/instruction/seances/{sitting_id}/reperes/recyclerie"
    assert (await put(desk, f"{base}/champs", {"field": "note-emploi", "value": "3"})).status_code == 409
    await tried(desk.service.database, sitting_id, EXPERT)

    assert (await desk.ask("GET", free.headers["location"].removeprefix("/instruction"), "expert")).status_code == 200
