"""A draft becomes somebody's: by a button, or by a link; nobody learns who is known, nobody takes another's."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx2
import pytest
from sqlalchemy import text

from intake.domain.people import DRAFTS_PER_NETWORK, PER_ADDRESS
from kernel.runtime.sessions import COOKIE
from tests.intake_story import form
from tests.pages.drafting import Notebook, begun, filled
from tests.pages.intake_desk import Desk, opened, wave_form
from tests.sign_in import cookie_of

KNOWN, UNKNOWN = "foret@porteur.example", "nouvelle@ailleurs.example"


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with opened(tmp_path) as made:
        await made.post("/vagues", wave_form(), "staff")
        await made.post("/candidatures", form())
        yield made


async def cookie(desk: Desk, email: str) -> str:
    async with desk.service.database.engine.connect() as connection:
        found = await connection.execute(text("SELECT id FROM person WHERE email = :email"), {"email": email})
    return f"{COOKIE}={await cookie_of(desk.service, 'Ville', 'applicant', str(found.scalar_one()))}"


async def mine(desk: Desk, email: str) -> str:
    return (await desk.ask("GET", "/mes-dossiers", cookie=await cookie(desk, email))).text


async def titled(desk: Desk, title: str) -> Notebook:
    notebook = await begun(desk)
    await notebook.post("projet", [("titre", title)])
    return notebook


async def test_who_is_signed_in_keeps_a_draft_by_a_button(desk: Desk) -> None:
    notebook = await titled(desk, "Une halle de marché")
    assert "Une halle de marché" not in await mine(desk, KNOWN)
    answer = await desk.ask("POST", notebook.at("garder"), [], cookie=await cookie(desk, KNOWN))
    assert (answer.status_code, answer.headers["location"]) == (303, "/mes-dossiers")
    assert "Une halle de marché" in await mine(desk, KNOWN)
    shown = await desk.ask("GET", notebook.at(), cookie=await cookie(desk, KNOWN))
    assert "Vous le retrouvez aussi dans" in shown.text
    without_key = notebook.at().partition("?")[0]
    assert (await desk.ask("GET", without_key, cookie=await cookie(desk, KNOWN))).status_code == 200
    assert (await desk.get(without_key)).status_code == 404


@pytest.mark.parametrize("email", [KNOWN, UNKNOWN])
async def test_a_stranger_finds_the_draft_behind_a_link(desk: Desk, email: str) -> None:
    notebook = await titled(desk, "Une halle de marché")
    answer = await notebook.post("garder", [("courriel", email)])
    assert answer.status_code == 200 and "Un lien vient de partir" in answer.text
    assert await desk.count("outbox WHERE subject LIKE '%sign_in_asked%'") == 1
    assert "Une halle de marché" in await mine(desk, email)


async def test_what_is_answered_tells_nothing_of_the_address(desk: Desk) -> None:
    pages = []
    for email in (KNOWN, UNKNOWN):
        notebook = await begun(desk)
        answer = await notebook.post("garder", [("courriel", email)])
        path, _, key = notebook.address.partition("?cle=")
        pages.append(answer.text.replace(path.rpartition("/")[2], "").replace(key, ""))
    assert pages[0] == pages[1]


async def test_staff_and_those_who_were_shut_out_get_no_draft(desk: Desk) -> None:
    await desk.post(
        "/equipe", [("courriel", "climat@region.example"), ("fonction", "Région"), ("role", "partner")], "staff"
    )
    notebook = await titled(desk, "Une halle de marché")
    assert (await notebook.post("garder", [("courriel", "climat@region.example")])).status_code == 200
    assert await desk.count("draft WHERE person_id IS NOT NULL") == 0


async def test_a_draft_is_taken_from_nobody(desk: Desk) -> None:
    notebook = await titled(desk, "Une halle de marché")
    await notebook.post("garder", [("courriel", KNOWN)])
    answer = await notebook.post("garder", [("courriel", UNKNOWN)])
    assert answer.status_code == 409 and "d’une autre personne" in answer.text
    assert await desk.count("person WHERE email = 'nouvelle@ailleurs.example'") == 0
    assert "Une halle de marché" in await mine(desk, KNOWN)


async def test_a_wrong_address_and_too_many_are_said_beside_the_field(desk: Desk) -> None:
    notebook = await begun(desk)
    wrong = await notebook.post("garder", [("courriel", "pas une adresse")])
    assert wrong.status_code == 422 and 'value="pas une adresse"' in wrong.text
    for _ in range(PER_ADDRESS):
        assert (await notebook.post("garder", [("courriel", KNOWN)])).status_code == 200
    over = await notebook.post("garder", [("courriel", KNOWN)])
    assert over.status_code == 429 and over.headers["retry-after"] == "3600"


async def test_a_sent_draft_is_kept_no_more(desk: Desk) -> None:
    notebook = await begun(desk)
    await filled(notebook, form())
    await notebook.post("verification", [("consentement", "oui")])
    assert (await notebook.post("garder", [("courriel", KNOWN)])).status_code == 409


async def begin_from(desk: Desk, address: str) -> httpx2.Response:
    transport = httpx2.ASGITransport(app=desk.service.app, client=(address, 1))
    async with httpx2.AsyncClient(transport=transport, base_url="http://desk.test") as client:
        return await client.post("/brouillons", data={"avant-territoire": "oui"})


async def test_a_network_begins_so_many_drafts_in_an_hour(desk: Desk) -> None:
    for _ in range(DRAFTS_PER_NETWORK):
        assert (await begin_from(desk, "203.0.113.9")).status_code == 303
    refused = await begin_from(desk, "203.0.113.9")
    assert refused.status_code == 429 and refused.headers["retry-after"] == "3600"
    assert "rouvrez l’adresse d’un brouillon" in refused.text
    assert (await begin_from(desk, "203.0.113.10")).status_code == 303
    assert (await begin_from(desk, "127.0.0.1")).status_code == 303
    assert (await desk.post("/connexion", [("courriel", KNOWN)])).status_code == 200


async def test_a_commune_gives_its_agglomeration(desk: Desk) -> None:
    notebook = await begun(desk)
    assert "Lens (CALL)" in (await notebook.get("territoire")).text
    await notebook.post("territoire", [("commune", "62498")])
    assert "Lens (CA de Lens - Liévin)" in (await notebook.get("verification")).text
