"""The staff's mailbox: what was sent, to whom (masked), what became of it, and who may see it."""

from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID, uuid4

import html5lib
import httpx2
import pytest

from kernel.contracts.notifier import AlertDue
from kernel.runtime import migrate
from kernel.runtime.auth import Role
from kernel.runtime.clock import FixedClock
from kernel.runtime.sessions import COOKIE
from kernel.runtime.settings import Settings
from notifier import app
from notifier.domain.delivery import Accepted, Refused
from tests.notifier_story import ADDRESS, START, World, contact, degraded, preselected, proposed, submitted
from tests.sign_in import cookie_of

EVERY_PAGE = ["/", "/messages/{id}", "/messages/{id}/contenu"]


class Desk:
    """The notifier without its broker, and a browser for whoever asks."""

    def __init__(self, folder: Path) -> None:
        clock = FixedClock(START)
        self.service = app.build(Settings.load(data=folder, secret="for tests"), "nats://127.0.0.1:1", clock)
        self.world = World(self.service.database, self.service.settings, clock)

    async def ask(self, path: str, role: Role | None = "staff", method: str = "GET", **headers: str) -> httpx2.Response:
        """The answer to `role` (None: a stranger); every page is parsed strictly."""
        cookies = {COOKIE: await self._session(role)} if role else {}
        transport = httpx2.ASGITransport(app=self.service.app)
        async with httpx2.AsyncClient(transport=transport, base_url="http://desk.test", cookies=cookies) as client:
            answer = await client.request(method, path, headers=headers)
        if answer.headers.get("content-type", "").startswith("text/html"):
            html5lib.HTMLParser(strict=True).parse(answer.text)
        return answer

    async def _session(self, role: Role) -> str:
        return await cookie_of(self.service, "Équipe du Label", role)

    async def a_receipt(self, outcome: Accepted | Refused | None = None, title: str = "Réseau de chaleur") -> UUID:
        """A receipt, settled with `outcome`; returns the identity of its delivery."""
        candidacy = uuid4()
        await self.world.hear_all([submitted(candidacy, title), contact(candidacy)])
        ledger = app.ledger(self.world.database, self.world.settings)
        (taken,) = await ledger.claim(uuid4())
        if outcome:
            await ledger.settle([(taken, outcome)])
        return taken.id


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    made = Desk(tmp_path)
    await migrate.upgrade(made.service.database.engine, "notifier")
    yield made
    await made.service.database.close()


def words(answer: httpx2.Response) -> str:
    """The text of a page, typographic spaces and apostrophes made plain."""
    tree = html5lib.parse(answer.text, namespaceHTMLElements=False)
    return " ".join(" ".join(tree.itertext()).replace("’", "'").split())


@pytest.mark.parametrize("page", EVERY_PAGE)
async def test_only_the_staff_sees_messages(desk: Desk, page: str) -> None:
    path = page.format(id=await desk.a_receipt(Accepted("Objet")))

    assert (await desk.ask(path)).status_code == 200
    assert (await desk.ask(path, None)).status_code == 401
    for role in ("partner", "expert", "applicant", "ops"):
        assert (await desk.ask(path, role)).status_code == 403  # type: ignore[arg-type]  # a known role


async def test_only_the_staff_sends_again(desk: Desk) -> None:
    path = f"/messages/{await desk.a_receipt(Refused('550 inconnu'))}/renvoyer"

    assert (await desk.ask(path, None, "POST")).status_code == 401
    assert (await desk.ask(path, "applicant", "POST")).status_code == 403
    assert (await desk.ask(path, "staff", "POST", **{"sec-fetch-site": "cross-site"})).status_code == 403
    assert (await desk.ask(path)).status_code == 405


async def test_an_empty_list_says_what_will_be_there(desk: Desk) -> None:
    answer = await desk.ask("/")

    assert "Aucun message pour l'instant" in words(answer)
    assert "<table" not in answer.text


async def test_the_list_says_what_to_whom_and_what_became_of_it(desk: Desk) -> None:
    await desk.a_receipt(Accepted("Objet"))
    await desk.a_receipt(Refused("550 inconnu"))
    await desk.world.hear_all([preselected(uuid4()), degraded("eu", 1), proposed(uuid4(), 1)])
    await desk.world.hear(AlertDue(recipient="staff"))
    shown = words(await desk.ask("/"))

    for expected in ("5 messages", "Envoyé", "Échec 550 inconnu", "À envoyer", "En attente d'adresse", "équipe"):
        assert expected in shown
    assert "t…@saint-exemple.example" in shown
    assert ADDRESS not in shown
    assert "pas encore connu" in shown


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("?etat=echec", 1),
        ("?nature=accuse_reception", 2),
        ("?etat=echec&nature=decision", 0),
        ("?etat=perdu", 2),
        ("?page=99", 2),
        ("?page=deux", 2),
    ],
)
async def test_the_list_is_filtered_by_its_address(desk: Desk, query: str, count: int) -> None:
    await desk.a_receipt(Accepted("Objet"))
    await desk.a_receipt(Refused("550 inconnu"))
    shown = words(await desk.ask("/" + query))

    assert (f"{count} message" in shown) if count else ("Aucun message ne correspond" in shown)


async def test_a_message_is_shown_as_it_was_sent(desk: Desk) -> None:
    identity = await desk.a_receipt(Accepted("Objet envoyé"))
    answer = await desk.ask(f"/messages/{identity}")
    shown = words(answer)

    assert "Objet envoyé" in shown
    assert "Votre dossier est bien arrivé." in shown
    assert f"{identity.hex}@pole-artois.example" in shown
    assert f'src="/alertes/messages/{identity}/contenu"' in answer.text
    assert "frame-src 'self'" in answer.headers["content-security-policy"]
    assert ADDRESS not in answer.text


async def test_the_content_can_do_nothing(desk: Desk) -> None:
    identity = await desk.a_receipt(Accepted("Objet"), "<script>alert(1)</script>")
    answer = await desk.ask(f"/messages/{identity}/contenu")

    assert "<script" not in answer.text
    assert "sandbox" in answer.headers["content-security-policy"]
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert answer.headers["x-frame-options"] == "SAMEORIGIN"


async def test_what_waits_for_an_address_says_so(desk: Desk) -> None:
    await desk.world.hear(submitted(uuid4()))
    waiting = await desk.world.one("accuse_reception")

    assert "quand l'adresse et le dossier du porteur seront connus" in words(await desk.ask(f"/messages/{waiting.id}"))
    assert (await desk.ask(f"/messages/{waiting.id}/contenu")).status_code == 404


async def test_what_cannot_be_written_says_why(desk: Desk) -> None:
    identity = await desk.a_receipt(Refused("modèle"))
    await desk.world.change_snapshot(await desk.world.one("accuse_reception"), {"number": "1"})

    assert "ne peut pas être écrit" in words(await desk.ask(f"/messages/{identity}"))


async def test_a_failed_message_is_sent_again_once_asked(desk: Desk) -> None:
    identity = await desk.a_receipt(Refused("550 inconnu"))
    page = f"/messages/{identity}"
    assert "Renvoyer ce message" in words(await desk.ask(page))

    answer = await desk.ask(f"{page}/renvoyer", method="POST")

    assert (answer.status_code, answer.headers["location"]) == (303, f"/alertes{page}")
    shown = words(await desk.ask(page))
    assert "Demandé par Équipe du Label" in shown
    assert "Renvoyer ce message" not in shown
    again = await desk.ask(f"{page}/renvoyer", method="POST")
    assert again.status_code == 409
    assert "l'action demandée n'est pas possible" in words(again)


async def test_a_message_that_is_not_there(desk: Desk) -> None:
    assert (await desk.ask(f"/messages/{uuid4()}")).status_code == 404
    assert (await desk.ask(f"/messages/{uuid4()}/renvoyer", method="POST")).status_code == 404
    assert (await desk.ask("/messages/pas-un-identifiant")).status_code == 404


async def test_a_long_list_has_pages(desk: Desk) -> None:
    for number in range(51):
        await desk.world.hear(degraded(f"source-{number}", 1))

    assert "51 messages" in words(await desk.ask("/"))
    assert 'aria-current="page"' in (await desk.ask("/?page=2")).text
