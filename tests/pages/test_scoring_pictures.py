"""The staff's side of a sitting: the board, the picture and its refusal, the agenda, the wave and its file."""

from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from chevalement import verify
from scoring import handlers
from scoring.domain.sittings import Seat
from scoring.pages.charts import percent, radar
from scoring.store import marks as kept
from scoring.store import sittings as store_of
from tests.pages.scoring_desk import Desk, opened, words
from tests.scoring_story import WAVE, wave_opened, withdrawn
from tests.sitting_story import EXPERTS, PARTNERS, dossiers, marked, marks_at, seated
from tests.sitting_story import opened as sitting_opened

NOBODY = UUID(int=7)  # the same in every process that collects


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with opened(tmp_path) as made:
        yield made


async def heard(desk: Desk, ids: list[UUID]) -> dict[str, UUID]:
    """Three committees that marked everything; the students' marks come from a paper."""
    database = desk.service.database
    sittings = {name: await sitting_opened(database, name) for name in ("technique", "lyceen", "expertise")}  # type: ignore[arg-type] # known codes
    for name, jurors in (("technique", PARTNERS[:3]), ("expertise", EXPERTS[:3])):
        for n, juror in enumerate(jurors):
            for m, one in enumerate(ids):
                await marked(database, sittings[name], one, juror, (1 + (m + n) % 3, 1 + m % 2, 3))
    async with database.work() as work:
        grid = (await handlers.sittings.locked(work, sittings["lyceen"])).grid
        for n in range(10):
            seat = Seat(uuid4(), sittings["lyceen"], f"paper{n}", "Lycéen", n, work.at)
            await store_of.add_seat(work.session, seat)
            for one in ids:
                place = kept.Place(seat.id, one)
                await kept.save(work.session, place, 1, marks_at(grid, (2, 3, 2)), work.at)
                await kept.give(work.session, place, 1, work.at)
    return sittings


async def test_staff_open_a_sitting_and_await_its_jurors(desk: Desk) -> None:
    await dossiers(desk.service.database, 2)
    form = {"vague": str(WAVE), "committee": "technique", "notes": "2026-04-15", "reunion": "2026-04-30"}

    wrong = await desk.ask("POST", "/seances", "staff", {**form, "notes": "demain"})
    done = await desk.ask("POST", "/seances", "staff", form)
    twice = await desk.ask("POST", "/seances", "staff", form)
    board = done.headers["location"].removeprefix("/instruction").partition("?")[0]
    await desk.ask("POST", f"{board}/jures", "staff", {"nom": "  Région   Hauts-de-France "})
    nameless = await desk.ask("POST", f"{board}/jures", "staff", {"nom": " "})

    assert wrong.status_code == nameless.status_code == 422
    assert 'value="demain"' in wrong.text
    assert twice.status_code == 409
    page = words(await desk.ask("GET", f"{board}?fait=jure"))
    assert "Région Hauts-de-France pas encore venu" in page
    assert "Il manque 3" in page
    assert "Juré attendu : Région Hauts-de-France" in page


async def test_the_board_turns_a_phase_once_for_who_saw_it(desk: Desk) -> None:
    await dossiers(desk.service.database, 1)
    sitting_id = await sitting_opened(desk.service.database)

    first = await desk.ask("POST", f"/seances/{sitting_id}/phase", "staff", {"phase": "notation"})
    late = await desk.ask("POST", f"/seances/{sitting_id}/phase", "staff", {"phase": "notation"})

    assert (first.status_code, late.status_code) == (303, 409)
    assert "Clore la séance" in words(await desk.ask("GET", f"/seances/{sitting_id}"))


async def test_a_recusal_shows_on_the_board_and_is_lifted_with_a_reason(desk: Desk) -> None:
    (one,) = await dossiers(desk.service.database, 1)
    sitting_id = await sitting_opened(desk.service.database)
    seat = await seated(desk.service.database, sitting_id, PARTNERS[0])
    async with desk.service.database.work() as work:
        await handlers.declare(work, sitting_id, one, PARTNERS[0], ("partenaire", ""))
    form = {"jure": str(seat.id), "dossier": str(one), "motif": "court"}

    board = words(await desk.ask("GET", f"/seances/{sitting_id}"))
    short = await desk.ask("POST", f"/seances/{sitting_id}/recusations", "staff", form)
    done = await desk.ask(
        "POST", f"/seances/{sitting_id}/recusations", "staff", {**form, "motif": "Erreur de dossier."}
    )

    assert "Il manque 2" in board
    assert short.status_code == 422
    assert "court</textarea>" in short.text
    assert done.status_code == 303
    assert "Récusation levée" in words(await desk.ask("GET", f"/seances/{sitting_id}"))


async def test_a_thin_sitting_is_refused_with_its_reason(desk: Desk) -> None:
    ids = await dossiers(desk.service.database, 2)
    sitting_id = await sitting_opened(desk.service.database)
    empty = words(await desk.ask("GET", f"/seances/{sitting_id}/tableau"))
    for one in ids:
        await marked(desk.service.database, sitting_id, one, PARTNERS[0])

    page = words(await desk.ask("GET", f"/seances/{sitting_id}/tableau"))

    assert "Aucune note n'est encore rendue" in empty
    assert "Moins de 3 jurés" in page
    assert "sous le quorum" in page
    assert "Rang attendu" not in page


async def test_a_crossed_sitting_says_that_nothing_is_corrected(desk: Desk) -> None:
    ids = await dossiers(desk.service.database, 4)
    sitting_id = await sitting_opened(desk.service.database)
    for juror in PARTNERS[:3]:
        for n, one in enumerate(ids):
            await marked(desk.service.database, sitting_id, one, juror, (n % 3 + 1, 2, 3))

    page = words(await desk.ask("GET", f"/seances/{sitting_id}/tableau?places=2"))
    partial = next(one for one in ids)
    await marked(desk.service.database, sitting_id, partial, PARTNERS[3])

    assert "Chaque juré qui a rendu ses notes a noté chaque dossier" in page
    assert "Chance d'être dans les 2 premiers" in page
    assert "Accord des jurés" in page
    assert "moins de 3 dossiers" in words(await desk.ask("GET", f"/seances/{sitting_id}/tableau"))


async def test_the_agenda_shows_what_is_not_agreed(desk: Desk) -> None:
    ids = await dossiers(desk.service.database, 4)
    sitting_id = await sitting_opened(desk.service.database)
    for n, juror in enumerate(PARTNERS[:4]):
        for one in ids:
            first = (0, 4, 0, 4)[n] if one == ids[2] else 2
            await marked(desk.service.database, sitting_id, one, juror, (first, *([2] * 12)))

    page = words(await desk.ask("GET", f"/seances/{sitting_id}/ordre-du-jour?minutes=60&debut=09:30"))

    assert "Projet 3 : Plan de financement" in page
    assert "9 h 30 Projet 3 1 60 min 10 h 30 Projet 1 0 5 min" in page and "Fin prévue à 10 h 45" in page
    assert "Accord sur les 51 autres cases" in page

    path = f"/seances/{sitting_id}/ordre-du-jour"
    form = {"dossier": str(ids[2]), "question": "financement", "lu": "", "dit": "Deux lectures du même devis."}
    empty = await desk.ask("POST", path, "staff", {**form, "dit": "  "})
    first = await desk.ask("POST", path, "staff", form)
    blind = await desk.ask("POST", path, "staff", {**form, "dit": "Autre chose."})
    second = await desk.ask("POST", path, "staff", {**form, "lu": form["dit"], "dit": "Un seul devis fait foi."})
    odd = await desk.ask("POST", path, "staff", {**form, "question": "ailleurs"})

    assert (empty.status_code, first.status_code, blind.status_code) == (422, 303, 409)
    assert "Deux lectures du même devis." in words(blind)
    assert (second.status_code, odd.status_code) == (303, 409)
    assert "Un seul devis fait foi." in words(await desk.ask("GET", f"{path}?fait=dit"))


async def test_the_wave_has_totals_when_three_committees_are_heard(desk: Desk, tmp_path: Path) -> None:
    ids = await dossiers(desk.service.database, 3)
    none = words(await desk.ask("GET", f"/vagues/{WAVE}"))
    await heard(desk, ids)

    page = words(await desk.ask("GET", f"/vagues/{WAVE}"))
    other = words(await desk.ask("GET", f"/vagues/{WAVE}?poids-technique=90&poids-expertise=1"))
    odd = words(await desk.ask("GET", f"/vagues/{WAVE}?poids-technique=beaucoup"))
    zero = "&".join(f"poids-{name}=0" for name in ("technique", "lyceen", "expertise"))
    nothing = words(await desk.ask("GET", f"/vagues/{WAVE}?{zero}"))
    file = await desk.ask("GET", f"/vagues/{WAVE}/notes.csv")

    assert "Aucun comité n'a siégé" in none
    assert "pas encore" not in page
    assert "Avec vos poids" in other and "Avec vos poids" not in page
    assert "Un poids ne peut pas être lu" in odd and "Un poids ne peut pas être lu" in nothing
    path = tmp_path / "notes.csv"
    path.write_bytes(file.content)
    lines, agrees = verify.report(path)
    assert agrees, lines
    totals = [line.partition(": ")[2].replace(".", ",") for line in lines[:3]]
    assert all(total in page for total in totals), (totals, page)
    assert PARTNERS[0].name not in file.text


async def test_each_total_opens_to_its_cells(desk: Desk) -> None:
    ids = await dossiers(desk.service.database, 3)
    await heard(desk, ids)

    answer = await desk.ask("GET", f"/vagues/{WAVE}/dossiers/{ids[0]}")

    page = words(answer)
    assert "sur 100 = 25 × (35 ×" in page
    assert answer.text.count("<polygon") >= 4 + 3
    assert "Moyennes par critère" in page
    assert PARTNERS[0].name not in page
    assert (await desk.ask("GET", f"/vagues/{WAVE}/dossiers/{uuid4()}")).status_code == 404


async def test_a_committee_that_did_not_sit_keeps_totals_away(desk: Desk) -> None:
    ids = await dossiers(desk.service.database, 2)
    sitting_id = await sitting_opened(desk.service.database)
    for juror in PARTNERS[:3]:
        await marked(desk.service.database, sitting_id, ids[0], juror)
    await desk.do(handlers.withdraw, withdrawn(ids[1]))

    page = words(await desk.ask("GET", f"/vagues/{WAVE}"))
    explained = words(await desk.ask("GET", f"/vagues/{WAVE}/dossiers/{ids[0]}"))

    assert "Pas encore de total" in page
    assert "Projet 2" not in page
    assert "n'a pas de total" in explained


async def test_lists_without_anything_teach(desk: Desk) -> None:
    assert "Aucune vague n'est connue" in words(await desk.ask("GET", "/seances"))
    await desk.do(handlers.open_wave, wave_opened())
    assert "Aucun comité n'a encore siégé" in words(await desk.ask("GET", "/seances"))


@pytest.mark.parametrize("path", [f"/seances/{NOBODY}", f"/vagues/{NOBODY}", "/vagues/abc", "/seances/abc/tableau"])
async def test_what_does_not_exist_is_said(desk: Desk, path: str) -> None:
    assert (await desk.ask("GET", path)).status_code == 404


def test_places_on_a_chart_stay_on_it() -> None:
    assert [percent(value) for value in (-1, 0, 2, 4, 9)] == [3, 3, 50, 97, 97]
    drawn = radar(3, {"a": [4, 0, None]})
    assert drawn.overlays[0].places == ((180, 50), (180, 180))
    assert (len(drawn.rings), len(drawn.spokes)) == (4, 3)
