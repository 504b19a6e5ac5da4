"""Every component serves everyone: axe finds nothing, 360 px is enough, the focus is seen."""

import asyncio
import re
from typing import Literal

import pytest
from playwright.async_api import Page, Route

from kernel.ui.gallery import PAGES, gallery_app
from tests.browser.conftest import BrowserPage, Serve, Violations

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

FOCUS = """() => {
  const element = document.activeElement, style = getComputedStyle(element), box = element.getBoundingClientRect();
  return [element.outerHTML.slice(0, 80), style.outlineStyle, style.outlineWidth, box.width > 1, box.bottom > 0];
}"""

SMALL_TARGETS = """() => [...document.querySelectorAll('button, .btn, nav a, select, input:not([type=hidden])')]
  .filter((element) => element.checkVisibility())
  .map((element) => element.matches('[type=checkbox], [type=radio]') ? element.closest('.choice') : element)
  .filter((element) => element.getBoundingClientRect().height < 43.5)
  .map((element) => element.outerHTML.slice(0, 80))"""


# Two presses a moment apart, the second while the first is on its way.
PRESS_TWICE = """async () => {
  for (let press = 0; press < 2; press += 1) {
    document.querySelector('main .btn-primary').click();
    await new Promise((resolve) => setTimeout(resolve, 150));
  }
}"""


@pytest.fixture(scope="module")
def gallery(serve: Serve) -> str:
    return serve(gallery_app())


@pytest.mark.parametrize("width", [1280, 360])
@pytest.mark.parametrize("path", PAGES)
async def test_axe_finds_nothing(
    browser_page: BrowserPage, gallery: str, violations: Violations, path: str, width: int
) -> None:
    page = await browser_page(width)
    await page.goto(gallery + path)

    assert await violations(page) == []


@pytest.mark.parametrize("width", [360, 320, 768])
@pytest.mark.parametrize("path", PAGES)
async def test_nothing_scrolls_sideways(browser_page: BrowserPage, gallery: str, path: str, width: int) -> None:
    page = await browser_page(width)
    await page.goto(gallery + path)

    assert await page.evaluate("document.documentElement.scrollWidth") == width


@pytest.mark.parametrize("path", PAGES)
async def test_a_thumb_can_hit_what_is_there_to_press(browser_page: BrowserPage, gallery: str, path: str) -> None:
    page = await browser_page(360)
    await page.goto(gallery + path)

    assert await page.evaluate(SMALL_TARGETS) == []


@pytest.mark.parametrize("path", ["/bureau", "/suivi"])
async def test_the_keyboard_is_seen_at_every_stop(browser_page: BrowserPage, gallery: str, path: str) -> None:
    page = await browser_page()
    await page.goto(gallery + path)
    stops = []
    for _ in range(40):
        await page.keyboard.press("Tab")
        stop = await page.evaluate(FOCUS)
        if stop[0].startswith("<body"):
            break
        stops.append(stop)

    assert "skip-link" in stops[0][0]
    assert len(stops) > 8
    assert [stop for stop in stops if stop[1:] != ["solid", "3px", True, True]] == []


async def test_the_skip_link_leads_to_the_content(browser_page: BrowserPage, gallery: str) -> None:
    page = await browser_page()
    await page.goto(gallery + "/suivi")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")

    assert await page.evaluate("document.activeElement.id") == "contenu"


async def test_an_error_leads_to_its_field(browser_page: BrowserPage, gallery: str) -> None:
    page = await browser_page(360)
    await page.goto(gallery + "/formulaire")

    assert await page.evaluate("document.activeElement.matches('[data-error-summary]')")
    await page.get_by_role("link", name="Donnez un intitulé").click()
    assert await page.evaluate("document.activeElement.id") == "intitule"


async def names_of_rows(page: Page) -> list[str]:
    fields = await page.locator("[data-rows=lignes] [name$=organisme]").all()
    return [await field.get_attribute("name") or "" for field in fields]


async def test_rows_come_and_go_without_a_gap(browser_page: BrowserPage, gallery: str) -> None:
    page = await browser_page()
    await page.goto(gallery + "/formulaire")

    await page.get_by_role("button", name="Ajouter une ligne").click()
    assert await names_of_rows(page) == [f"lignes-{row}-organisme" for row in range(4)]
    assert await page.evaluate("document.activeElement.name") == "lignes-3-organisme"

    await page.get_by_role("button", name="Retirer la ligne 1").click()
    assert await names_of_rows(page) == [f"lignes-{row}-organisme" for row in range(3)]
    first = page.get_by_role("group", name="Ligne 1").get_by_label("Organisme")
    assert await first.input_value() == "Association du Verger"
    error = page.locator("#lignes-0-montant")
    assert await error.get_attribute("aria-describedby") == "lignes-0-montant-erreur"


async def test_the_last_row_stays(browser_page: BrowserPage, gallery: str) -> None:
    page = await browser_page()
    await page.goto(gallery + "/formulaire")
    for _ in range(2):
        await page.get_by_role("button", name="Retirer la ligne 1").click()

    assert await page.get_by_role("button", name=re.compile("^Retirer")).count() == 0


async def test_letters_walk_through_a_list(browser_page: BrowserPage, gallery: str) -> None:
    page = await browser_page()
    await page.goto(gallery + "/bureau")
    for key in ("j", "j", "j", "k"):
        await page.keyboard.press(key)

    assert await page.evaluate("document.activeElement.textContent") == "Planter un verger"
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/suivi")


async def test_letters_typed_in_a_field_are_letters(browser_page: BrowserPage, gallery: str) -> None:
    page = await browser_page()
    await page.goto(gallery + "/bureau")
    await page.get_by_label("Rechercher").press_sequentially("jk?")

    assert await page.get_by_label("Rechercher").input_value() == "jk?"
    assert not await page.get_by_role("dialog").is_visible()


async def test_shortcuts_can_be_switched_off_for_good(
    browser_page: BrowserPage, gallery: str, violations: Violations
) -> None:
    page = await browser_page()
    await page.goto(gallery + "/bureau")
    await page.keyboard.press("?")
    assert await violations(page) == []
    await page.get_by_label("Utiliser ces raccourcis").uncheck()
    await page.get_by_role("button", name="Fermer").click()
    await page.reload()
    await page.keyboard.press("j")

    assert await page.evaluate("document.activeElement.tagName") == "BODY"


async def test_a_form_leaves_once(browser_page: BrowserPage, gallery: str) -> None:
    page = await browser_page()
    await page.goto(gallery + "/formulaire")
    sent: list[str] = []
    answered = asyncio.Event()

    async def take(route: Route) -> None:
        sent.append(route.request.method)
        await answered.wait()
        await route.fulfill(status=204)  # the browser stays where it is, as while it waits

    await page.route("**/formulaire", take)
    await page.evaluate(PRESS_TWICE)
    answered.set()
    await page.unroute_all(behavior="wait")

    assert sent == ["POST"]
    assert await page.locator("main .btn-primary").text_content() == "Envoi en cours…"


async def test_everything_is_there_without_scripts(browser_page: BrowserPage, gallery: str) -> None:
    page = await browser_page(360, scripts=False)
    await page.goto(gallery + "/formulaire")

    assert await names_of_rows(page) == [f"lignes-{row}-organisme" for row in range(3)]
    assert await page.get_by_role("main").get_by_role("button").all_text_contents() == ["Envoyer"]
    await page.goto(gallery + "/bureau")
    assert await page.get_by_role("main").get_by_role("button").all_text_contents() == ["Filtrer"]


@pytest.mark.parametrize(("motion", "turns"), [("no-preference", 1), ("reduce", 0)])
async def test_the_wheel_turns_once_unless_motion_is_unwelcome(
    browser_page: BrowserPage, gallery: str, motion: Literal["no-preference", "reduce"], turns: int
) -> None:
    page = await browser_page()
    await page.emulate_media(reduced_motion=motion)
    await page.goto(gallery + "/suivi")

    assert (
        await page.evaluate("document.getAnimations().filter((a) => a.animationName === 'wheel-turn').length") == turns
    )


async def test_paper_shows_no_button(browser_page: BrowserPage, gallery: str) -> None:
    page = await browser_page(680)
    await page.emulate_media(media="print")
    await page.goto(gallery + "/bureau")

    assert await page.locator(".btn:visible, .site-nav:visible").count() == 0
    assert await page.evaluate("getComputedStyle(document.querySelector('.data-table td')).display") == "table-cell"
    assert await page.evaluate("getComputedStyle(document.body).color") == "rgb(0, 0, 0)"
