"""A dossier after it was sent, in a real browser: changed, talked about, corrected, compared; by keyboard too."""

import os
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
import pytest_asyncio
from playwright.async_api import Page, expect

from intake import handlers
from intake.store import people
from kernel.runtime.sessions import COOKIE
from tests.browser.conftest import BrowserPage, Violations, serving
from tests.intake_story import CALENDAR, STAFF, dossier
from tests.pages.intake_desk import Desk, opened
from tests.sign_in import cookie_of

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

EMAIL = "foret@porteur.example"
SHOTS = os.environ.get("SHOTS", "")
"""A folder where the pages are photographed, to be looked at; nowhere unless it is named."""


@dataclass
class Place:
    """Where intake answers, and the dossier that was sent."""

    desk: Desk
    base: str
    candidacy_id: UUID

    @property
    def mine(self) -> str:
        return f"{self.base}/mes-dossiers/{self.candidacy_id}"

    @property
    def desk_page(self) -> str:
        return f"{self.base}/dossiers/{self.candidacy_id}"


@pytest_asyncio.fixture(loop_scope="session")
async def place(tmp_path: Path) -> AsyncIterator[Place]:
    async with opened(tmp_path) as desk:
        async with desk.service.database.work() as work:
            await handlers.open_wave(work, CALENDAR, STAFF)
            receipt = await handlers.submit_candidacy(work, dossier(), "LE", "t" * 24, timedelta(0))
        with serving(desk.service.app) as base:
            yield Place(desk, base, receipt.candidacy_id)


async def signed_in(page: Page, place: Place, *, staff: bool) -> Page:
    if staff:
        cookie = await cookie_of(place.desk.service, STAFF, "staff")
    else:
        async with place.desk.service.database.reading() as session:
            member = await people.of_email(session, EMAIL)
        assert member is not None
        cookie = await cookie_of(place.desk.service, member.name, "applicant", str(member.id))
    await page.context.add_cookies([{"name": COOKIE, "value": cookie, "url": place.base}])
    return page


async def looked_at(page: Page, violations: Violations | None, name: str, width: int) -> None:
    """Nothing for axe to say, nothing wider than the screen; photographed where that is asked."""
    if violations is not None:
        assert await violations(page) == [], name
    assert await page.evaluate("document.documentElement.scrollWidth") <= width, name
    if SHOTS:
        await page.screenshot(path=f"{SHOTS}/{name}-{width}.png", full_page=True)


async def changes(page: Page, place: Place) -> None:
    """The porteur changes the budget, sends the dossier again and writes to the team."""
    await page.goto(f"{place.base}/mes-dossiers")
    await page.get_by_role("link", name="Une forêt urbaine").click()
    await page.get_by_role("button", name="Modifier le dossier").click()
    await page.get_by_role("link", name="Le budget et le plan de financement").first.click()
    await page.get_by_label("Budget total").fill("9 000 €")
    await page.get_by_role("button", name="Enregistrer et continuer").click()
    await page.wait_for_url("**/besoins")
    await page.goto(page.url.replace("/besoins", "/verification"))
    await page.get_by_role("button", name="Renvoyer le dossier").click()
    await expect(page.get_by_text("Vos modifications sont enregistrées.")).to_be_visible()
    await page.get_by_label("Votre message à l’équipe").fill("Le budget a changé.\nMerci de le relire.")
    await page.get_by_role("button", name="Envoyer le message").click()
    await expect(page.get_by_text("Votre message est parti.")).to_be_visible()


async def answers(page: Page, place: Place) -> None:
    """Staff find the task, answer, ask for a correction, keep a note and tags."""
    await page.goto(f"{place.base}/a-faire")
    await page.get_by_role("link", name="LE-2026-0001").first.click()
    await expect(page.get_by_text("Merci de le relire.")).to_be_visible()
    await page.get_by_label("Votre message au porteur").fill("Bien reçu.")
    await page.get_by_role("button", name="Envoyer le message").click()
    await expect(page.get_by_text("Le message est parti.")).to_be_visible()
    await page.get_by_text("Demander une correction").click()
    await page.get_by_label("Partie du dossier").select_option("projet")
    await page.get_by_label("Ce qu’il faut corriger").fill("Précisez le résumé.")
    await page.get_by_label("À rendre avant le").fill("2026-04-02")
    await page.get_by_role("button", name="Envoyer la demande").click()
    await expect(page.get_by_text("La demande de correction est partie.")).to_be_visible()
    await page.get_by_label("Ajouter une note").fill("Dossier suivi de près.")
    await page.get_by_role("button", name="Garder la note").click()
    await expect(page.get_by_text("La note est gardée.")).to_be_visible()
    await page.get_by_label("Étiquettes").fill("forêt, à visiter")
    await page.get_by_role("button", name="Enregistrer les étiquettes").click()
    await expect(page.get_by_text("Les étiquettes sont enregistrées.")).to_be_visible()


async def corrects(page: Page) -> None:
    """The porteur corrects the section that was asked; before the preselection the others are open too."""
    await page.get_by_role("button", name="Corriger le dossier").click()
    await page.get_by_role("link", name="Le projet", exact=True).first.click()
    await page.get_by_label("Résumé").fill("Planter dix mille arbres au cœur de la ville.")
    await page.get_by_role("button", name="Enregistrer et continuer").click()
    await page.wait_for_url("**/porteur")
    await page.goto(page.url.replace("/porteur", "/verification"))


@pytest.mark.parametrize(("width", "scripts"), [(1280, True), (360, True), (360, False)])
async def test_a_dossier_is_changed_talked_about_and_corrected(
    browser_page: BrowserPage, place: Place, violations: Violations, width: int, scripts: bool
) -> None:
    porteur = await signed_in(await browser_page(width, scripts=scripts), place, staff=False)
    staff = await signed_in(await browser_page(width, scripts=scripts), place, staff=True)
    axe = violations if scripts else None  # axe is a script: in a page without any it never answers
    await changes(porteur, place)
    await answers(staff, place)

    await porteur.goto(place.mine)
    await expect(porteur.get_by_text("Précisez le résumé.").first).to_be_visible()
    await expect(porteur.get_by_text("Dossier suivi de près.")).to_have_count(0)
    await expect(porteur.get_by_text("à visiter")).to_have_count(0)
    await looked_at(porteur, axe, "mon-dossier", width)
    await corrects(porteur)
    await looked_at(porteur, axe, "renvoyer", width)
    await porteur.get_by_role("button", name="Renvoyer le dossier").click()
    await porteur.get_by_role("link", name="Ce qui a changé").click()
    await expect(porteur.get_by_text("Planter dix mille arbres")).to_be_visible()
    await looked_at(porteur, axe, "mes-versions", width)
    await porteur.goto(f"{place.base}/mes-dossiers")
    await looked_at(porteur, axe, "mes-dossiers", width)
    assert await place.desk.count("dossier_version") == 3


@pytest.mark.parametrize("width", [1280, 360])
async def test_the_desk_has_nothing_for_axe(
    browser_page: BrowserPage, place: Place, violations: Violations, width: int
) -> None:
    staff = await signed_in(await browser_page(width), place, staff=True)
    porteur = await signed_in(await browser_page(), place, staff=False)
    await changes(porteur, place)
    await answers(staff, place)

    for name, path in {
        "dossier": place.desk_page,
        "dossier-versions": f"{place.desk_page}/versions",
        "a-faire": f"{place.base}/a-faire",
        "vagues": f"{place.base}/vagues",
        "donnees": f"{place.base}/donnees",
        "equipe": f"{place.base}/equipe",
    }.items():
        await staff.goto(path)
        await looked_at(staff, violations, name, width)


async def test_a_message_is_written_and_sent_by_keyboard(browser_page: BrowserPage, place: Place) -> None:
    page = await signed_in(await browser_page(), place, staff=False)
    await page.goto(place.mine)
    for _ in range(40):
        await page.keyboard.press("Tab")
        if await page.evaluate("document.activeElement.name") == "message":
            break
    await page.keyboard.type("Sans la souris.")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")

    await expect(page.get_by_text("Votre message est parti.")).to_be_visible()
    assert await place.desk.count("message") == 1
