"""A juror marks a dossier on a phone, each answer kept as it is given; staff look at the picture. axe finds nothing."""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import pytest
import pytest_asyncio
from playwright.async_api import Page, expect
from starlette.applications import Starlette
from starlette.routing import Mount

from kernel.runtime.auth import Role
from kernel.runtime.sessions import COOKIE
from kernel.ui import static_app
from scoring import handlers
from tests.browser.conftest import BrowserPage, Violations, serving
from tests.pages.scoring_desk import Desk, opened
from tests.scoring_story import WAVE
from tests.sign_in import cookie_of
from tests.sitting_story import EXPERTS, dossiers, label, marked, tried, turned
from tests.sitting_story import opened as sitting_opened

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

SAVED = re.compile(r"^Enregistré à \d+\u202fh\u202f\d\d$")
ME = EXPERTS[3]


@dataclass
class Place:
    """Where the instruction answers, with a sitting of experts on four dossiers, three jurors having given theirs."""

    desk: Desk
    base: str
    sitting: UUID
    dossiers: list[UUID]

    async def enter(self, page: Page, name: str, role: Role, person: str = "") -> None:
        cookie = await cookie_of(self.desk.service, name, role, person)
        await page.context.add_cookies([{"name": COOKIE, "value": cookie, "url": self.base}])

    def at(self, path: str) -> str:
        return f"{self.base}/instruction{path}"


@pytest_asyncio.fixture(loop_scope="session")
async def place(tmp_path: Path) -> AsyncIterator[Place]:
    async with opened(tmp_path) as desk:
        database = desk.service.database
        found = await dossiers(database, 4)
        sitting = await sitting_opened(database, "expertise")
        for n, juror in enumerate(EXPERTS[:3]):
            for m, one in enumerate(found):
                await marked(database, sitting, one, juror, (1 + (n + m) % 3, 0 if n else 4, 3))
        routes = [Mount("/instruction", desk.service.app), Mount("/static", static_app(label().colours))]
        with serving(Starlette(routes=routes)) as base:  # type: ignore[arg-type] # any ASGI application will do
            yield Place(desk, base, sitting, found)


async def test_a_juror_marks_on_a_phone_and_each_answer_is_kept(
    place: Place, browser_page: BrowserPage, violations: Violations
) -> None:
    page = await browser_page(width=360)
    await place.enter(page, ME.name, "expert", ME.key)
    await page.goto(place.at("/mes-notes"))
    await page.get_by_role("button", name="Prendre place").click()
    await page.get_by_role("link", name="La recyclerie du carreau").click()
    for group in await page.locator("fieldset").all():
        await group.get_by_label("2 · Engagé").check()
    assert await violations(page) == []
    await page.get_by_role("button", name="Comparer avec le repère").click()
    await expect(page.get_by_role("heading", name="Ce qui a été retenu, et pourquoi")).to_be_visible()
    assert await violations(page) == []
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    await tried(place.desk.service.database, place.sitting, ME)
    await page.goto(place.at("/mes-notes"))
    await page.get_by_role("link", name="Projet 1").click()
    assert await violations(page) == []
    await page.get_by_label("Aucun lien").check()
    await page.get_by_role("button", name="Enregistrer ma réponse").click()

    question = page.get_by_role("group", name="Lien social")
    await question.get_by_label("3 · Solide").check()
    await expect(page.locator("[data-status]")).to_have_text(SAVED)
    assert await violations(page) == []
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    await page.reload()

    await expect(question.get_by_label("3 · Solide")).to_be_checked()


@pytest.mark.parametrize("width", [360, 1280])
async def test_every_page_of_a_sitting_is_accessible_and_fits(
    place: Place, browser_page: BrowserPage, violations: Violations, width: int
) -> None:
    one = place.dossiers[0]
    for dossier, levels in zip(place.dossiers, ((2, 3, 1), (3, None, 2)), strict=False):
        await marked(place.desk.service.database, place.sitting, dossier, ME, levels)
    await turned(place.desk.service.database, place.sitting)
    mine = [f"/seances/{place.sitting}/revue", f"/seances/{place.sitting}/dossiers/{one}/discussion"]
    staff = ["/seances", f"/seances/{place.sitting}", f"/seances/{place.sitting}/tableau"]
    staff += [f"/seances/{place.sitting}/ordre-du-jour", f"/vagues/{WAVE}", f"/vagues/{WAVE}/dossiers/{one}"]
    page = await browser_page(width=width)
    for name, role, person, paths in ((ME.name, "expert", ME.key, mine), ("Équipe du Label", "staff", "", staff)):
        await place.enter(page, name, role, person)  # type: ignore[arg-type] # a role
        for path in paths:
            answer = await page.goto(place.at(path))
            assert answer is not None and answer.status == 200, path
            assert await violations(page) == [], path
            assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path


async def test_without_a_script_the_same_pages_do(place: Place, browser_page: BrowserPage) -> None:
    await tried(place.desk.service.database, place.sitting, ME)
    async with place.desk.service.database.work() as work:
        await handlers.declare(work, place.sitting, place.dossiers[1], ME, ("aucun", ""))
    page = await browser_page(width=360, scripts=False)
    await place.enter(page, ME.name, "expert", ME.key)
    await page.goto(place.at(f"/seances/{place.sitting}/dossiers/{place.dossiers[1]}/notes/diffusion"))
    await page.get_by_role("group", name="essaimage").get_by_label("4 · Exemplaire").check()

    await page.get_by_role("button", name="Enregistrer et continuer").click()

    await expect(page.get_by_role("alert")).to_contain_text("Justifiez un 4")
    await expect(page.get_by_role("group", name="essaimage").get_by_label("4 · Exemplaire")).to_be_checked()
