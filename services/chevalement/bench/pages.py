"""How heavy the applicant's pages are, and how soon they can be used on a slow phone: 1.6 Mbit/s, 150 ms away, 4 times
slower than this machine. The rule kept here: a cold cache each time, since people come once.
"""

import importlib.util
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from chevalement.bench.forms import serving

CHROMIUM = Path("/usr/bin/chromium")
DOWN, UP, LATENCY, SLOWER = 1.6e6 / 8, 0.75e6 / 8, 150, 4
"""Bytes a second, milliseconds, times: the « slow 4G, mid-tier phone » of the usual audits."""
USABLE = "performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd / 1000"
PAINTED = "(performance.getEntriesByName('first-contentful-paint')[0] || {startTime: 0}).startTime / 1000"
WEIGHT = """performance.getEntriesByType('navigation').concat(performance.getEntriesByType('resource'))
    .reduce((sum, one) => sum + one.transferSize, 0) / 1000"""


@dataclass(frozen=True, slots=True)
class Loaded:
    """A page: seconds until it is painted and its scripts are ready, kB that travelled."""

    name: str
    seconds: float
    kilobytes: float


async def measure(folder: Path, times: int) -> list[Loaded]:
    """Medians of `times` cold visits; empty where Chromium or its driver is not installed."""
    if not _can_look():
        return []
    from playwright.async_api import async_playwright

    with serving(folder) as (port, drafts):
        draft = drafts[0].replace("?", "/projet?", 1)
        places = {"home": "/", "start": "/candidatures/nouvelle", "section « projet »": draft}
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
            base = f"http://127.0.0.1:{port}"
            found = [await _page(browser, name, base + place, times) for name, place in places.items()]
            await browser.close()
    return found


def _can_look() -> bool:
    return CHROMIUM.exists() and importlib.util.find_spec("playwright") is not None


async def _page(browser: Any, name: str, url: str, times: int) -> Loaded:
    visits = [await _visit(browser, url) for _ in range(times)]
    return Loaded(name, _median([seconds for seconds, _ in visits]), _median([weight for _, weight in visits]))


async def _visit(browser: Any, url: str) -> tuple[float, float]:
    context = await browser.new_context(viewport={"width": 360, "height": 740}, locale="fr-FR")
    page = await context.new_page()
    wire = await context.new_cdp_session(page)
    conditions = {"offline": False, "latency": LATENCY, "downloadThroughput": DOWN, "uploadThroughput": UP}
    await wire.send("Network.enable")
    await wire.send("Network.emulateNetworkConditions", conditions)
    await wire.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    await page.goto(url, wait_until="load")
    seconds = max(await page.evaluate(USABLE), await page.evaluate(PAINTED))
    weight = await page.evaluate(WEIGHT)
    await context.close()
    return float(seconds), float(weight)


def _median(values: Sequence[float]) -> float:
    return float(statistics.median(values))
