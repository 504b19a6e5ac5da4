"""Files, and what follows a decision, in a real browser: on a phone, with a script or not, nothing for axe to say."""

from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path
from uuid import UUID

import pytest
import pytest_asyncio
from playwright.async_api import Page, expect
from sqlalchemy import text

from intake import handlers
from intake.forms.follow_up import Planned
from intake.handlers import follow_up
from kernel.runtime.sessions import COOKIE
from tests.browser.conftest import BrowserPage, Violations, serving
from tests.intake_story import CALENDAR, STAFF, decision, dossier
from tests.pages.drafting import begun
from tests.pages.intake_desk import Desk, opened
from tests.pages.test_intake_attachments import PDF
from tests.sign_in import cookie_of

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

PLAN = {"name": "Plan masse.pdf", "mimeType": "application/pdf", "buffer": PDF}
PROGRAM = {"name": "plan.pdf", "mimeType": "application/pdf", "buffer": b"MZ" + bytes(300)}


@pytest_asyncio.fixture(loop_scope="session")
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with opened(tmp_path) as made:
        async with made.service.database.work() as work:
            await handlers.open_wave(work, CALENDAR, STAFF)
        yield made


async def fits(page: Page) -> bool:
    return bool(await page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


async def offered(desk: Desk) -> UUID:
    """A labelled project whose accord waits for its porteur."""
    async with desk.service.database.work() as work:
        known = (await handlers.submit_candidacy(work, dossier(), "LE", "t" * 24)).candidacy_id
        await handlers.preselect(work, known, STAFF, "Un projet solide.")
        await handlers.hear_decision(work, decision(known, "labellise", days=0))
        for planned in (
            Planned("porteur", "Ouvrir le chantier aux habitants", date(2026, 9, 1)),
            Planned("label", "Présenter le projet au Grand forum", date(2026, 10, 1)),
            Planned("jalon", "Premier arbre planté", date(2026, 11, 1)),
        ):
            await follow_up.plan_line(work, known, planned, STAFF)
        await follow_up.propose_accord(work, known, STAFF)
    return known


@pytest.mark.parametrize("scripts", [True, False], ids=("scripts", "plain"))
async def test_a_file_is_joined_and_taken_away_on_a_phone(
    desk: Desk, browser_page: BrowserPage, violations: Violations, scripts: bool
) -> None:
    with serving(desk.service.app) as site:
        page = await browser_page(width=360, scripts=scripts)
        await page.goto(site + (await begun(desk)).at("documents"))
        await page.fill("#documents", "https://plans.example")
        await page.set_input_files("#fichiers", [PROGRAM, PLAN])
        await page.get_by_role("button", name="Joindre ces fichiers").click()
        await expect(page.locator("#fichiers-erreur")).to_contain_text("ce n’est pas un PDF")
        await expect(page.get_by_role("link", name="Plan masse.pdf")).to_be_visible()
        await expect(page.locator("#documents")).to_have_value("https://plans.example")
        assert await fits(page)
        if scripts:
            assert await violations(page) == []
        await page.get_by_text("Retirer", exact=False).first.click()
        await page.get_by_role("button", name="Retirer ce fichier du dossier").click()
        await expect(page.get_by_text("Aucun fichier pour l’instant.")).to_be_visible()
        await page.set_input_files("#fichiers", [PLAN])
        await page.get_by_role("button", name="Enregistrer et continuer").click()
        await expect(page.get_by_role("heading", level=1)).to_have_text("Vérifier et envoyer")
        await expect(page.get_by_role("link", name="Plan masse.pdf")).to_be_visible()


async def test_an_accord_is_read_and_accepted_on_a_phone(
    desk: Desk, browser_page: BrowserPage, violations: Violations
) -> None:
    known = await offered(desk)
    async with desk.service.database.engine.connect() as connection:
        person = (await connection.execute(text("SELECT id FROM person"))).scalar_one()
    with serving(desk.service.app) as site:
        page = await browser_page(width=360)
        cookie = await cookie_of(desk.service, "Ville", "applicant", str(person))
        await page.context.add_cookies([{"name": COOKIE, "value": cookie, "url": site}])
        await page.goto(f"{site}/mes-dossiers/{known}")
        assert await fits(page) and await violations(page) == []
        await page.get_by_label("J’ai lu les engagements").check()
        await page.get_by_role("button", name="Accepter l’accord").click()
        await expect(page.get_by_text("Accord accepté")).to_be_visible()
        staff = await browser_page(width=1280)
        cookie = await cookie_of(desk.service, "Équipe", "staff")
        await staff.context.add_cookies([{"name": COOKIE, "value": cookie, "url": site}])
        await staff.goto(f"{site}/dossiers/{known}")
        await expect(staff.get_by_text("Accord accepté")).to_be_visible()
        assert await fits(staff) and await violations(staff) == []
