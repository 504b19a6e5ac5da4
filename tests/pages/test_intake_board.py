"""The preselection board: staff compare, try, and decide in their own words; a batch is shown before it is done."""

import io
import re
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID

import pytest
from pypdf import PdfReader

from intake import handlers
from intake.domain.acts import WINDOW
from intake.handlers import acts, board
from kernel.runtime.clock import FixedClock
from tests.handlers.test_intake_acts import match
from tests.intake_story import NOW, failed, form, sent
from tests.pages.intake_desk import Desk, opened, value_of, wave_form

TITLES = ("Une forêt urbaine", "Le garage", "Les jardins")


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with opened(tmp_path) as made:
        await made.post("/vagues", wave_form(), "staff")
        yield made


async def received(desk: Desk) -> list[str]:
    answers = [await desk.post("/candidatures", form(titre=title)) for title in TITLES]
    return [answer.headers["location"].split("/")[2] for answer in answers]


async def imagined(desk: Desk, ids: list[str], name: str = "Prudente") -> tuple[str, str]:
    """The wave and the what-if that were made."""
    listed = (await desk.get("/preselection", "staff")).text
    wave = re.search(r'name="vague" value="([^"]+)"', listed)
    assert wave
    pairs = [("vague", wave[1]), ("nom", name), *(("dossier", one) for one in ids)]
    done = await desk.post("/preselection/selections", pairs, "staff")
    assert done.status_code == 303
    return wave[1], re.search(r"simulation=([^&]+)", done.headers["location"])[1]  # type: ignore[index]  # it is there


async def test_the_board_teaches_then_shows_what_lacks(desk: Desk) -> None:
    assert "Aucun dossier dans cette vague" in (await desk.get("/preselection", "staff")).text
    await received(desk)
    shown = (await desk.get("/preselection", "staff")).text

    for words in ("À vérifier", "le numéro SIRET, SIREN ou RNA n’est pas donné", "calendrier", "Par agglomération"):
        assert words in shown
    assert (await desk.get("/preselection?vague=x&simulation=y", "staff")).status_code == 200


async def test_dossiers_are_read_side_by_side(desk: Desk) -> None:
    ids = await received(desk)
    shown = await desk.get(f"/preselection/lecture?dossier={ids[0]}&dossier={ids[2]}&dossier=x", "staff")

    assert (TITLES[0] in shown.text, TITLES[1] in shown.text, TITLES[2] in shown.text) == (True, False, True)
    assert "Aucun dossier à lire" in (await desk.get("/preselection/lecture", "staff")).text


async def test_two_what_ifs_stand_side_by_side_and_tell_nothing(desk: Desk) -> None:
    ids = await received(desk)
    before = await desk.count("outbox")
    wave, first = await imagined(desk, ids[:1])
    await imagined(desk, ids[1:], "Large")
    again = await desk.post("/preselection/selections", [("vague", wave), ("nom", "Large")], "staff")
    nameless = await desk.post("/preselection/selections", [("vague", wave), ("dossier", ids[1])], "staff")
    shown = await desk.get(f"/preselection?simulation={first}", "staff")

    assert (again.status_code, nameless.status_code) == (422, 422)
    assert f'value="{ids[1]}" aria-label="Cocher LE-2026-0002" checked' in nameless.text
    assert 'data-label="Prudente"' in shown.text and 'data-label="Large"' in shown.text
    assert await desk.count("outbox") == before
    assert (await desk.post(f"/preselection/selections/{first}/suppression", [], "staff")).status_code == 303
    assert await desk.count("selection") == 1


async def test_a_decision_leaves_with_the_words_that_staff_wrote(desk: Desk) -> None:
    kept, left, third = await received(desk)
    async with desk.service.database.work() as work:
        await board.hear_of_match(work, match(UUID(left), 0))
    _, what_if = await imagined(desk, [kept])
    path = f"/preselection/selections/{what_if}/decision"
    shown = await desk.get(path, "staff")
    draft = value_of(shown, f"suites-{left}")
    assert "Appel 0 (Région), jusqu’au 01/05/2026" in draft and "Équipe du Label" in draft

    words = [(f"motif-{kept}", "Solide."), (f"motif-{left}", "Trop tôt."), (f"motif-{third}", "")]
    edited = [(f"suites-{left}", "Voyez l’appel de la Région."), ("jeton", value_of(shown, "jeton"))]
    half = await desk.post(path, words + edited, "staff")
    assert (half.status_code, value_of(half, f"suites-{left}")) == (422, "Voyez l’appel de la Région.")
    done = [await desk.post(path, [*words[:2], (f"motif-{third}", "Non."), *edited], "staff") for _ in range(2)]
    assert done[0].headers["location"] == done[1].headers["location"]
    assert await desk.count("candidacy WHERE state = 'depose'") == 3
    act_id = UUID(done[0].headers["location"].rpartition("/")[2])
    desk.clock = desk.service.database.clock = FixedClock(NOW + WINDOW)
    async with desk.service.database.work() as work:
        await acts.come_due(work, act_id)

    journal = (await desk.get(f"/dossiers/{left}", "staff")).text
    assert "Trop tôt." in journal and "Voyez l’appel de la Région." in journal and "Appel 0" not in journal
    assert await desk.count("candidacy WHERE state = 'preselectionne'") == 1
    assert "Rien à décider" in (await desk.get(path, "staff")).text


async def test_a_dossier_that_came_meanwhile_is_not_decided_unseen(desk: Desk) -> None:
    kept, *_ = await received(desk)
    _, what_if = await imagined(desk, [kept])
    path = f"/preselection/selections/{what_if}/decision"
    answer = await desk.post(path, [(f"motif-{kept}", "Solide.")], "staff")

    assert answer.status_code == 422
    assert "ont changé depuis" in answer.text and "Solide." in answer.text
    assert await desk.count("act") == 0


@pytest.mark.parametrize(
    ("kind", "words", "missing"),
    [
        ("etiqueter", ("etiquette", "À visiter"), "Écrivez l’étiquette à ajouter."),
        ("message", ("message", "Rendez-vous le 20 mars."), "Écrivez votre message aux porteurs."),
        ("lu", ("", ""), ""),
    ],
)
async def test_a_batch_is_shown_confirmed_and_called_back(
    desk: Desk, kind: str, words: tuple[str, str], missing: str
) -> None:
    ids = [("dossier", one) for one in (await received(desk))[:2]]
    preview = await desk.post("/dossiers/lot", [("acte", kind), *ids], "staff")
    assert preview.status_code == 200 and TITLES[0] in preview.text and TITLES[2] not in preview.text
    if missing:
        assert missing in (await desk.post("/dossiers/lot/confirmation", [("acte", kind), *ids], "staff")).text
    done = await desk.post("/dossiers/lot/confirmation", [("acte", kind), words, *ids], "staff")
    where = done.headers["location"]
    assert "Rien n’est encore fait." in (await desk.get(where, "staff")).text
    await desk.post(f"{where}/annulation", [], "staff")
    assert "Personne n’a rien reçu." in (await desk.get(where, "staff")).text
    assert "Annulé" in (await desk.get("/actes", "staff")).text
    assert [await desk.count(table) for table in ("tag", "message", "reader")] == [0, 0, 0]


async def test_a_batch_of_nothing_says_what_to_do(desk: Desk) -> None:
    for pairs in ([("acte", "lu")], [("acte", "effacer"), ("dossier", (await received(desk))[0])]):
        assert (await desk.post("/dossiers/lot", pairs, "staff")).status_code == 422
    assert (await desk.post(f"/actes/{UUID(int=1)}/annulation", [], "staff")).status_code == 404


async def test_the_whole_dossier_prints_without_private_notes(desk: Desk) -> None:
    one, *_ = await received(desk)
    await desk.post(f"/dossiers/{one}/notes", [("note", "Une note privée.")], "staff")
    answer = await desk.get(f"/dossiers/{one}/dossier.pdf", "staff")
    said = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.content)).pages)

    assert answer.headers["content-disposition"] == 'attachment; filename="dossier-LE-2026-0001.pdf"'
    assert TITLES[0] in said and "Journal du dossier" in said and "Dossier déposé" in said
    assert "Une note privée" not in said
    assert (await desk.get(f"/dossiers/{UUID(int=1)}/dossier.pdf", "staff")).status_code == 404


async def test_a_failure_is_a_task_until_the_message_has_left(desk: Desk) -> None:
    one, *_ = await received(desk)
    lost = failed(UUID(one))
    async with desk.service.database.work() as work:
        await handlers.hear_of_message(work, lost)
    assert "Message qui n’est pas parti" in (await desk.get("/a-faire", "staff")).text
    left = sent(UUID(one)).model_copy(update={"delivery_id": lost.delivery_id, "at": NOW + WINDOW})
    async with desk.service.database.work() as work:
        await handlers.hear_of_message(work, left)

    assert "Message qui n’est pas parti" not in (await desk.get("/a-faire", "staff")).text
