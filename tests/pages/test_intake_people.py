"""The pages of people: asking for a link tells nothing, a porteur finds their dossiers, staff open and shut doors."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import httpx2
import pytest
from sqlalchemy import text

from intake.domain.people import PER_ADDRESS, PER_NETWORK
from kernel.runtime.pace import network_of
from kernel.runtime.sessions import COOKIE
from tests.intake_story import Pairs, form
from tests.pages.intake_desk import Desk, opened, value_of, wave_form
from tests.sign_in import cookie_of

KNOWN, UNKNOWN = "foret@porteur.example", "personne@ailleurs.example"
GUEST: Pairs = [("courriel", "climat@region.example"), ("fonction", "Région, climat"), ("role", "partner")]


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with opened(tmp_path) as made:
        await made.post("/vagues", wave_form(), "staff")
        await made.post("/candidatures", form())
        yield made


async def person_of(desk: Desk, email: str) -> str:
    async with desk.service.database.engine.connect() as connection:
        found = await connection.execute(text("SELECT id FROM person WHERE email = :email"), {"email": email})
        return str(found.scalar_one())


async def as_applicant(desk: Desk, path: str, email: str = KNOWN) -> httpx2.Response:
    cookie = await cookie_of(desk.service, "Ville de Lens", "applicant", await person_of(desk, email))
    return await desk.ask("GET", path, cookie=f"{COOKIE}={cookie}")


async def test_the_answer_is_the_same_byte_for_byte(desk: Desk) -> None:
    answers = [await desk.post("/connexion", [("courriel", email)]) for email in (KNOWN, UNKNOWN)]
    trapped = await desk.post("/connexion", [("courriel", KNOWN), ("site_web", "https://spam.example")])
    assert {answer.status_code for answer in (*answers, trapped)} == {200}
    assert answers[0].text == answers[1].text == trapped.text
    assert dict(answers[0].headers) == dict(answers[1].headers)
    assert "Si cette adresse est connue, un lien vient d’y partir." in answers[0].text
    assert await desk.count("outbox WHERE subject LIKE '%sign_in_asked%'") == 1
    assert await desk.count("link_request") == 2


async def test_too_many_is_said_kindly_to_known_and_unknown(desk: Desk) -> None:
    for email in (KNOWN, UNKNOWN):
        for _ in range(PER_ADDRESS):
            assert (await desk.post("/connexion", [("courriel", email)])).status_code == 200
    refused = [await desk.post("/connexion", [("courriel", email)]) for email in (KNOWN, UNKNOWN)]
    assert {answer.status_code for answer in refused} == {429}
    assert refused[0].text.replace(KNOWN, "") == refused[1].text.replace(UNKNOWN, "")
    assert "courriers indésirables" in refused[0].text and refused[0].headers["retry-after"] == "3600"
    for number in range(PER_NETWORK - 2 * PER_ADDRESS):
        await desk.post("/connexion", [("courriel", f"autre-{number}@ailleurs.example")])
    slowed = await desk.post("/connexion", [("courriel", "encore@ailleurs.example")])
    assert slowed.status_code == 429 and "votre réseau" in slowed.text


async def test_a_slip_in_the_address_stands_beside_it_with_the_word_kept(desk: Desk) -> None:
    wrong = await desk.post("/connexion", [("courriel", "accueil@commune")])
    assert wrong.status_code == 422 and value_of(wrong, "courriel") == "accueil@commune"
    assert "Vérifiez l’adresse" in wrong.text and await desk.count("link_request") == 0


@pytest.mark.parametrize(
    ("host", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3::4", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("fe80::1%eth0", "fe80::/64"),
        ("unix", "unix"),
    ],
)
def test_a_network_is_an_address_or_a_household(host: str, network: str) -> None:
    from starlette.requests import Request

    assert network_of(Request({"type": "http", "client": (host, 1)})) == network


async def test_a_porteur_finds_dossier_state_next_step_and_date(desk: Desk) -> None:
    page = await as_applicant(desk, "/mes-dossiers")
    for words in ("Une forêt urbaine", "LE-2026-0001", "Déposé", "Présélection", "30 avril 2026", "Mes dossiers"):
        assert words in page.text, words
    (own,) = re.findall(r'href="(/mes-dossiers/[0-9a-f-]+)"', page.text)
    (link,) = re.findall(r'href="(/candidatures/[0-9a-f-]+/accuse)"', (await as_applicant(desk, own)).text)
    assert (await desk.get(own, "staff")).status_code == 403
    receipt = await as_applicant(desk, link)
    assert receipt.status_code == 200 and "LE-2026-0001" in receipt.text
    assert (await desk.get(link)).status_code == 404
    assert (await as_applicant(desk, "/connexion")).headers["location"] == "/mes-dossiers"


async def test_home_offers_to_resume_first(desk: Desk) -> None:
    stranger, porteur = await desk.get("/"), await as_applicant(desk, "/")
    assert stranger.text.index("Suivre un dossier déjà déposé") < stranger.text.index("Vague ouverte")
    assert 'href="/connexion">Suivre' in stranger.text and 'href="/mes-dossiers">Suivre' in porteur.text


async def test_nobody_s_dossiers_are_an_empty_page_that_teaches(desk: Desk) -> None:
    page = await desk.get("/mes-dossiers", "applicant")
    assert page.status_code == 200 and "Aucun dossier à cette adresse" in page.text


async def test_staff_invite_and_close_in_two_steps(desk: Desk) -> None:
    assert "Personne n’est encore invité" in (await desk.get("/equipe", "staff")).text
    done = await desk.post("/equipe", GUEST, "staff")
    assert (done.status_code, done.headers["location"]) == (303, "/equipe?fait=invite")
    listed = (await desk.get(done.headers["location"], "staff")).text
    for words in ("L’invitation part", "climat@region.example", "Région, climat", "Partenaire", "Pas encore venu"):
        assert words in listed, words
    (link,) = re.findall(r'href="(/equipe/[0-9a-f-]+/desactiver)"', listed)
    assert "Fermer cet accès" in (await desk.get(link, "staff")).text
    assert "Pas encore venu" in (await desk.get("/equipe", "staff")).text  # looking closes nothing
    closed = await desk.post(link, [], "staff")
    assert closed.headers["location"] == "/equipe?fait=ferme"
    assert "Désactivé" in (await desk.get("/equipe", "staff")).text
    assert "fermé depuis" in (await desk.get(link, "staff")).text
    assert (await desk.get("/equipe/personne/desactiver", "staff")).status_code == 404


async def test_an_invitation_that_cannot_be_keeps_its_words(desk: Desk) -> None:
    await desk.post("/equipe", GUEST, "staff")
    taken = await desk.post("/equipe", [*GUEST[:2], ("role", "staff")], "staff")
    wrong = await desk.post("/equipe", [("courriel", "x"), ("role", "applicant")], "staff")
    assert (taken.status_code, wrong.status_code) == (409, 422)
    assert "déjà celle de" in taken.text and value_of(taken, "fonction") == "Région, climat"
    assert "Choisissez ce que cette personne pourra faire" in wrong.text


async def test_hostile_words_stay_words(desk: Desk) -> None:
    await desk.post("/equipe", [GUEST[0], ("fonction", "<script>alert(1)</script>"), GUEST[2]], "staff")
    assert "<script>alert" not in (await desk.get("/equipe", "staff")).text
