"""What follows a decision, as both sides read it; each act comes back to the page with its word."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import httpx2
import pytest
from sqlalchemy import text

from intake import handlers
from kernel.runtime.sessions import COOKIE
from tests.intake_story import STAFF, Pairs, decision, dossier
from tests.pages.intake_desk import Desk, opened, value_of, wave_form
from tests.sign_in import cookie_of

EMAIL = "foret@porteur.example"


class Town:
    """A labelled project, seen from both sides."""

    def __init__(self, desk: Desk, known: str, cookie: str) -> None:
        self.desk, self.cookie = desk, cookie
        self.staff_page, self.own_page = f"/dossiers/{known}", f"/mes-dossiers/{known}"

    async def own(self, room: str = "", pairs: Pairs | None = None) -> httpx2.Response:
        method = "GET" if pairs is None else "POST"
        return await self.desk.ask(method, self.own_page + room, pairs, cookie=self.cookie)

    async def staff(self, room: str = "", pairs: Pairs | None = None) -> httpx2.Response:
        return await self.desk.ask("GET" if pairs is None else "POST", self.staff_page + room, pairs, "staff")

    async def plan(self, kind: str, words: str) -> httpx2.Response:
        return await self.staff(
            "/suivi", [("suivi_nature", kind), ("suivi_texte", words), ("suivi_date", "2026-09-01")]
        )


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[Town]:
    async with opened(tmp_path) as desk:
        await desk.post("/vagues", wave_form(), "staff")
        async with desk.service.database.work() as work:
            receipt = await handlers.submit_candidacy(work, dossier(), "LE", "t" * 24)
            await handlers.preselect(work, receipt.candidacy_id, STAFF, "Un projet solide.")
            await handlers.hear_decision(work, decision(receipt.candidacy_id, "labellise", days=0))
        async with desk.service.database.engine.connect() as connection:
            person = (await connection.execute(text("SELECT id FROM person"))).scalar_one()
        cookie = f"{COOKIE}={await cookie_of(desk.service, 'Ville', 'applicant', str(person))}"
        yield Town(desk, str(receipt.candidacy_id), cookie)


def lines_of(answer: httpx2.Response) -> list[str]:
    return re.findall(r'action="(?:/[\w-]+)+/suivi/([0-9a-f-]{36})"', answer.text)


async def test_an_accord_goes_from_one_side_to_the_other(town: Town) -> None:
    assert "Aucun engagement n’est encore écrit" in (await town.own()).text
    for kind, words in (("porteur", "Ouvrir le chantier aux habitants"), ("label", "Présenter le projet au forum")):
        assert (await town.plan(kind, words)).status_code == 303
    assert "Accepter l’accord" not in (await town.own()).text
    assert (await town.staff("/suivi/accord", [])).headers["location"].endswith("fait=accord")
    shown = await town.own()
    assert "Ouvrir le chantier aux habitants" in shown.text and "mardi 1er septembre 2026" in shown.text
    version = value_of(shown, "version")
    unticked = await town.own("/suivi/accord", [("version", version)])
    assert unticked.status_code == 422 and "Cochez cette case" in unticked.text
    assert (await town.own("/suivi/accord", [("version", version), ("accepte", "oui")])).status_code == 303
    for page in (await town.own(), await town.staff()):
        assert "Accord accepté" in page.text
    await town.plan("porteur", "Publier les chiffres")
    assert "elle est à proposer de nouveau" in (await town.staff()).text
    late = await town.own("/suivi/accord", [("version", version), ("accepte", "oui")])
    assert late.status_code == 409 and "relisez-le" in late.text


async def test_the_tracker_says_what_comes_next_and_when(town: Town) -> None:
    assert "L’équipe vous contacte pour préparer l’accord" in (await town.own()).text
    for kind in ("porteur", "label"):
        await town.plan(kind, f"Engagement {kind}")
    assert "Prochaine échéance" in (await town.own()).text
    await town.staff("/suivi/accord", [])
    assert "À vous de lire l’accord d’engagements" in (await town.own()).text


async def test_each_side_moves_its_own_lines(town: Town) -> None:
    await town.plan("label", "Présenter le projet au forum")
    [ours] = lines_of(await town.staff())
    assert lines_of(await town.own()) == []
    assert (await town.own(f"/suivi/{ours}", [("etat", "tenu")])).status_code == 409
    assert (await town.staff(f"/suivi/{ours}", [("etat", "en_cours")])).status_code == 303
    assert "En cours" in (await town.own()).text
    added = await town.own("/suivi", [("suivi_texte", "Premier coup de pelle"), ("suivi_date", "01/06/2026")])
    assert added.status_code == 303
    [step] = lines_of(await town.own())
    assert (await town.own(f"/suivi/{step}", [("etat", "retirer")])).status_code == 303
    assert (await town.own(f"/suivi/{step}", [("etat", "n’importe quoi")])).status_code == 303
    assert "Premier coup de pelle" not in (await town.staff()).text.partition("Journal")[0]


async def test_a_wrong_line_keeps_its_words(town: Town) -> None:
    for answer in (
        await town.staff("/suivi", [("suivi_texte", "Une étape"), ("suivi_date", "bientôt")]),
        await town.own("/suivi", [("suivi_texte", "Une étape"), ("suivi_date", "bientôt")]),
    ):
        assert answer.status_code == 422 and value_of(answer, "suivi_texte") == "Une étape"
        assert "Choisissez un jour" in answer.text


async def test_news_are_told_and_read(town: Town) -> None:
    empty = await town.own("/nouvelles", [("nouvelles", " ")])
    assert empty.status_code == 422 and "Écrivez quelques lignes" in empty.text
    told = await town.own("/nouvelles", [("nouvelles", "La halle ouvre en juin."), ("jeton", "n" * 24)])
    assert told.headers["location"].endswith("fait=nouvelles#suivi")
    assert "Nouvelles du jeudi 12 mars 2026" in (await town.staff()).text


async def test_needs_of_a_labelled_project_start_the_search_again(town: Town) -> None:
    draft = (await town.own("/modifier", [])).headers["location"]
    form = await town.desk.ask("GET", f"{draft}/besoins", cookie=town.cookie)
    pairs = [
        ("revision-besoin", value_of(form, "revision-besoin")),
        ("besoin-0-objet", "Un toit"),
        ("besoin-0-nature", "investissement"),
    ]
    assert (await town.desk.ask("POST", f"{draft}/besoins", pairs, cookie=town.cookie)).status_code == 303
    sent = await town.desk.ask("POST", f"{draft}/verification", [], cookie=town.cookie)
    assert sent.headers["location"].endswith("fait=renvoye")
    assert await town.desk.count("outbox WHERE subject LIKE 'intake.candidacy.revised%'") == 1


async def test_staff_see_who_writes_the_dossier(town: Town) -> None:
    guest = [("courriel", "etudes@bureau.example"), ("fonction", "Bureau d’études")]
    assert (await town.own("/partage", guest)).status_code == 303
    shown = await town.staff()
    assert "Co-porteurs invités" in shown.text and "etudes@bureau.example" in shown.text
    assert "n’est pas encore entré" in shown.text
