"""The watch in a real browser, at the width of a desk and of a phone: list, call, duplicates, sources."""

import os
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
import pytest_asyncio
from fastapi import FastAPI
from playwright.async_api import Page, expect

from funding_watch import app, handlers
from kernel.contracts.label import load_label
from kernel.runtime import migrate
from kernel.runtime.clock import FixedClock
from kernel.runtime.service import Service
from kernel.runtime.sessions import COOKIE
from kernel.runtime.settings import Settings
from kernel.ui import static_app
from tests.browser.conftest import BrowserPage, Violations, serving
from tests.sign_in import cookie_of
from tests.watch_story import (
    PLACE,
    START,
    call,
    claimed,
    decided,
    english_call,
    far_calls,
    moment,
    read,
    someone,
    submitted,
)

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

SHOTS = os.environ.get("SHOTS", "")
"""A folder where the pages are photographed, to be looked at; nowhere unless it is named."""
MINE = call("1", amount_max=80_000, cut_offs=(moment(30), moment(90)))
OTHER = call("77", source="portail", title="Réseau de chaleur bois", funders=("ADEME Hauts-de-France",))
PAST = (
    call("old", title="Cantines 2026", closes_at=moment(-9), opens_on=date(2026, 1, 8)),
    call("older", title="Cantines 2025", closes_at=moment(-370), opens_on=date(2025, 1, 20)),
)


@dataclass
class Watch:
    """Where the watch answers, and the project that it follows."""

    service: Service
    base: str
    project: str


async def lived(service: Service, clock: FixedClock) -> str:
    """Two crawls, a deadline that moved, a source that failed, two records of one call; the project's page."""
    candidacy_id, database = someone(), service.database
    for event in (submitted(candidacy_id), decided(candidacy_id)):
        async with database.work() as work:
            await handlers.hear(work, event, PLACE)
    await read(database, *far_calls(), MINE, OTHER, english_call(), *PAST)
    clock.set(moment(1))
    await read(database, *far_calls(), MINE.model_copy(update={"rate_max": 60}), OTHER, english_call(), *PAST)
    async with database.work() as work:
        await handlers.suggest_duplicates(work, {MINE.key, OTHER.key})
        await handlers.match_all(work, PLACE)
    async with database.work() as work:
        claim = await claimed(work, "eu_portal")
        await handlers.degrade_source(work, claim, "Le portail a répondu 503.")
    return f"/veille/projets/{candidacy_id}"


@pytest_asyncio.fixture(loop_scope="session")
async def watch(tmp_path: Path) -> AsyncIterator[Watch]:
    clock = FixedClock(START)
    settings = Settings.load(data=tmp_path, aides_territoires_token="t")
    service = app.build(settings, "nats://127.0.0.1:1", clock)
    await migrate.upgrade(service.database.engine, "funding_watch")
    async with service.database.work() as work:
        assert service.at_start is not None
        await service.at_start(work)
    project = await lived(service, clock)
    colours = load_label(settings.label_file, settings.territory_file).colours
    origin = FastAPI()
    origin.mount("/veille", service.app)
    origin.mount("/static", static_app(colours))
    with serving(origin) as base:
        yield Watch(service, base, project)
    await service.database.close()


async def opened(browser_page: BrowserPage, watch: Watch, width: int, *, scripts: bool = True) -> Page:
    page = await browser_page(width=width, scripts=scripts)
    cookie = await cookie_of(watch.service, "Équipe du Label", "staff")
    await page.context.add_cookies([{"name": COOKIE, "value": cookie, "url": watch.base}])
    return page


async def looked_at(page: Page, violations: Violations, name: str, width: int) -> None:
    """Nothing for axe to say, nothing wider than the screen; photographed where that is asked."""
    assert await violations(page) == [], name
    assert await page.evaluate("document.documentElement.scrollWidth") <= width, name
    if SHOTS:
        await page.screenshot(path=f"{SHOTS}/{name}-{width}.png", full_page=True)


@pytest.mark.parametrize("width", [1280, 360])
async def test_every_page_reads_well(
    watch: Watch, browser_page: BrowserPage, violations: Violations, width: int
) -> None:
    page = await opened(browser_page, watch, width)
    pages = {
        "list": "/veille/?tri=echeance",
        "call": f"/veille/appels/{MINE.key}",
        "duplicates": "/veille/doublons",
        "forecasts": "/veille/previsions",
        "sources": "/veille/sources",
        "project": watch.project,
        "feeds": f"{watch.project}/abonnements",
    }
    for name, path in pages.items():
        answer = await page.goto(f"{watch.base}{path}")
        assert answer is not None and answer.ok, path
        await looked_at(page, violations, name, width)


@pytest.mark.parametrize("width", [1280, 360])
async def test_two_records_are_reunited_and_parted_without_a_script(
    watch: Watch, browser_page: BrowserPage, violations: Violations, width: int
) -> None:
    page = await opened(browser_page, watch, width, scripts=False)
    await page.goto(f"{watch.base}/veille/doublons")
    await page.get_by_role("link", name="Comparer").click()
    await page.get_by_role("button", name="Enregistrer la décision").click()
    await page.get_by_label("garder la fiche A").check()
    await page.get_by_label("Motif").fill("Même fonds, dit le financeur.")
    if SHOTS:
        await page.screenshot(path=f"{SHOTS}/pair-{width}.png", full_page=True)
    await page.get_by_role("button", name="Enregistrer la décision").click()
    await expect(page.get_by_text("Les deux fiches n’en font plus qu’une.")).to_be_visible()
    if SHOTS:
        await page.screenshot(path=f"{SHOTS}/reunited-{width}.png", full_page=True)
    await page.goto(f"{watch.base}/veille/")
    await expect(page.get_by_role("link", name="Réseau de chaleur bois")).to_have_count(0)
    await page.goto(f"{watch.base}/veille/doublons")
    await page.get_by_role("button", name="Annuler la décision").click()
    await expect(page.get_by_text("La décision est annulée.")).to_be_visible()
    await page.goto(f"{watch.base}/veille/")
    await expect(page.get_by_role("link", name="Réseau de chaleur bois")).to_have_count(1)
