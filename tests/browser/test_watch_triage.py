"""The board, a match and a montage in a real browser: at a desk and on a phone, by keyboard, without a script."""

import os
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import pytest
import pytest_asyncio
from fastapi import FastAPI
from playwright.async_api import Page, expect

from funding_watch import app, handlers
from funding_watch.handlers.views import save_view
from funding_watch.store.matches import match_id
from kernel.contracts.label import load_label
from kernel.runtime import migrate
from kernel.runtime.clock import FixedClock
from kernel.runtime.service import Service
from kernel.runtime.sessions import COOKIE
from kernel.runtime.settings import Settings
from kernel.ui import static_app
from tests.browser.conftest import BrowserPage, Violations, serving
from tests.sign_in import cookie_of
from tests.watch_story import PLACE, START, call, decided, far_calls, need, project, read, someone, submitted

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

SHOTS = os.environ.get("SHOTS", "")
"""A folder where the pages are photographed, to be looked at; nowhere unless it is named."""
HEAT = need().model_copy(update={"amount": 400_000})


@dataclass
class Watch:
    """Where the watch answers, and the project that is sorted."""

    service: Service
    base: str
    candidacy: UUID


@pytest_asyncio.fixture(loop_scope="session")
async def watch(tmp_path: Path) -> AsyncIterator[Watch]:
    settings = Settings.load(data=tmp_path, aides_territoires_token="t")
    service = app.build(settings, "nats://127.0.0.1:1", FixedClock(START))
    await migrate.upgrade(service.database.engine, "funding_watch")
    candidacy = someone()
    second = call("2", title="Chaufferie au bois et réseau de chaleur", amount_max=90_000)
    await read(service.database, call(amount_max=150_000), second, *far_calls())
    facts = project(needs=(HEAT,)).model_copy(update={"budget": 500_000})
    for event in (submitted(candidacy, facts), decided(candidacy)):
        async with service.database.work() as work:
            await handlers.hear(work, event, PLACE)
    origin = FastAPI()
    origin.mount("/veille", service.app)
    origin.mount("/static", static_app(load_label(settings.label_file, settings.territory_file).colours))
    with serving(origin) as base:
        yield Watch(service, base, candidacy)
    await service.database.close()


async def opened(watch: Watch, browser_page: BrowserPage, width: int, *, scripts: bool = True) -> Page:
    page = await browser_page(width=width, scripts=scripts)
    cookie = await cookie_of(watch.service, "Équipe du Label", "staff")
    await page.context.add_cookies([{"name": COOKIE, "value": cookie, "url": watch.base}])
    return page


async def sound(page: Page, violations: Violations, name: str) -> None:
    """Nothing that axe finds, nothing wider than the screen."""
    assert await violations(page) == []
    assert await page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    if SHOTS:
        await page.screenshot(path=f"{SHOTS}/{name}.png", full_page=True)


@pytest.mark.parametrize("width", [360, 1280])
async def test_the_pages_are_sound_at_both_widths(
    watch: Watch, browser_page: BrowserPage, violations: Violations, width: int
) -> None:
    page = await opened(watch, browser_page, width)
    async with watch.service.database.work() as work:
        await save_view(work, "Équipe du Label", "tri", "Tout ce qui vient", "etat=tout")
    key = call().key
    for name, path in {
        "board": "tri?etat=tout",
        "views": "tri/vues",
        "match": f"tri/{match_id(watch.candidacy, key)}",
        "montage": f"projets/{watch.candidacy}/montage",
        "why": f"projets/{watch.candidacy}/pourquoi?appel={key}",
        "decoding": f"decryptage/{key}",
        "entry": "saisies/nouvelle",
        "calls": "",
        "call": f"appels/{key}",
    }.items():
        await page.goto(f"{watch.base}/veille/{path}")
        await sound(page, violations, f"{name}-{width}")


async def test_two_rows_are_set_aside_and_taken_back_without_a_script(
    watch: Watch, browser_page: BrowserPage, violations: Violations
) -> None:
    page = await opened(watch, browser_page, 360, scripts=False)
    await page.goto(f"{watch.base}/veille/tri")
    for box in await page.locator("input[name=ligne]").all():
        await box.check()
    await page.locator("#tri select[name=etat]").select_option("ecarte")
    await page.get_by_role("button", name="Préparer").click()
    await expect(page.get_by_role("heading", name="Écarté", exact=True)).to_be_visible()
    await page.get_by_label("Pourquoi").select_option("deja_demande")
    await page.get_by_role("button", name="Confirmer").click()
    await expect(page.get_by_text("2 appels ont changé d’état.")).to_be_visible()
    await page.get_by_role("button", name="Annuler ces changements").click()
    await expect(page.get_by_text("2 lignes.")).to_be_visible()


async def test_a_row_is_reached_and_opened_by_keyboard(watch: Watch, browser_page: BrowserPage) -> None:
    page = await opened(watch, browser_page, 1280)
    await page.goto(f"{watch.base}/veille/tri")
    await page.keyboard.press("j")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", name="Que devient cet appel")).to_be_visible()


async def test_a_montage_is_checked_again_by_hand(
    watch: Watch, browser_page: BrowserPage, violations: Violations
) -> None:
    page = await opened(watch, browser_page, 360, scripts=False)
    await page.goto(f"{watch.base}/veille/projets/{watch.candidacy}/montage")
    await page.locator("input[name^=m-]").first.fill("450 000")
    await page.get_by_role("button", name="Vérifier").click()
    await expect(page.get_by_text("Ce montage ne tient pas tel quel.")).to_be_visible()
    page = await opened(watch, browser_page, 1280)
    await page.goto(f"{watch.base}/veille/projets/{watch.candidacy}/montage")
    await page.emulate_media(media="print")
    await expect(page.get_by_role("heading", name="Modifier à la main")).to_be_hidden()
    await sound(page, violations, "montage-print")


async def test_a_figure_is_checked_as_it_is_typed_and_nothing_is_kept(
    watch: Watch, browser_page: BrowserPage, violations: Violations
) -> None:
    page = await opened(watch, browser_page, 1280)
    await page.goto(f"{watch.base}/veille/projets/{watch.candidacy}/montage")
    sums, field = page.locator("#bilan"), page.locator("input[name^=m-]").first
    await expect(sums).to_contain_text("Aucune règle connue n’est dépassée.")
    await field.fill("450 000")
    await expect(sums).to_contain_text("donne 150\u202f000\u202f€ au plus")
    await expect(page.locator("#ruptures")).to_contain_text("Ce montage ne tient pas tel quel.")
    await expect(page.get_by_role("heading", name="Le montage essayé")).to_be_visible()
    await expect(field).to_be_focused()
    await sound(page, violations, "montage-live")

    await field.fill("des sous")
    await expect(page.locator(".field-wrong")).to_contain_text("n’est pas une somme")
    await expect(field).to_have_attribute("aria-invalid", "true")
    await field.fill("12 000")
    await expect(page.locator("#somme")).to_contain_text("102\u202f000\u202f€")
    await expect(page.locator(".field-wrong")).to_have_count(0)
    await page.reload()
    await expect(page.get_by_role("heading", name="Le plan proposé")).to_be_visible()

    await page.route("**/montage", lambda route: route.abort())
    await page.locator("input[name^=m-]").first.fill("13 000")
    await expect(sums).to_contain_text("utilisez « Vérifier »")
