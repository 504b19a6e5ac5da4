"""What staff see and change of mails: volumes, one dossier's mails, wordings tried before they are kept, rooms."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import get_args
from uuid import UUID, uuid4

import html5lib
import httpx2
import pytest

from kernel.contracts.notifier import MessageKind
from kernel.runtime import migrate
from kernel.runtime.clock import FixedClock
from kernel.runtime.sessions import COOKIE
from kernel.runtime.settings import Settings
from notifier import app
from notifier.domain.delivery import Accepted, Refused
from notifier.mail.writing import shipped
from notifier.store import rooms
from tests.journey.smtp_script import serving
from tests.notifier_story import START, World, contact, preselected, submitted
from tests.sign_in import cookie_of


class Desk:
    """The notifier without its broker, and a member of the team."""

    def __init__(self, folder: Path) -> None:
        clock = FixedClock(START)
        self.service = app.build(Settings.load(data=folder, secret="for tests"), "nats://127.0.0.1:1", clock)
        self.world = World(self.service.database, self.service.settings, clock)

    async def ask(self, path: str, form: dict[str, str] | None = None) -> httpx2.Response:
        """A page, or what becomes of a form; every page is parsed strictly."""
        cookies = {COOKIE: await cookie_of(self.service, "Équipe du Label", "staff")}
        transport = httpx2.ASGITransport(app=self.service.app)
        async with httpx2.AsyncClient(transport=transport, base_url="http://desk.test", cookies=cookies) as client:
            answer = await (client.get(path) if form is None else client.post(path, data=form))
        if answer.headers.get("content-type", "").startswith("text/html"):
            html5lib.HTMLParser(strict=True).parse(answer.text)
        return answer

    async def a_dossier(self, outcome: Accepted | Refused) -> UUID:
        candidacy = uuid4()
        await self.world.hear_all([submitted(candidacy), contact(candidacy)])
        ledger = app.ledger(self.world.database, self.world.settings)
        (taken,) = await ledger.claim(uuid4())
        await ledger.settle([(taken, outcome)])
        return candidacy


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    made = Desk(tmp_path)
    await migrate.upgrade(made.service.database.engine, "notifier")
    yield made
    await made.service.database.close()


async def test_volumes_are_drawn_and_said_in_a_table(desk: Desk) -> None:
    assert "Rien n’est parti" in (await desk.ask("/volumes")).text
    await desk.a_dossier(Accepted("Objet"))
    await desk.a_dossier(Refused("550 inconnu"))
    page = (await desk.ask("/volumes")).text
    assert page.count('class="bar-solid"') >= 1
    assert "jeudi 12 mars 2026" in page


async def test_the_mails_of_a_dossier_are_told_in_order_with_their_states(desk: Desk) -> None:
    candidacy = await desk.a_dossier(Refused("550 inconnu"))
    desk.world.clock.set(START + timedelta(hours=1))
    await desk.world.hear(preselected(candidacy))
    page = (await desk.ask(f"/dossiers/{candidacy}")).text
    assert page.index("Accusé de réception") < page.index("550 inconnu") < page.index("Candidature retenue")
    assert (await desk.ask(f"/dossiers/{uuid4()}")).status_code == 404


@pytest.mark.parametrize("kind", get_args(MessageKind))
async def test_every_kind_is_seen_as_it_will_be_read(desk: Desk, kind: str) -> None:
    assert (await desk.ask(f"/modeles/{kind}")).status_code == 200
    preview = await desk.ask(f"/modeles/{kind}/apercu")
    assert preview.status_code == 200
    assert "sandbox" in preview.headers["content-security-policy"]


async def test_staff_change_the_words_of_mails_to_come_and_of_no_other(desk: Desk) -> None:
    old = uuid4()
    await desk.world.hear_all([submitted(old), contact(old)])
    source = shipped("accuse_reception").replace("est bien arrivé.", "est entre nos mains.")
    tried = await desk.ask("/modeles/accuse_reception", {"texte": source, "acte": "essayer"})
    assert "est entre nos mains" in tried.text and not await _versions(desk)
    kept = await desk.ask("/modeles/accuse_reception", {"texte": source, "acte": "enregistrer"})
    assert kept.status_code == 303
    new = uuid4()
    await desk.world.hear_all([submitted(new), contact(new)])
    async with serving() as server:
        await desk.world.sender(server.port).pump()

    said = [["mains" in part.get_content() for part in mail.iter_parts()] for mail in server.kept]
    assert sorted(said) == [[False, False], [True, True]], "the mails of two dossiers leave in any order"
    assert "entre nos mains" in (await desk.ask("/modeles/accuse_reception/apercu")).text
    delivery = next(one for one in await desk.world.deliveries() if one.candidacy_id == new)
    assert "entre nos mains" in (await desk.ask(f"/messages/{delivery.id}")).text


async def _versions(desk: Desk) -> list[int]:
    async with desk.world.database.reading() as session:
        return [one.version for one in await rooms.wordings(session, "accuse_reception")]


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ("", "Objet"),
        ("Objet: x\n\nBonjour {{ numero }}", "numero"),
        ("Objet: x\n\n{% if %}", "ne peut pas être rempli"),
        ("Objet: x\n\n{{ number.__class__ }}", "ne peut pas être rempli"),
        ("Objet: x\n\n{{ 1 / 0 }}", "ne peut pas être rempli"),
        ("Objet: x\n\n" + "long " * 5_000, "20000"),
    ],
)
async def test_words_that_cannot_be_filled_in_are_not_kept_and_not_lost(desk: Desk, source: str, why: str) -> None:
    answer = await desk.ask("/modeles/accuse_reception", {"texte": source, "acte": "enregistrer"})
    assert answer.status_code == 422
    assert why in answer.text.replace("\u202f", "").replace("\xa0", "")
    assert source[10:40].strip() in answer.text.replace("&#39;", "'")
    assert not await _versions(desk)


async def test_ways_in_are_not_edited(desk: Desk) -> None:
    answer = await desk.ask("/modeles/connexion", {"texte": shipped("connexion"), "acte": "enregistrer"})
    assert answer.status_code == 409


async def test_a_room_is_opened_and_closed_and_its_address_shown_to_nobody(desk: Desk) -> None:
    assert "Aucun salon" in (await desk.ask("/salons")).text
    wrong = await desk.ask("/salons", {"nom": "", "adresse": "n'importe quoi"})
    assert wrong.status_code == 422 and "n&#39;importe quoi" in wrong.text and "pas comprise" in wrong.text
    url = "signe+https://outil.example/jeton-tres-secret"
    assert (await desk.ask("/salons", {"nom": "Équipe", "adresse": url})).status_code == 303
    page = (await desk.ask("/salons?fait=ouvert")).text
    assert "Le salon est ouvert" in page and "jeton-tres-secret" not in page and "Clé de signature" in page
    async with desk.world.database.reading() as session:
        (room,) = await rooms.rooms(session)
    assert (await desk.ask(f"/salons/{room.id}/fermer", {})).status_code == 303
    assert "Aucun salon" in (await desk.ask("/salons")).text
