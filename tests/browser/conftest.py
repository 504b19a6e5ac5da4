"""A real Chromium, started once, for every page that a person will see.

Without Chromium these tests are skipped, and say so; with `CI=true` they fail, since nobody looked.
Playwright keeps a loop for the session: a module here says
`pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]`.
"""

import os
import socket
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
import pytest_asyncio
import uvicorn
from axe_playwright_python.async_playwright import Axe
from fastapi import FastAPI
from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Page, async_playwright, expect

from tests.patience import PATIENCE

CHROMIUM = Path("/usr/bin/chromium")
# Root in a container has no sandbox; the last one keeps Chromium from calling its maker.
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]

BrowserPage = Callable[..., Awaitable[Page]]
Serve = Callable[[FastAPI], str]
Violations = Callable[[Page], Awaitable[list[str]]]


def _chromium_or_stop() -> str:
    if CHROMIUM.exists():
        return str(CHROMIUM)
    message = f"{CHROMIUM} is missing: install Debian's chromium to look at the pages"
    if os.environ.get("CI") == "true":
        pytest.fail(message)
    pytest.skip(message)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def chromium() -> AsyncIterator[Browser]:
    path = _chromium_or_stop()
    expect.set_options(timeout=PATIENCE * 1000)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        await browser.close()


@pytest_asyncio.fixture(loop_scope="session")
async def browser_page(chromium: Browser) -> AsyncIterator[BrowserPage]:
    """`await browser_page(width=360, scripts=False)` opens an empty page in a context of its own.

    At the end of the test no page may have raised an error, nor broken the content security policy.
    """
    contexts: list[BrowserContext] = []
    faults: list[str] = []

    def note(message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text:
            faults.append(message.text)

    async def open_page(width: int = 1280, height: int = 800, *, scripts: bool = True) -> Page:
        context = await chromium.new_context(
            viewport={"width": width, "height": height}, locale="fr-FR", java_script_enabled=scripts
        )
        context.set_default_timeout(PATIENCE * 1000)
        contexts.append(context)
        page = await context.new_page()
        page.on("console", note)
        page.on("pageerror", lambda error: faults.append(str(error)))
        return page

    yield open_page
    for context in contexts:
        await context.close()
    assert not faults, faults


@contextmanager
def serving(app: FastAPI) -> Iterator[str]:
    """The address of the app, served from a thread on a free port until the end of the block."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()  # the socket listens already: a request that comes first waits for the server
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()


@pytest.fixture(scope="session")
def serve() -> Iterator[Serve]:
    """`serve(app)` gives the address where the app answers until the end of the session."""
    with ExitStack() as stack:
        yield lambda app: stack.enter_context(serving(app))


@pytest.fixture(scope="session")
def violations() -> Violations:
    """`await violations(page)`: what axe finds, a line per rule with the first elements that break it."""
    axe = Axe()

    async def run(page: Page) -> list[str]:
        found = (await axe.run(page)).response["violations"]
        return [f"{rule['id']}: {[node['html'][:160] for node in rule['nodes'][:3]]}" for rule in found]

    return run
