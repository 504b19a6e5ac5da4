"""The pages of the watch: strictly valid, shut to all but staff, complete in every state, deaf to markup."""

from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID

import html5lib
import httpx2
import pytest
from fastapi.routing import APIRoute

from funding_watch import app, handlers
from funding_watch.domain.call import FundingCall
from kernel.runtime import migrate
from kernel.runtime.auth import Role
from kernel.runtime.clock import FixedClock
from kernel.runtime.service import Service
from kernel.runtime.sessions import COOKIE
from kernel.runtime.settings import Settings
from tests.pages.test_access_list import ACCESS
from tests.sign_in import cookie_of
from tests.watch_story import (
    PLACE,
    SOURCE,
    START,
    call,
    decided,
    english_call,
    far_calls,
    moment,
    project,
    read,
    someone,
    submitted,
)

ROUTES = {route: rule for route, rule in ACCESS["funding_watch"].items() if not route[1].startswith("/health")}
STAFF_ONLY = {route for route, rule in ROUTES.items() if rule.who == frozenset({"staff"})}
HOSTILE = "<script>alert(1)</script> chaleur au bois"


class Desk:
    """The service without its broker, and a browser for whoever asks."""

    def __init__(self, service: Service, clock: FixedClock) -> None:
        self.service = service
        self.database = service.database
        self.clock = clock

    async def ask(self, path: str, role: Role | None = "staff", method: str = "GET") -> httpx2.Response:
        """The answer to `role` (None: a stranger); every page is parsed strictly."""
        cookies = {COOKIE: await self._session(role)} if role else {}
        transport = httpx2.ASGITransport(app=self.service.app)
        async with httpx2.AsyncClient(transport=transport, base_url="http://desk.test", cookies=cookies) as client:
            answer = await client.request(method, path)
        if answer.headers.get("content-type", "").startswith("text/html"):
            html5lib.HTMLParser(strict=True).parse(answer.text)
        return answer

    async def _session(self, role: Role) -> str:
        return await cookie_of(self.service, "Équipe du Label", role)

    async def knows(self, *calls: FundingCall, title: str = "La cité refaite") -> UUID:
        """Calls, and a labelled project matched against them."""
        candidacy_id = someone()
        await read(self.database, *far_calls(), *calls)
        for event in (submitted(candidacy_id, project(title=title)), decided(candidacy_id)):
            async with self.database.work() as work:
                await handlers.hear(work, event, PLACE)
        return candidacy_id


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    clock = FixedClock(START)
    service = app.build(Settings.load(data=tmp_path, aides_territoires_token=""), "nats://127.0.0.1:1", clock)
    await migrate.upgrade(service.database.engine, "funding_watch")
    async with service.database.work() as work:
        assert service.at_start is not None
        await service.at_start(work)
    yield Desk(service, clock)
    await service.database.close()


def words(answer: httpx2.Response) -> str:
    """The text of a page, typographic spaces and apostrophes made plain."""
    tree = html5lib.parse(answer.text, namespaceHTMLElements=False)
    text = " ".join(" ".join(tree.itertext()).split())
    return text.replace("\u202f", " ").replace("\u00a0", " ").replace("’", "'")


def _routes(routes: list[object]) -> list[APIRoute]:
    found = [route for route in routes if isinstance(route, APIRoute)]
    for route in routes:
        inner = getattr(route, "routes", None) or getattr(getattr(route, "original_router", None), "routes", [])
        found += _routes(list(inner))
    return found


async def test_every_page_is_in_the_access_list(desk: Desk) -> None:
    routes = {(method, one.path) for one in _routes(desk.service.app.routes) for method in one.methods or ()}

    assert {route for route in routes if not route[1].startswith("/health")} == set(ROUTES)


@pytest.mark.parametrize(("role", "status"), [(None, 401), ("partner", 403), ("expert", 403), ("applicant", 403)])
@pytest.mark.parametrize(("method", "path"), sorted(STAFF_ONLY))
async def test_only_staff_enter(desk: Desk, method: str, path: str, role: Role | None, status: int) -> None:
    address = path.replace("{key:path}", "x:1").replace("{candidacy_id}", str(someone())).replace("{name}", "eu_portal")
    address = address.replace("{pair_id}", str(someone())).replace("{feed_id}", str(someone()))

    answer = await desk.ask(address, role, method)

    assert answer.status_code == status
    assert "html" in answer.headers["content-type"]


@pytest.mark.parametrize("path", ["/", "/projets", "/sources"])
async def test_an_empty_watch_teaches(desk: Desk, path: str) -> None:
    answer = await desk.ask(path)

    assert answer.status_code == 200
    assert {
        "/": "Aucun appel pour l'instant",
        "/projets": "Aucun projet suivi pour l'instant",
        "/sources": "À configurer",
    }[path] in words(answer)


async def test_the_list_shows_what_can_pay_first(desk: Desk) -> None:
    await desk.knows(call("heat"), english_call())

    answer = await desk.ask("/")

    text = words(answer)
    assert "10 appels" in text
    assert text.index("Réseaux de chaleur au bois") < text.index("District heating") < text.index("Musique")
    assert "l'appel cite chaleur au bois." in text
    assert "Dans 90 jours" in text
    assert 'lang="en"' in answer.text


@pytest.mark.parametrize(
    ("query", "shown", "hidden"),
    [
        ("q=velo", "Aucun appel ne répond", "Musique"),
        ("q=chaleur", "Réseaux de chaleur", "Musique"),
        ("source=eu_portal", "District heating", "Musique"),
        ("statut=clos", "Aucun appel ne répond", "Musique"),
        ("statut=perdu&source=nulle&page=abc", "Musique", "Aucun appel ne répond"),
        ("page=999999999999", "Musique", "Aucun appel ne répond"),
    ],
)
async def test_filters_are_in_the_address(desk: Desk, query: str, shown: str, hidden: str) -> None:
    await desk.knows(call("heat"), english_call())

    text = words(await desk.ask(f"/?{query}"))

    assert shown in text
    assert hidden not in text


async def test_a_call_shows_its_projects_and_its_history(desk: Desk) -> None:
    await desk.knows(call("heat"))
    desk.clock.set(moment(1))
    await read(desk.database, call("heat", closes_at=moment(120), rate_max=None))

    text = words(await desk.ask(f"/appels/{SOURCE}:heat"))

    assert "La cité refaite" in text
    assert "Date limite 10 juin 2026 10 juillet 2026" in text
    assert "Taux maximal 40 % non précisé" in text


async def test_a_reference_may_hold_any_character(desk: Desk) -> None:
    await desk.knows(call("A/B ?#é%"))

    listed = await desk.ask("/?q=chaleur")
    [link] = [
        a.get("href")
        for a in html5lib.parse(listed.text, namespaceHTMLElements=False).iter("a")
        if "A%2FB" in a.get("href", "")
    ]
    answer = await desk.ask(link.removeprefix("/veille"))

    assert answer.status_code == 200
    assert "Réseaux de chaleur au bois" in words(answer)


async def test_a_project_shows_why_and_what_was_checked(desk: Desk) -> None:
    candidacy_id = await desk.knows(call("heat"), english_call())

    listed, page = words(await desk.ask("/projets")), words(await desk.ask(f"/projets/{candidacy_id}"))

    assert "La cité refaite" in listed
    assert "Réseaux de chaleur au bois" in listed
    assert "Répond à votre besoin « Construire un réseau de chaleur au bois »" in page
    assert "Périmètre : Hauts-de-France" in page
    assert "Le projet est à Lens (62)" in page
    assert "À faire : Voir si l'appel demande des partenaires de plusieurs pays" in page


async def test_a_project_without_any_fitting_call_is_told_so(desk: Desk) -> None:
    candidacy_id = await desk.knows()

    assert "rien n'est proposé" in words(await desk.ask(f"/projets/{candidacy_id}"))
    assert "rien n'est proposé" in words(await desk.ask("/projets"))


async def test_markup_of_a_source_or_a_porteur_stays_text(desk: Desk) -> None:
    hostile = call("heat", title=HOSTILE, funders=(HOSTILE,), description=HOSTILE, perimeter_name=HOSTILE)
    candidacy_id = await desk.knows(hostile, title=HOSTILE)

    for path in ("/", f"/appels/{SOURCE}:heat", "/projets", f"/projets/{candidacy_id}"):
        answer = await desk.ask(path)
        assert answer.status_code == 200
        assert "<script>alert" not in answer.text
        assert "&lt;script&gt;" in answer.text


@pytest.mark.parametrize("address", ["/appels/x:1", "/projets/abc", f"/projets/{UUID(int=4)}", "/ailleurs"])
async def test_an_address_that_leads_nowhere_is_said_in_french(desk: Desk, address: str) -> None:
    answer = await desk.ask(address)

    assert answer.status_code == 404
    assert "Cette page n'existe pas" in words(answer)
