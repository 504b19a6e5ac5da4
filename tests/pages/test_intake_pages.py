"""What a porteur meets: the form keeps every word, a dossier is sent once, the receipt is true."""

from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.intake_story import SAMPLES, Pairs, form, sample_form
from tests.pages.intake_desk import Desk, opened, page, value_of, wave_form

HOSTILE = "<script>alert('x')</script>\"><img src=x onerror=alert(1)> & « déjà »?"
ARABIC = "مشروع الغابة الحضرية \u202eغابة"
LONG = "é" * 100_000


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with opened(tmp_path) as made:
        yield made


@pytest.fixture
async def open_desk(desk: Desk) -> Desk:
    answer = await desk.post("/vagues", wave_form(), "staff")
    assert (answer.status_code, answer.headers["location"]) == (303, "/vagues?fait=vague")
    return desk


async def test_home_tells_the_open_wave(open_desk: Desk) -> None:
    answer = await open_desk.get("/")

    assert answer.status_code == 200
    assert "Vague de printemps" in answer.text
    assert "jeudi 30 avril 2026 à 12\u202fh" in answer.text
    assert 'href="/candidatures/nouvelle"' in answer.text


async def test_without_a_wave_the_pages_say_so_kindly(desk: Desk) -> None:
    home, closed = await desk.get("/"), await desk.get("/candidatures/nouvelle")

    assert (home.status_code, closed.status_code) == (200, 409)
    assert "Aucune vague n’est ouverte" in home.text
    assert "ne sont pas ouvertes en ce moment" in closed.text


async def test_a_dossier_that_comes_too_late_keeps_its_words(desk: Desk) -> None:
    answer = await desk.post("/candidatures", form(titre="Mon projet écrit pour rien ?"))

    assert answer.status_code == 409
    assert "n’est pas enregistrée" in answer.text
    assert value_of(answer, "titre") == "Mon projet écrit pour rien ?"
    assert await desk.count("candidacy") == 0


async def test_a_wave_to_come_is_announced(desk: Desk) -> None:
    await desk.post("/vagues", wave_form(opens_at="2026-03-20T09:00"), "staff")

    assert "Vague à venir" in (await desk.get("/")).text
    assert "vendredi 20 mars 2026 à 9\u202fh" in (await desk.get("/candidatures/nouvelle")).text


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
async def test_a_real_dossier_is_received_and_read_by_staff(open_desk: Desk, path: Path) -> None:
    sent = await open_desk.post("/candidatures", sample_form(path))
    receipt = await open_desk.get(sent.headers["location"])

    assert (sent.status_code, receipt.status_code) == (303, 200)
    assert "Votre dossier est bien arrivé." in receipt.text
    assert "LE-2026-0001" in receipt.text
    assert "jeudi 12 mars 2026 à 12\u202fh, heure de Paris" in receipt.text
    assert "Équipe du Label, Pôle Métropolitain de l’Artois" in receipt.text
    assert "L112-11" in receipt.text
    assert receipt.headers["cache-control"] == "no-store"
    seen = await open_desk.get(f"/dossiers/{sent.headers['location'].split('/')[2]}", "staff")
    assert seen.status_code == 200


async def test_the_same_form_twice_shows_the_same_receipt(open_desk: Desk) -> None:
    token = value_of(await open_desk.get("/candidatures/formulaire"), "jeton")
    first = await open_desk.post("/candidatures", form(jeton=token))
    again = await open_desk.post("/candidatures", form(jeton=token))
    changed = await open_desk.post("/candidatures", form(jeton=token, titre="Autre titre"))

    assert first.headers["location"] == again.headers["location"]
    assert changed.headers["location"] == first.headers["location"] + "&deja=oui"
    assert "première version" in (await open_desk.get(changed.headers["location"])).text
    assert (await open_desk.count("candidacy"), await open_desk.count("outbox")) == (1, 4)


async def test_a_receipt_opens_with_its_key_alone(open_desk: Desk) -> None:
    location = (await open_desk.post("/candidatures", form())).headers["location"]
    path, _, key = location.partition("?cle=")

    assert len(key) >= 32
    for wrong in (
        path,
        f"{path}?cle=",
        f"{path}?cle={key[:-1]}",
        f"{path}?cle=%00%E9",
        f"/candidatures/x/accuse?cle={key}",
    ):
        assert (await open_desk.get(wrong)).status_code == 404


async def test_errors_stand_beside_their_fields_and_words_are_kept(open_desk: Desk) -> None:
    typed = {
        "titre": HOSTILE, "contact_courriel": "pas une adresse", "budget": "beaucoup", "besoin-2-objet": "Étudier",
        "plan-1-montant": "1 2", "grille-ressources": "9",
    }  # fmt: skip
    answer = await open_desk.post("/candidatures", [*typed.items(), ("themes", "energie"), ("partenaires", "a\r\nb")])

    assert answer.status_code == 422
    # Rows that were typed come back without gaps: 2 becomes 0.
    assert value_of(answer, "besoin-0-objet") == "Étudier"
    assert value_of(answer, "plan-0-montant") == "1 2"
    assert value_of(answer, "titre") == HOSTILE
    assert value_of(answer, "partenaires") == "a\nb"
    ids = {element.get("id") for element in page(answer).iter()}
    links = {element.get("href", "") for element in page(answer).iter() if element.tag.endswith("}a")}
    for name in ("contact_courriel", "budget", "besoin-0-nature", "plan-0-financeur", "plan-0-montant", "resume"):
        assert {name, f"{name}-erreur"} <= ids
        assert f"#{name}" in links
    assert "grille-ressources-erreur" in ids
    assert "themes-erreur" not in ids
    assert "<script>alert" not in answer.text
    assert "<img" not in answer.text


@pytest.mark.parametrize("typed", [HOSTILE, ARABIC, "a\x00b", "\ud7ff\ufffe", "🌳" * 50, "\u202e\u200b", "\r\n\r\n"])
async def test_no_word_breaks_a_page(open_desk: Desk, typed: str) -> None:
    everywhere: Pairs = [(name, typed) for name, _ in form(plan__0__financeur="", besoin__0__precisions="", motif="")]
    for path, role in (("/candidatures", None), ("/vagues", "staff"), ("/entrer", None)):
        answer = await open_desk.post(path, everywhere, role)  # type: ignore[arg-type] # roles of ours
        assert answer.status_code in {303, 401, 409, 422}
    accepted = await open_desk.post("/candidatures", form(titre=typed[:150], perimetre=typed[:150]))
    assert accepted.status_code in {303, 422}
    for path in ("/dossiers?q=", "/dossiers?etat=", "/dossiers?theme=", "/entrer?jeton="):
        assert (await open_desk.ask("GET", path + quote(typed[:50]), role="staff")).status_code == 200
    if accepted.status_code == 303:
        found = accepted.headers["location"]
        assert (await open_desk.get(found)).status_code == 200
        assert (await open_desk.get(f"/dossiers/{found.split('/')[2]}", "staff")).status_code == 200
        assert (await open_desk.get("/dossiers", "staff")).status_code == 200


async def test_a_hundred_thousand_characters_come_back(open_desk: Desk) -> None:
    answer = await open_desk.post("/candidatures", form(description=LONG))

    assert answer.status_code == 422
    assert value_of(answer, "description") == LONG
    assert "100000 caractères" in answer.text


async def test_the_form_grows_without_a_script(open_desk: Desk) -> None:
    fresh = await open_desk.get("/candidatures/formulaire")
    assert value_of(fresh, "besoin-2-objet") == value_of(fresh, "plan-2-financeur") == ""
    token = value_of(fresh, "jeton")
    typed = [*form(jeton=token, besoin__0__objet="Étudier", titre="Gardé"), ("ajouter", "besoin")]

    answer = await open_desk.post("/candidatures", typed)
    assert answer.status_code == 200
    assert value_of(answer, "besoin-0-objet") == "Étudier"
    assert value_of(answer, "besoin-1-objet") == ""
    assert (value_of(answer, "titre"), value_of(answer, "jeton")) == ("Gardé", token)
    assert 'formaction="/candidatures#besoin"' in answer.text
    assert "formnovalidate" in answer.text
    assert await open_desk.count("candidacy") == 0


async def test_robots_and_oversize_bodies_are_refused(open_desk: Desk) -> None:
    robot = await open_desk.post("/candidatures", form(site_web="https://vente.example"))
    huge = await open_desk.post("/candidatures", form(description="x" * 1_100_000))

    assert (robot.status_code, huge.status_code) == (422, 413)
    assert "Laissez ce champ vide" in robot.text
    assert await open_desk.count("candidacy") == 0


async def test_a_porteur_takes_a_dossier_back(open_desk: Desk) -> None:
    location = (await open_desk.post("/candidatures", form())).headers["location"]
    away = location.replace("/accuse", "/retrait")

    assert (await open_desk.post(away, [("motif", " ")])).status_code == 422
    assert (await open_desk.post(away.partition("?")[0], [("motif", "Le projet change.")])).status_code == 404
    done = await open_desk.post(away, [("motif", "Le projet change.")])
    assert (done.status_code, done.headers["location"]) == (303, location)
    seen = await open_desk.get(location)
    assert "Retiré" in seen.text
    assert "Retirer définitivement" not in seen.text
    assert (await open_desk.post(away, [("motif", "Encore.")])).status_code == 409


async def test_another_site_cannot_send_our_forms(open_desk: Desk) -> None:
    answer = await open_desk.ask("POST", "/candidatures", form(), **{"sec-fetch-site": "cross-site"})

    assert answer.status_code == 403
    assert await open_desk.count("candidacy") == 0


@pytest.mark.parametrize("path", ["/mentions-legales", "/donnees-personnelles", "/accessibilite"])
async def test_the_legal_pages_name_the_publisher(desk: Desk, path: str) -> None:
    answer = await desk.get(path)

    assert answer.status_code == 200
    assert "label@pole-artois.example" in answer.text
    assert "Métropolitain de l" in answer.text
