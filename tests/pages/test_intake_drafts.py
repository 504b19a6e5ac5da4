"""A draft opens with its key alone, loses no word, says what is missing, and makes one dossier."""

import logging
import re
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from intake.domain.draft import SECTIONS
from intake.handlers import retention
from kernel.contracts.intake_people import RetentionDue
from tests.intake_story import NOW, SAMPLES, form, sample_form
from tests.pages.drafting import Notebook, begun, filled
from tests.pages.intake_desk import Desk, opened, page, value_of, wave_form


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with opened(tmp_path) as made:
        await made.post("/vagues", wave_form(), "staff")
        yield made


@pytest.fixture
async def notebook(desk: Desk) -> Notebook:
    return await begun(desk)


async def test_the_start_offers_both_ways_and_never_blocks(desk: Desk) -> None:
    start = await desk.get("/candidatures/nouvelle")
    assert "Commencer" in start.text
    assert 'href="/candidatures/formulaire"' in start.text

    told = await begun(desk, [("avant-territoire", "non"), ("avant-organisme", "non"), ("avant-avancement", "non")])
    text = (await told.get()).text
    for advice in ("va aux projets du territoire", "va à un organisme", "ce qui reste à faire"):
        assert advice in text
    assert "va aux projets" not in (await (await begun(desk, [("avant-territoire", "oui")])).get()).text


async def test_a_draft_may_begin_before_any_wave(tmp_path: Path) -> None:
    async with opened(tmp_path) as desk:
        assert 'action="/brouillons"' in (await desk.get("/candidatures/nouvelle")).text
        notebook = await begun(desk)
        await filled(notebook, form())
        answer = await notebook.post("verification", [("consentement", "oui")])
        assert answer.status_code == 409
        assert "Votre brouillon est gardé" in answer.text
        assert await desk.count("candidacy") == 0


async def test_only_the_key_opens_and_nothing_is_cached(notebook: Notebook, caplog: pytest.LogCaptureFixture) -> None:
    path, _, key = notebook.address.partition("?cle=")
    with caplog.at_level(logging.DEBUG):
        for room in ("", "/verification", *(f"/{section}" for section in SECTIONS)):
            right = await notebook.desk.get(f"{path}{room}?cle={key}")
            assert (right.status_code, right.headers["cache-control"]) == (200, "no-store")
            for wrong in ("", f"?cle={key[:-1]}", "?cle=%00%E9", f"?cle={key}x"):
                assert (await notebook.desk.get(path + room + wrong)).status_code == 404
        other = await begun(notebook.desk)
        swapped = Notebook(notebook.desk, f"{path}?cle={other.address.partition('=')[2]}")
        assert (await swapped.keep("titre", "Volé")).status_code == 404
        assert (await swapped.post("projet", [("titre", "Volé")])).status_code == 404
        assert (await swapped.post("suppression", [])).status_code == 404
        assert (await notebook.desk.get(f"/brouillons/x?cle={key}")).status_code == 404
    ours = [record for record in caplog.records if not record.name.startswith(("httpx", "httpcore", "aiosqlite"))]
    assert key not in "".join(record.getMessage() for record in ours)
    assert key not in await stored(notebook.desk)


async def stored(desk: Desk) -> str:
    """All that the tables of drafts hold."""
    async with desk.service.database.reading() as session:
        connection = await session.connection()
        return str([(await connection.execute(text(f"SELECT * FROM {t}"))).all() for t in ("draft", "draft_field")])  # noqa: S608 - names of ours


@pytest.mark.parametrize("path", SAMPLES[:3], ids=lambda path: path.stem)
async def test_a_real_dossier_goes_section_by_section_to_its_receipt(notebook: Notebook, path: Path) -> None:
    await filled(notebook, sample_form(path))
    review = await notebook.get("verification")
    assert "Le dossier est complet" in review.text

    sent = await notebook.post("verification", [("consentement", "oui")])
    receipt = await notebook.desk.get(sent.headers["location"])
    assert (sent.status_code, receipt.status_code) == (303, 200)
    assert "Votre dossier est bien arrivé." in receipt.text


async def test_sent_twice_it_is_one_dossier_and_its_address_is_the_receipt(notebook: Notebook) -> None:
    await filled(notebook, form())
    first = await notebook.post("verification", [("consentement", "oui")])
    again = await notebook.post("verification", [("consentement", "oui")])

    assert first.headers["location"] == again.headers["location"]
    assert await notebook.desk.count("candidacy") == 1
    for room in ("", "projet", "verification"):
        answer = await notebook.get(room)
        assert (answer.status_code, answer.headers["location"]) == (303, first.headers["location"])
    late = await notebook.keep("titre", "Trop tard")
    page = await notebook.post("projet", [("titre", "Trop tard")])
    assert (late.status_code, page.status_code) == (410, 409)
    assert "a été envoyé" in late.json()["detail"]
    assert "Trop tard" in page.text, "what was typed is there to be copied"


async def test_the_review_says_what_is_missing_and_where(notebook: Notebook) -> None:
    await notebook.keep("titre", "Un verger")
    answer = await notebook.post("verification", [])

    assert answer.status_code == 422
    assert "Cochez cette case" in answer.text
    links = {element.get("href", "") for element in page(answer).iter() if element.tag.endswith("}a")}
    missing = next(link for link in links if link.endswith("#resume"))
    shown = await notebook.desk.get(missing.partition("#")[0])
    assert "Résumez le projet" in shown.text
    assert "Donnez un titre" not in shown.text
    assert await notebook.desk.count("candidacy") == 0


async def test_what_is_missing_does_not_stop_and_what_is_wrong_is_told_and_kept(notebook: Notebook) -> None:
    on = await notebook.post("projet", [("titre", "Un verger")])
    assert (on.status_code, on.headers["location"]) == (303, notebook.at("porteur"))

    wrong = await notebook.post("budget", [("budget", "beaucoup"), ("plan-0-montant", "12"), ("plan-2-montant", "1 2")])
    assert wrong.status_code == 422
    ids = {element.get("id") for element in page(wrong).iter()}
    assert {"budget-erreur", "plan-0-financeur-erreur", "plan-1-montant-erreur"} <= ids
    assert "Vos mots sont enregistrés" in wrong.text
    back = await notebook.get("budget")
    assert (value_of(back, "budget"), value_of(back, "plan-1-montant")) == ("beaucoup", "1 2")
    home = await notebook.post("budget", [("budget", "beaucoup"), ("aller", "sommaire")])
    assert home.headers["location"] == notebook.at()
    assert "À compléter" in (await notebook.get()).text


async def test_rows_come_and_go_without_a_script_and_the_sums_follow(notebook: Notebook) -> None:
    rows = [
        ("budget", "100 000"),
        ("plan-0-financeur", "Région"),
        ("plan-0-montant", "60 000"),
        ("plan-0-etat", "acquis"),
    ]
    more = await notebook.post("budget", [*rows, ("plan-1-financeur", "État"), ("ajouter", "plan")])
    assert more.headers["location"] == notebook.at("budget") + "#plan"
    shown = await notebook.get("budget")
    assert "40\u202f000\u202f€" in shown.text
    assert value_of(shown, "plan-2-financeur") == ""

    mark = await notebook.mark("plan", "budget")
    await notebook.post("budget", [*rows, ("plan-1-financeur", "État"), ("revision-plan", mark), ("retirer", "plan:0")])
    after = await notebook.get("budget")
    assert (value_of(after, "plan-0-financeur"), value_of(after, "budget")) == ("État", "100 000")
    assert "Région" not in after.text


async def test_two_devices_keep_both_versions_until_a_choice(notebook: Notebook) -> None:
    stale = await notebook.mark("titre", "projet")
    assert (await notebook.keep("titre", "Du téléphone", stale)).status_code == 200
    crossed = await notebook.post(
        "projet", [("titre", "De l’ordinateur"), ("revision-titre", stale), ("resume", "Neuf")]
    )

    assert crossed.headers["location"] == notebook.at("projet") + "#titre"
    shown = await notebook.get("projet")
    assert (value_of(shown, "titre"), value_of(shown, "resume")) == ("Du téléphone", "Neuf")
    assert "De l’ordinateur" in shown.text
    await filled(notebook, [pair for pair in form() if pair[0] not in {"titre", "resume"}])
    assert (await notebook.post("verification", [("consentement", "oui")])).status_code == 422
    which = re.search(r'name="prendre" value="(titre:[0-9a-f]+)"', shown.text)
    assert which
    mark = await notebook.mark("titre", "projet")
    await notebook.post("projet", [("titre", "Du téléphone"), ("revision-titre", mark), ("prendre", which[1])])
    settled = await notebook.get("projet")
    assert value_of(settled, "titre") == "De l’ordinateur"
    assert "data-versions=" not in settled.text


async def test_an_answer_alone_is_kept_crossed_and_settled(notebook: Notebook) -> None:
    first = (await notebook.keep("plan", [{"financeur": "Région", "montant": "1"}])).json()
    crossed = await notebook.keep("plan", [{"financeur": "État"}])
    assert crossed.status_code == 409
    told = crossed.json()
    assert (told["revision"], told["shown"]) == (first["revision"], ["Région · 1\u202f€"])
    assert told["theirs"][0]["financeur"] == "Région"
    assert "État" in (await notebook.get("budget")).text

    kept = await notebook.keep("plan", [{"financeur": "État"}], told["revision"], [[{"financeur": "État"}]])
    assert kept.status_code == 200
    assert re.fullmatch(r"\d+\u202fh\u202f\d\d", kept.json()["at"])
    text = (await notebook.get("budget")).text
    assert "Région" not in text
    assert "data-versions=" not in text


async def nightly(desk: Desk, at: datetime) -> None:
    """The hour at which what has had its time goes."""
    desk.clock.set(at)
    async with desk.service.database.work() as work:
        await retention.come_due(work, RetentionDue(day=at.date()))


async def test_a_draft_is_erased_by_its_owner_or_after_a_year(notebook: Notebook) -> None:
    desk = notebook.desk
    await notebook.keep("titre", "Un verger")
    assert "12 mars 2027" in (await notebook.get()).text
    other = await begun(desk)
    assert (await other.post("suppression", [])).status_code == 200
    assert ((await other.get()).status_code, (await other.keep("titre", "x")).status_code) == (404, 404)

    for days, status in ((336, 200), (366, 404)):  # told a month before, where there is somebody to tell
        await nightly(desk, NOW + timedelta(days=days))
        assert (await notebook.get()).status_code == status
    assert (await desk.count("draft"), await desk.count("draft_field")) == (0, 0)
