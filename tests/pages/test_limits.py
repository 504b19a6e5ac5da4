"""Every door that writes without an account shuts for a while to whoever knocks too often, and to nobody else."""

from collections.abc import AsyncIterator
from importlib import import_module
from pathlib import Path

import html5lib
import httpx2
import pytest

from intake import handlers
from kernel.contracts.registry import SERVICES
from kernel.runtime import sessions
from kernel.runtime.auth import Role
from kernel.runtime.pace import Limit, Pace
from kernel.runtime.web import SAFE
from tests.intake_story import Pairs, form
from tests.pages.test_access_list import ACCESS, address
from tests.pages.whole_house import House, furnished

HERE, THERE = "192.0.2.7", "198.51.100.9"
MEAN = 1e-9
"""With this generosity every door lets one through."""
DOORS: list[tuple[str, Limit]] = [(name, limit) for name in SERVICES for limit in import_module(f"{name}.app").LIMITS]


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with furnished(tmp_path) as made:
        for service in made.services.values():
            pace: Pace = service.app.state.pace
            pace.generosity = MEAN
        yield made


async def ask(
    house: House, name: str, method: str, path: str, host: str = HERE, *, role: Role | None = None, pairs: Pairs = ()
) -> httpx2.Response:
    """The answer to somebody of a network."""
    transport = httpx2.ASGITransport(app=house.services[name].app, client=(host, 1), raise_app_exceptions=False)
    cookies = {sessions.COOKIE: house.cookies[role]} if role else {}
    async with httpx2.AsyncClient(transport=transport, base_url="http://desk.test", cookies=cookies) as client:
        answer = await client.request(method, path, data=dict(pairs))
    if answer.headers.get("content-type", "").startswith("text/html"):
        html5lib.HTMLParser(strict=True).parse(answer.text)
    return answer


@pytest.mark.parametrize("name", SERVICES)
async def test_each_door_shuts_to_a_network_and_stays_open_to_another(house: House, name: str) -> None:
    pace: Pace = house.services[name].app.state.pace
    opened = {}
    for method, path in ACCESS[name]:
        if method in SAFE or not ACCESS[name][method, path].who >= {None}:
            continue
        where = address(house, path)
        limit = pace.limit_of(method, where)
        assert limit is not None, f"{method} {path}"
        opened.setdefault(limit, (method, where))
    assert {limit for service, limit in DOORS if service == name} <= set(opened), "a limit that no door falls under"
    for limit, (method, where) in opened.items():
        first, second, other = [await ask(house, name, method, where, host) for host in (HERE, HERE, THERE)]
        assert first.status_code != 429 and other.status_code != 429, where
        if not limit.spoken:  # a page that speaks itself does so for what it can open
            assert second.status_code == 429, where
            assert int(second.headers["retry-after"]) >= 1 and "Content-Security-Policy" in second.headers


async def test_people_who_are_signed_in_are_counted_each_for_themselves(house: House) -> None:
    path = "/brouillons"
    answers = [await ask(house, "intake", "POST", path, role=role) for role in ("staff", "applicant", "staff", None)]
    assert [answer.status_code for answer in answers] == [303, 303, 429, 303]


async def test_a_form_that_is_sent_too_fast_loses_no_word_and_can_be_sent_later(house: House) -> None:
    pairs = form(titre="Un verger de quartier", jeton="t" * 24)
    assert (await ask(house, "intake", "POST", "/candidatures", pairs=[("titre", "x")])).status_code == 422
    refused = await ask(house, "intake", "POST", "/candidatures", pairs=pairs)
    assert refused.status_code == 429
    assert "Un verger de quartier" in refused.text and "pas encore envoyée" in refused.text
    assert (await ask(house, "intake", "POST", "/candidatures", THERE, pairs=pairs)).status_code == 303


async def test_a_section_that_is_saved_too_fast_keeps_its_words_in_the_page(house: House) -> None:
    async with house.intake.work() as work:
        draft_id, key = await handlers.begin_draft(work, {})
    path = f"/brouillons/{draft_id}/projet?cle={key}"
    assert (await ask(house, "intake", "POST", path, pairs=[("titre", "Un")])).status_code == 303
    refused = await ask(house, "intake", "POST", path, pairs=[("titre", "Un verger")])
    assert refused.status_code == 429 and 'value="Un verger"' in refused.text
    sending = await ask(house, "intake", "POST", f"/brouillons/{draft_id}/verification?cle={key}")
    assert sending.status_code == 429 and "pas encore envoyée" in sending.text
