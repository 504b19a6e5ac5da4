"""An organisation's account lets in whoever was invited, and nobody by any other answer than the provider's own."""

import html
import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit
from uuid import UUID

import httpx2
import pytest
from structlog.testing import capture_logs

from chevalement.platform import build
from intake import handlers
from intake.domain.people import Invitation, Role
from intake.store import people
from kernel.runtime import migrate
from kernel.runtime.clock import FixedClock
from kernel.runtime.oidc import COOKIE
from kernel.runtime.service import Service
from kernel.runtime.sessions import COOKIE as SESSION
from kernel.runtime.settings import Settings, WrongSetting
from tests.intake_story import NOW, STAFF
from tests.provider import CLIENT, SECRET, Stub, new_key, provider

SITE = "https://label.example"


@pytest.fixture
def stub() -> Iterator[Stub]:
    with provider() as made:
        yield made


@pytest.fixture
async def service(stub: Stub, tmp_path: Path) -> AsyncIterator[Service]:
    settings = Settings.load(
        data=tmp_path,
        secret="x" * 32,
        public_url=SITE,
        oidc_issuer=stub.issuer,
        oidc_client_id=CLIENT,
        oidc_client_secret=SECRET,
        oidc_acr="eidas1",
    )
    made = build("intake", settings, "nats://127.0.0.1:1")
    made.clock = made.database.clock = FixedClock(NOW)
    await migrate.upgrade(made.database.engine, "intake")
    yield made
    await made.database.close()


@pytest.fixture
async def browser(service: Service) -> AsyncIterator[httpx2.AsyncClient]:
    transport = httpx2.ASGITransport(app=service.app)
    async with httpx2.AsyncClient(transport=transport, base_url=SITE) as client:
        yield client


async def invited(service: Service, email: str = "agent@region.example", role: Role = "partner") -> UUID:
    async with service.database.work() as work:
        door = service.app.state.door
        return (await handlers.invite(work, door, Invitation(email, "Région", role, STAFF))).id


async def to_provider(browser: httpx2.AsyncClient) -> str:
    """Begin, and let the provider send the browser back; gives the path that it comes back to."""
    away = await browser.get("/connexion/compte")
    assert away.status_code == 303
    async with httpx2.AsyncClient() as outside:
        back = await outside.get(away.headers["location"])
    return back.headers["location"].removeprefix(SITE)


async def come_in(browser: httpx2.AsyncClient) -> httpx2.Response:
    return await browser.get(await to_provider(browser))


def refused(answer: httpx2.Response, browser: httpx2.AsyncClient) -> bool:
    return answer.status_code == 403 and SESSION not in browser.cookies and "pas connecté" in answer.text


async def test_whoever_was_invited_enters_and_leaves_the_provider_too(
    service: Service, browser: httpx2.AsyncClient, stub: Stub
) -> None:
    await invited(service)
    assert "Se connecter avec ProConnect" in (await browser.get("/connexion")).text
    entered = await come_in(browser)
    assert (entered.status_code, entered.headers["location"]) == (303, "/instruction/")
    cookies = entered.headers.get_list("set-cookie")
    assert any(one.startswith(f"{SESSION}=") and "HttpOnly" in one and "Secure" in one for one in cookies)
    assert COOKIE not in browser.cookies
    assert "Région" in (await browser.get("/mes-donnees")).text

    left = await browser.post("/sortir")
    link = re.search(rf'href="({re.escape(stub.issuer)}/session/end[^"]*)"', left.text)
    assert link and SESSION not in browser.cookies and "Vous êtes connecté" not in left.text
    words = dict(parse_qsl(urlsplit(html.unescape(link[1])).query))
    assert set(words) == {"id_token_hint", "state", "post_logout_redirect_uri"} and len(words["state"]) >= 32
    assert words["post_logout_redirect_uri"] == f"{SITE}/"
    assert (await browser.get("/mes-donnees")).status_code == 401


async def test_nobody_is_made_by_an_account(service: Service, browser: httpx2.AsyncClient, stub: Stub) -> None:
    assert refused(await come_in(browser), browser)
    async with service.database.work() as work:
        await people.know_applicant(work.session, stub.email, "Ville", work.at)
    assert refused(await come_in(browser), browser)  # a porteur comes by mail
    async with service.database.reading() as session:
        known = await people.of_email(session, stub.email)
    assert known is not None and known.role == "applicant" and known.signed_in_at is None


async def test_a_closed_access_stays_closed(service: Service, browser: httpx2.AsyncClient) -> None:
    person_id = await invited(service)
    async with service.database.work() as work:
        await handlers.disable(work, person_id, "somebody else")
    assert refused(await come_in(browser), browser)


async def test_an_account_is_known_by_its_subject_once_it_came(
    service: Service, browser: httpx2.AsyncClient, stub: Stub
) -> None:
    first = await invited(service)
    assert (await come_in(browser)).status_code == 303
    stub.email = "nouveau.nom@region.example"
    assert (await come_in(browser)).status_code == 303
    stub.subject, stub.email = "sujet-2", "agent@region.example"
    assert (await come_in(browser)).status_code == 303  # the same person, at another provider of identity
    async with service.database.reading() as session:
        known = await people.of_email(session, "agent@region.example")
    assert known is not None and known.id == first


async def test_staff_reach_their_desk_and_the_session_of_before_ends(
    service: Service, browser: httpx2.AsyncClient
) -> None:
    await invited(service, role="staff")
    assert (await come_in(browser)).headers["location"] == "/dossiers"
    before = browser.cookies[SESSION]
    assert (await come_in(browser)).status_code == 303
    assert browser.cookies[SESSION] != before
    browser.cookies.set(SESSION, before, domain="label.example")
    assert (await browser.get("/dossiers", headers={"cookie": f"{SESSION}={before}"})).status_code == 401


@pytest.mark.parametrize(
    "claims",
    [
        {"nonce": "x" * 32}, {"nonce": None}, {"aud": "another"}, {"iss": "https://elsewhere.example"},
        {"exp": 1}, {"acr": "eidas0"}, {"acr": None}, {"sub": None}, {"azp": "another"},
    ],
    ids=str,
)  # fmt: skip
async def test_a_token_that_is_not_for_this_request_is_refused(
    service: Service, browser: httpx2.AsyncClient, stub: Stub, claims: dict[str, object]
) -> None:
    await invited(service)
    stub.id_claims = claims
    assert refused(await come_in(browser), browser)


@pytest.mark.parametrize(
    "claims",
    [{"sub": "another"}, {"email": None}, {"email": ""}, {"email_verified": False}, {"aud": "another"}, {"iss": "x"}],
    ids=str,
)
async def test_words_about_somebody_else_are_refused(
    service: Service, browser: httpx2.AsyncClient, stub: Stub, claims: dict[str, object]
) -> None:
    await invited(service)
    stub.user_claims = claims
    assert refused(await come_in(browser), browser)


async def test_a_forged_signature_is_refused_and_a_new_key_is_fetched(
    service: Service, browser: httpx2.AsyncClient, stub: Stub
) -> None:
    await invited(service)
    assert (await come_in(browser)).status_code == 303
    browser.cookies.clear()
    stub.signing = new_key("a")
    assert refused(await come_in(browser), browser)
    stub.key, stub.signing = new_key("b"), None
    assert (await come_in(browser)).status_code == 303


async def test_an_answer_is_good_once_and_in_its_own_browser(
    service: Service, browser: httpx2.AsyncClient, stub: Stub
) -> None:
    await invited(service)
    path = await to_provider(browser)
    kept = browser.cookies[COOKIE]
    browser.cookies.clear()
    assert refused(await browser.get(path), browser)  # a stranger's browser, or one that is made to come in
    assert refused(
        await browser.get(path.replace("state=", "state=x"), headers={"cookie": f"{COOKIE}={kept}"}), browser
    )
    assert refused(await browser.get(f"{path}&iss=x", headers={"cookie": f"{COOKIE}={kept}"}), browser)
    assert (await browser.get(path, headers={"cookie": f"{COOKIE}={kept}"})).status_code == 303
    browser.cookies.clear()
    assert refused(await browser.get(path, headers={"cookie": f"{COOKIE}={kept}"}), browser)
    for nonsense in ("/connexion/retour", "/connexion/retour?error=access_denied", "/connexion/retour?code=x&state=é"):
        assert refused(await browser.get(nonsense), browser)


async def test_plain_words_of_an_ordinary_provider_do_too(
    service: Service, browser: httpx2.AsyncClient, stub: Stub
) -> None:
    await invited(service)
    stub.plain_user = True
    assert (await come_in(browser)).status_code == 303


async def test_a_provider_that_is_away_is_said_and_mail_still_works(
    service: Service, browser: httpx2.AsyncClient, stub: Stub
) -> None:
    stub.down = True
    answer = await browser.get("/connexion/compte")
    assert answer.status_code == 503 and "demandez un lien par courriel" in answer.text
    assert 'href="/connexion"' in answer.text and "formulaire" not in answer.text
    assert (await browser.get("/connexion")).status_code == 200


async def test_nobody_is_named_in_the_logs(service: Service, browser: httpx2.AsyncClient, stub: Stub) -> None:
    with capture_logs() as lines:
        stub.user_claims = {"email": None}
        await come_in(browser)
        stub.user_claims = {}
        await come_in(browser)
    assert lines and stub.subject not in str(lines) and "@" not in str(lines)


@pytest.mark.parametrize(
    "changes",
    [
        {"oidc_issuer": "http://idp.example"},
        {"oidc_client_secret": ""},
        {"public_url": ""},
    ],
)
def test_half_a_configuration_stops_the_start(tmp_path: Path, changes: dict[str, str]) -> None:
    whole = {"oidc_issuer": "https://idp.example", "oidc_client_id": "a", "oidc_client_secret": "very-secret"}
    with pytest.raises(WrongSetting) as stopped:
        Settings.load(data=tmp_path, **{"public_url": SITE, **whole, **changes})
    assert "OIDC" in stopped.value.line and "very-secret" not in stopped.value.line
