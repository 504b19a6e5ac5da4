"""What holds of every answer of every service: strict headers, nothing inline, and no write from another site."""

import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import html5lib
import httpx2
import pytest
from starlette.responses import Response

from intake import handlers
from kernel.contracts.registry import SERVICES
from kernel.runtime import sessions
from kernel.runtime.auth import Role
from kernel.runtime.web import SAFE, SECURITY_HEADERS
from notifier.pages import FRAMED
from tests.pages.test_access_list import ACCESS, address
from tests.pages.whole_house import ROLES, House, furnished

XHTML = "{http://www.w3.org/1999/xhtml}"
FOREIGN = ({"sec-fetch-site": "cross-site"}, {"sec-fetch-site": "same-site"}, {"origin": "https://elsewhere.example"})


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with furnished(tmp_path) as made:
        yield made


def inline(markup: str) -> Iterator[str]:
    """What a policy without `unsafe-inline` would keep from working: scripts, handlers, styles in the page itself."""
    for element in html5lib.HTMLParser(strict=True).parse(markup).iter():
        tag = str(element.tag).removeprefix(XHTML)
        if tag == "script" and "src" not in element.attrib and element.get("type") != "application/json":
            yield "a script in the page"
        if tag == "style":
            yield "a style in the page"
        for name, value in element.attrib.items():
            if str(name).startswith("on") or name == "style" or str(value).strip().lower().startswith("javascript:"):
                yield f"<{tag} {name}={value[:40]!r}>"


def faults(where: str, answer: httpx2.Response) -> list[str]:
    """What is wrong with an answer, each with its place."""
    wrong = [f"{where}: no {name}" for name in SECURITY_HEADERS if name not in answer.headers]
    policy = answer.headers.get("Content-Security-Policy", "")
    if policy == FRAMED["Content-Security-Policy"]:  # a mail in its box, whose styles are its own and nothing runs
        return wrong + [f"{where}: {found}" for found in inline(answer.text) if "style" not in found]
    scripts = re.search(r"script-src ([^;]*)", policy) or re.search(r"default-src ([^;]*)", policy)
    if "unsafe" in policy or scripts is None or scripts[1].strip() not in {"'self'", "'none'"}:
        wrong.append(f"{where}: {policy!r}")
    if answer.headers.get("content-type", "").startswith("text/html"):
        wrong += [f"{where}: {found}" for found in inline(answer.text)]
    return wrong


async def keyed_pages(house: House) -> list[str]:
    """Pages that only their key opens: a draft's, with words in it, and a receipt."""
    async with house.intake.work() as work:
        draft_id, key = await handlers.begin_draft(work, {"titre": "Une halle <b>&", "resume": "« Courte »"})
    sections = ("projet", "porteur", "territoire", "calendrier", "budget", "besoins", "grille", "documents")
    rooms = ["", *(f"/{name}" for name in (*sections, "verification"))]
    receipt = f"/candidatures/{house.mine.candidacy_id}/accuse?cle={house.mine.key}"
    return [receipt, *(f"/brouillons/{draft_id}{room}?cle={key}" for room in rooms)]


@pytest.mark.parametrize("role", ROLES)
async def test_every_page_parses_and_needs_nothing_inline(house: House, role: Role | None) -> None:
    pages = [(name, address(house, path)) for name in SERVICES for method, path in ACCESS[name] if method == "GET"] + [
        ("intake", path) for path in await keyed_pages(house)
    ]
    wrong: list[str] = []
    for name, path in pages:
        wrong += faults(f"{name} {path}", await house.ask(name, "GET", path, role))
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("role", ROLES)
async def test_no_other_site_makes_anybody_write(house: House, role: Role | None) -> None:
    wrong: list[str] = []
    for name in SERVICES:
        for method, path in ACCESS[name]:
            if method in SAFE:
                continue
            for headers in FOREIGN:
                answer = await house.ask(name, method, address(house, path), role, headers=headers)
                where = f"{name} {method} {path} {headers}"
                wrong += faults(where, answer)
                if answer.status_code != 403:  # to strangers too, who would get 401 from the route
                    wrong.append(f"{where}: {answer.status_code}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("name", SERVICES)
async def test_errors_are_as_strict_as_pages(house: House, name: str) -> None:
    async def broken() -> None:
        raise RuntimeError("a bug")

    house.services[name].app.add_api_route("/casse", broken)
    asked = {
        404: await house.ask(name, "GET", "/rien-ici", "staff"),
        405: await house.ask(name, "DELETE", "/", "staff"),
        413: await house.ask(name, "POST", "/", "staff", headers={"content-length": "99999999"}),
        500: await house.ask(name, "GET", "/casse", "staff"),
    }
    for status, answer in asked.items():
        assert answer.status_code == status
        assert not faults(f"{name} {status}", answer)
        assert answer.headers["content-type"].startswith("text/html") and re.search("<h1", answer.text)


def test_the_cookie_is_for_our_own_pages_alone() -> None:
    answer = Response()
    sessions.give(answer, "x", secure=True)
    cookie = answer.headers["set-cookie"].lower()
    assert all(word in cookie for word in (sessions.COOKIE, "httponly", "samesite=lax", "secure", "path=/"))
