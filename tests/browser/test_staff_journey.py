"""The staff's days in a real browser: a wave opens, dossiers come, two what-ifs, a decision in their own words."""

import os
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import pytest
import pytest_asyncio
from playwright.async_api import Page, expect

from intake import handlers
from intake.handlers import board
from kernel.runtime.sessions import COOKIE
from tests.browser.conftest import BrowserPage, Violations, serving
from tests.handlers.test_intake_acts import match
from tests.intake_story import STAFF, dossier
from tests.pages.intake_desk import Desk, opened
from tests.sign_in import cookie_of

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

SHOTS = os.environ.get("SHOTS", "")
"""A folder where the pages are photographed, to be looked at; nowhere unless it is named."""
TITLES = ("Une forêt urbaine", "Le garage solidaire", "Les jardins partagés")


@dataclass
class Place:
    """Where intake answers."""

    desk: Desk
    base: str


@pytest_asyncio.fixture(loop_scope="session")
async def place(tmp_path: Path) -> AsyncIterator[Place]:
    async with opened(tmp_path) as desk:
        with serving(desk.service.app) as base:
            yield Place(desk, base)


async def officer(page: Page, place: Place) -> Page:
    cookie = await cookie_of(place.desk.service, STAFF, "staff")
    await page.context.add_cookies([{"name": COOKIE, "value": cookie, "url": place.base}])
    return page


async def looked_at(page: Page, violations: Violations | None, name: str, width: int) -> None:
    """Nothing for axe to say, nothing wider than the screen; photographed where that is asked."""
    if violations is not None:
        assert await violations(page) == [], name
    assert await page.evaluate("document.documentElement.scrollWidth") <= width, name
    if SHOTS:
        await page.screenshot(path=f"{SHOTS}/{name}-{width}.png", full_page=True)


async def opens_a_wave(page: Page, place: Place) -> None:
    await page.goto(f"{place.base}/vagues")
    await page.get_by_label("Titre").fill("Vague de printemps")
    await page.get_by_label("Ouverture").fill("2026-03-01T09:00")
    await page.get_by_label("Clôture").fill("2026-04-30T12:00")
    await page.get_by_label("Nombre de dossiers à retenir").fill("2")
    await page.get_by_role("button", name="Ouvrir la vague").click()
    await expect(page.get_by_text("La vague est enregistrée.")).to_be_visible()


async def dossiers_arrive(place: Place) -> list[UUID]:
    """As their porteurs send them, with a call that the watch names to the second."""
    found = []
    for number, title in enumerate(TITLES):
        async with place.desk.service.database.work() as work:
            receipt = await handlers.submit_candidacy(work, dossier(titre=title), "LE", f"{number}" * 24)
            found.append(receipt.candidacy_id)
    async with place.desk.service.database.work() as work:
        await board.hear_of_match(work, match(found[1], 0))
    return found


async def imagines(page: Page, place: Place, name: str, numbers: tuple[str, ...]) -> None:
    await page.goto(f"{place.base}/preselection")
    for number in numbers:
        await page.get_by_label(f"Cocher {number}").check()
    await page.get_by_label("Nom de la simulation").fill(name)
    await page.get_by_role("button", name="Garder la simulation").click()
    await expect(page.get_by_text("La simulation est gardée.")).to_be_visible()


async def reads_side_by_side(page: Page, place: Place) -> None:
    await page.goto(f"{place.base}/preselection")
    for number in ("LE-2026-0001", "LE-2026-0003"):
        await page.get_by_label(f"Cocher {number}").check()
    await page.get_by_role("button", name="Lire côte à côte les dossiers cochés").click()
    await expect(page.get_by_text(TITLES[2]).first).to_be_visible()
    await expect(page.get_by_text(TITLES[1])).to_have_count(0)


async def decides(page: Page, place: Place, ids: list[UUID]) -> None:
    """The answers are drafted, edited, confirmed, and done at once."""
    await page.goto(f"{place.base}/preselection")
    await page.get_by_role("link", name="Prudente").click()
    await page.get_by_role("link", name="Préparer la décision").click()
    drafted = page.locator(f'[name="suites-{ids[1]}"]')
    assert "Appel 0 (Région)" in await drafted.input_value()
    await drafted.fill("Voyez l’appel de la Région avec nous.")
    for one in ids:
        await page.locator(f'[name="motif-{one}"]').fill("Un motif écrit par l’équipe.")
    await page.get_by_role("button", name="Confirmer la décision").click()
    await expect(page.get_by_text("Rien n’est encore fait.")).to_be_visible()


@pytest.mark.parametrize(("width", "scripts"), [(1280, True), (360, True), (360, False)])
async def test_a_wave_is_opened_weighed_and_decided(
    browser_page: BrowserPage, place: Place, violations: Violations, width: int, scripts: bool
) -> None:
    page = await officer(await browser_page(width, scripts=scripts), place)
    axe = violations if scripts else None  # axe is a script: in a page without any it never answers
    await opens_a_wave(page, place)
    await looked_at(page, axe, "vagues-ouverte", width)
    ids = await dossiers_arrive(place)
    told = await place.desk.count("outbox")
    await imagines(page, place, "Prudente", ("LE-2026-0001",))
    await imagines(page, place, "Large", ("LE-2026-0001", "LE-2026-0002", "LE-2026-0003"))
    await looked_at(page, axe, "preselection", width)
    await reads_side_by_side(page, place)
    await looked_at(page, axe, "lecture", width)
    assert await place.desk.count("outbox") == told

    await decides(page, place, ids)
    await looked_at(page, axe, "acte-prevu", width)
    assert await place.desk.count("candidacy WHERE state = 'depose'") == 3
    await page.get_by_role("button", name="Exécuter maintenant").click()
    await expect(page.get_by_text("L’acte est exécuté.")).to_be_visible()
    assert await place.desk.count("candidacy WHERE state = 'preselectionne'") == 1
    await page.goto(f"{place.base}/dossiers/{ids[1]}")
    await expect(page.get_by_text("Voyez l’appel de la Région avec nous.").first).to_be_visible()


async def a_view_is_kept(page: Page, place: Place, axe: Violations | None, width: int) -> None:
    await page.goto(f"{place.base}/dossiers")
    await page.get_by_text("Autres filtres et colonnes").click()
    await page.get_by_label("Stade").first.select_option("etude")
    await page.get_by_role("button", name="Filtrer").click()
    await page.wait_for_url("**stade=etude**")
    await looked_at(page, axe, "dossiers-filtres", width)
    await page.get_by_text("Garder cette vue, ou en supprimer une").click()
    await page.get_by_label("Nom de la vue").fill("Les études")
    await page.get_by_role("button", name="Garder la vue").click()
    await expect(page.get_by_role("link", name="Les études")).to_be_visible()


@pytest.mark.parametrize(("width", "scripts"), [(1280, True), (360, True), (360, False)])
async def test_a_list_is_filtered_kept_and_acted_upon(
    browser_page: BrowserPage, place: Place, violations: Violations, width: int, scripts: bool
) -> None:
    page = await officer(await browser_page(width, scripts=scripts), place)
    axe = violations if scripts else None
    await opens_a_wave(page, place)
    await dossiers_arrive(place)
    await a_view_is_kept(page, place, axe, width)

    await page.get_by_label("Cocher LE-2026-0002").check()
    await page.get_by_label("Pour les dossiers cochés").select_option("etiqueter")
    await page.get_by_role("button", name="Préparer").click()
    await page.get_by_label("Étiquette à ajouter").fill("à visiter")
    await looked_at(page, axe, "lot", width)
    await page.get_by_role("button", name="Confirmer").click()
    await expect(page.get_by_text("Rien n’est encore fait.")).to_be_visible()
    await looked_at(page, axe, "acte", width)
    await page.get_by_role("button", name="Annuler l’acte").click()
    await expect(page.get_by_text("L’acte est annulé.")).to_be_visible()
    assert await place.desk.count("tag") == 0
    await page.goto(f"{place.base}/actes")
    await looked_at(page, axe, "actes", width)


async def test_the_board_is_walked_by_keyboard(browser_page: BrowserPage, place: Place) -> None:
    page = await officer(await browser_page(), place)
    await opens_a_wave(page, place)
    await dossiers_arrive(place)
    await page.goto(f"{place.base}/preselection")
    await page.keyboard.press("j")
    await page.keyboard.press("j")
    await page.keyboard.press("k")
    await page.keyboard.press("j")
    await page.keyboard.press("Enter")

    await expect(page.get_by_role("heading", level=1)).to_have_text(TITLES[1])
    await page.goto(f"{place.base}/preselection")
    await page.keyboard.press("?")
    await expect(page.get_by_role("heading", name="Raccourcis clavier")).to_be_visible()


async def test_a_dossier_prints_in_black_without_private_notes(browser_page: BrowserPage, place: Place) -> None:
    page = await officer(await browser_page(), place)
    await opens_a_wave(page, place)
    one, *_ = await dossiers_arrive(place)
    await page.goto(f"{place.base}/dossiers/{one}")
    await page.get_by_label("Ajouter une note").fill("Une note privée.")
    await page.get_by_role("button", name="Garder la note").click()
    await page.emulate_media(media="print")

    await expect(page.get_by_role("heading", level=1)).to_have_css("color", "rgb(0, 0, 0)")
    await expect(page.get_by_text("Dossier déposé")).to_be_visible()
    await expect(page.get_by_text("Une note privée.")).to_be_hidden()
    await expect(page.get_by_label("Votre message au porteur")).to_be_hidden()
    assert await page.pdf(format="A4")
