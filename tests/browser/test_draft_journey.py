"""A person fills a dossier in a real browser, with a script or without, by keyboard, on two devices, to the receipt."""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Page, Route, expect

from intake import handlers
from intake.domain.draft import SECTIONS
from intake.forms.draft import fields_of
from tests.browser.conftest import BrowserPage, Violations, serving
from tests.intake_story import CALENDAR, STAFF, form, label
from tests.pages.intake_desk import Desk, opened

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

PROJECT = dict(
    form(
        themes=(),
        porteur_identifiant="130 025 265 00013",
        budget="100 000",
        plan__0__financeur="Région",
        plan__0__montant="60 000,00 €",
        plan__0__etat="acquis",
        besoin__0__objet="Étudier le sol",
        besoin__0__nature="ingenierie",
        besoin__0__montant="12000.5",
        besoin__0__debut="9/2026",
        documents="Esquisse",
    )
)
SAVED = re.compile(r"^Enregistré à \d+\u202fh\u202f\d\d$")
KEPT_CHOICE = "Garder la mienne"


@dataclass
class Place:
    """Where intake answers."""

    desk: Desk
    base: str


@pytest_asyncio.fixture(loop_scope="session")
async def place(tmp_path: Path) -> AsyncIterator[Place]:
    async with opened(tmp_path) as desk:
        async with desk.service.database.work() as work:
            await handlers.open_wave(work, CALENDAR, STAFF)
        with serving(desk.service.app) as base:
            yield Place(desk, base)


async def begin(page: Page, place: Place) -> str:
    """Start a draft from the start page; gives its address."""
    await page.goto(f"{place.base}/candidatures/nouvelle")
    await page.get_by_role("group", name="Le projet se trouve-t-il").get_by_label("Oui").check()
    await page.get_by_role("button", name="Commencer").click()
    await page.wait_for_url("**/brouillons/*")
    address = await page.get_by_label("Copiez cette adresse").input_value()
    assert page.url == address
    return address


def room(address: str, section: str) -> str:
    return address.replace("?cle=", f"/{section}?cle=")


async def write(page: Page, name: str, value: str) -> None:
    """Fill one field, whatever its kind."""
    field = page.locator(f'main [name="{name}"]:not([type=radio])')
    kind = await field.first.evaluate("(field) => field.localName")
    if kind == "select":
        await field.select_option(value)
    else:
        await field.fill(value)


async def answer(page: Page, section: str) -> None:
    """Fill a section of the project."""
    names = fields_of(section, label())
    for name, value in PROJECT.items():
        if name in names or name.partition("-")[0] in names:
            await write(page, name, value)
    if section == "projet":
        await page.get_by_label("Énergie").check()
    if section == "grille":
        await page.locator('[name="grille-resilience"][value="3"]').check()


async def send(page: Page) -> None:
    await page.get_by_label("J’ai lu comment").check()
    await page.get_by_role("button", name="Envoyer la candidature").click()
    await expect(page.get_by_role("heading", name="Votre dossier est bien arrivé.")).to_be_visible()


@pytest.mark.parametrize("scripts", [True, False], ids=["script", "no-script"])
@pytest.mark.parametrize("width", [1280, 360])
async def test_the_whole_journey_to_the_receipt(
    browser_page: BrowserPage, place: Place, violations: Violations, width: int, scripts: bool
) -> None:
    page = await browser_page(width, scripts=scripts)
    address = await begin(page, place)
    await page.get_by_role("link", name="Commencer par").click()
    for section in SECTIONS:
        assert f"/{section}?" in page.url
        await answer(page, section)
        await page.get_by_role("button", name="Enregistrer et continuer").click()
        await page.wait_for_url(lambda url, section=section: f"/{section}?" not in url)
    await expect(page.get_by_text("Le dossier est complet")).to_be_visible()
    if scripts:
        assert await violations(page) == []
    assert await page.evaluate("document.documentElement.scrollWidth") == width
    await send(page)
    await page.goto(address)
    assert "/accuse?" in page.url
    assert await place.desk.count("candidacy") == 1


@pytest.mark.parametrize("width", [1280, 360])
async def test_axe_finds_nothing_on_any_page(
    browser_page: BrowserPage, place: Place, violations: Violations, width: int
) -> None:
    page, other = await browser_page(width), await browser_page()
    address = await begin(page, place)
    pages = [address, *(room(address, section) for section in (*SECTIONS, "verification"))]
    await other.goto(room(address, "projet"))
    await other.get_by_label("Titre du projet").fill("De l’ordinateur")
    await other.get_by_label("Titre du projet").blur()
    await expect(other.locator("[data-status]")).to_have_text(SAVED)
    for path in [f"{place.base}/candidatures/nouvelle", f"{place.base}/candidatures/formulaire", *pages]:
        await page.goto(path)
        assert await violations(page) == [], path
        assert await page.evaluate("document.documentElement.scrollWidth") == width, path


async def test_each_answer_is_kept_as_it_is_written_and_said(browser_page: BrowserPage, place: Place) -> None:
    page = await browser_page(360)
    address = await begin(page, place)
    await page.goto(room(address, "projet"))
    status = page.locator("[data-status]")
    assert await status.get_attribute("aria-live") == "polite"
    await page.get_by_label("Titre du projet").press_sequentially("Une forêt")
    await expect(status).to_have_text(SAVED)
    await page.get_by_label("Énergie").check()
    async with page.expect_response(lambda answer: "mobilite" in (answer.request.post_data or "")):
        await page.get_by_label("Mobilité").check()
    await page.goto(room(address, "grille"))
    async with page.expect_response("**/champs?*"):
        await page.locator('[name="grille-emploi"][value="2"]').check()
    await page.goto(room(address, "projet"))

    assert await page.get_by_label("Titre du projet").input_value() == "Une forêt"
    assert await page.get_by_label("Mobilité").is_checked()
    await page.goto(room(address, "grille"))
    assert await page.locator('[name="grille-emploi"][value="2"]').is_checked()


async def test_rows_and_sums_follow_what_is_written(browser_page: BrowserPage, place: Place) -> None:
    page = await browser_page()
    address = await begin(page, place)
    await page.goto(room(address, "budget"))
    await answer(page, "budget")
    await expect(page.locator("[data-totals]")).to_contain_text("40\u202f000\u202f€")
    await page.get_by_role("button", name="Ajouter un financeur").click()
    await page.keyboard.type("État")
    await page.get_by_role("button", name="Retirer la ligne 1").click()
    await expect(page.locator("[data-totals]")).to_contain_text("100\u202f000\u202f€")
    await expect(page.locator("[data-totals]")).not_to_contain_text("60\u202f000")
    await page.reload()
    assert await page.locator('[name="plan-0-financeur"]').input_value() == "État"


async def crossed(browser_page: BrowserPage, place: Place, name: str) -> tuple[Page, Page]:
    """Two devices that wrote the same answer, the second unaware of the first."""
    first, second = await browser_page(), await browser_page(360)
    address = await begin(first, place)
    for page in (first, second):
        await page.goto(room(address, "projet"))
    for page, words in ((first, "Du bureau"), (second, "Du téléphone")):
        await write(page, name, words)
        await page.locator(f'[name="{name}"]').blur()
        await expect(page.locator("[data-status]")).not_to_be_empty()
    await expect(second.get_by_role("button", name=KEPT_CHOICE)).to_be_visible()
    return first, second


@pytest.mark.parametrize(("choice", "kept"), [(KEPT_CHOICE, "Du téléphone"), ("Prendre l’autre", "Du bureau")])
async def test_two_devices_choose_by_keyboard(
    browser_page: BrowserPage, place: Place, violations: Violations, choice: str, kept: str
) -> None:
    first, second = await crossed(browser_page, place, "titre")
    assert "Du bureau" in await second.locator("[data-crossed=titre]").inner_text()
    assert await violations(second) == []
    await second.locator("[name=titre]").focus()
    for _ in range(3):
        await second.keyboard.press("Tab")
        if await second.evaluate("document.activeElement.textContent") == choice:
            break
    await second.keyboard.press("Enter")
    await expect(second.locator("[data-crossed]")).to_have_count(0)
    await expect(second.locator("[data-status]")).to_have_text(SAVED)
    await first.reload()

    assert await first.get_by_label("Titre du projet").input_value() == kept
    assert await first.locator("[data-versions]").count() == 0


async def test_a_version_left_without_a_choice_waits_for_it(browser_page: BrowserPage, place: Place) -> None:
    first, second = await crossed(browser_page, place, "resume")
    await second.close()
    await first.reload()
    assert await first.locator("#resume").input_value() == "Du bureau"
    await expect(first.locator("[data-versions=resume]")).to_contain_text("Du téléphone")
    await first.get_by_role("button", name="Prendre l’autre version").click()
    await expect(first.locator("[data-versions]")).to_have_count(0)

    assert await first.locator("#resume").input_value() == "Du téléphone"


async def test_a_cut_line_is_said_and_tried_again_until_it_is_kept(browser_page: BrowserPage, place: Place) -> None:
    page = await browser_page(360)
    address = await begin(page, place)
    await page.goto(room(address, "projet"))
    cut = True

    async def line(route: Route) -> None:
        await (route.abort("connectionfailed") if cut else route.continue_())

    await page.route("**/champs?*", line)
    await page.get_by_label("Titre du projet").fill("Écrit dans un tunnel")
    await page.get_by_label("Titre du projet").blur()
    status = page.locator("[data-status]")
    await expect(status).to_have_text("Pas encore enregistré : nouvel essai dans 5 s")
    cut = False
    await expect(status).to_have_text(SAVED)
    await page.reload()

    assert await page.get_by_label("Titre du projet").input_value() == "Écrit dans un tunnel"


async def test_the_keyboard_alone_fills_a_section(browser_page: BrowserPage, place: Place) -> None:
    page = await browser_page()
    address = await begin(page, place)
    await page.goto(room(address, "territoire"))
    await page.get_by_role("link", name="Aller au contenu").focus()
    await page.keyboard.press("Enter")
    await page.keyboard.press("Tab")
    await page.keyboard.type("Lens")
    await page.keyboard.press("Tab")
    await page.keyboard.type("Le centre")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/calendrier?*")
    await page.goto(room(address, "territoire"))

    assert await page.get_by_label("Périmètre").input_value() == "Le centre"
    assert await page.locator("[name=commune]").input_value() == "62498"
