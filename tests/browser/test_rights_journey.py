"""Somebody sees, takes away and erases what is kept of them, by keyboard alone, with or without a script."""

import zipfile
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Page, expect

from intake import handlers
from kernel.runtime.sessions import COOKIE
from tests.browser.conftest import BrowserPage, Violations, serving
from tests.pages.whole_house import House, furnished

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

LEGAL = ("/mentions-legales", "/donnees-personnelles", "/accessibilite", "/connexion")


@pytest_asyncio.fixture(loop_scope="session")
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with furnished(tmp_path) as made:
        yield made


async def signed_in(page: Page, base: str, house: House) -> None:
    await page.context.add_cookies([{"name": COOKIE, "value": house.cookies["applicant"], "url": base}])


async def press(page: Page, words: str) -> None:
    """Reach a button or a link by Tab, and press it."""
    for _ in range(80):
        await page.keyboard.press("Tab")
        if await page.evaluate("document.activeElement.innerText.trim()") == words:
            await page.keyboard.press("Enter")
            return
    raise AssertionError(f"the keyboard does not reach « {words} »")


@pytest.mark.parametrize("scripts", [True, False], ids=["script", "no-script"])
@pytest.mark.parametrize("width", [1280, 360])
async def test_by_keyboard_from_ones_data_to_the_report(
    browser_page: BrowserPage, house: House, violations: Violations, width: int, scripts: bool
) -> None:
    async with house.intake.work() as work:
        await handlers.withdraw(work, house.other.candidacy_id, "Le projet change.")
    page = await browser_page(width, scripts=scripts)
    with serving(house.services["intake"].app) as base:
        await signed_in(page, base, house)
        await page.goto(f"{base}/mes-donnees")
        await press(page, "Préparer mon archive")
        await expect(page.get_by_text("En préparation").first).to_be_visible()
        await house.carry()
        await page.reload()
        await expect(page.get_by_text("En préparation")).to_have_count(0)
        async with page.expect_download() as got:
            await press(page, "Télécharger l’archive")
        with zipfile.ZipFile(await (await got.value).path()) as archive:
            assert "dossiers.json" in archive.namelist()
        await checked(page, width, violations if scripts else None)
        await page.goto(f"{base}/mes-donnees/effacement")
        await checked(page, width, violations if scripts else None)
        await press(page, "Effacer définitivement")
        await expect(page.get_by_role("heading", name="Vos données s’effacent.")).to_be_visible()
        await checked(page, width, violations if scripts else None)
        await page.goto(f"{base}/mes-donnees")
        await expect(page.get_by_role("heading", name="Identifiez-vous")).to_be_visible()


async def checked(page: Page, width: int, violations: Violations | None) -> None:
    """Nothing sticks out, and axe finds nothing where it may run."""
    assert await page.evaluate("document.documentElement.scrollWidth") <= width, page.url
    if violations is not None:
        assert await violations(page) == [], page.url


@pytest.mark.parametrize("width", [1280, 360])
async def test_axe_finds_nothing_on_what_the_law_asks_for(
    browser_page: BrowserPage, house: House, violations: Violations, width: int
) -> None:
    page = await browser_page(width)
    with serving(house.services["intake"].app) as base:
        for path in LEGAL:
            await page.goto(base + path)
            await checked(page, width, violations)
