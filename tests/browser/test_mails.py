"""Mails as a phone and a desk show them: no sideways scroll, nothing that axe finds, nothing loaded from elsewhere."""

from datetime import timedelta
from pathlib import Path
from typing import get_args
from uuid import uuid4

import pytest

from kernel.contracts.label import load_label
from kernel.contracts.notifier import MessageKind
from kernel.runtime.settings import Settings
from notifier.mail.links import Links
from notifier.mail.samples import sample
from notifier.mail.writing import Writer
from tests.browser.conftest import BrowserPage, Violations
from tests.journey.smtp_script import serving
from tests.listener_story import ANNE, due, listen, subscribed
from tests.notifier_story import BASE, START, a_world, contact, decided, preselected, proposed, submitted

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]
WIDTHS = (360, 1280)


async def mails(folder: Path) -> dict[str, str]:
    """The HTML of a receipt, a decision and a digest with a title that does not break, by kind of message."""
    async with a_world(folder) as world:
        one, candidacy = subscribed(ANNE), uuid4()
        await listen(world, one)
        await world.hear_all([submitted(candidacy), contact(candidacy), preselected(candidacy), decided(candidacy)])
        await world.hear_all([proposed(candidacy, 1), proposed(candidacy, 2, title="x" * 300)])
        world.clock.set(START + timedelta(minutes=1))
        await due(world, one)
        async with serving() as server:
            await world.sender(server.port).pump()
        kinds = {delivery.message_id: delivery.kind for delivery in await world.deliveries()}
    return {kinds[mail["Message-ID"]]: list(mail.iter_parts())[1].get_content() for mail in server.kept}


async def test_mails_are_read_on_a_phone_and_by_everybody(
    browser_page: BrowserPage, violations: Violations, tmp_path: Path
) -> None:
    shown = await mails(tmp_path)
    assert set(shown) == {"accuse_reception", "preselection", "decision", "digest"}
    asked: list[str] = []
    for width in WIDTHS:
        page = await browser_page(width=width)
        page.on("request", lambda request: asked.append(request.url))
        for kind, html in shown.items():
            await page.set_content(html)
            assert await page.evaluate("document.documentElement.scrollWidth") <= width, (kind, width)
            assert await violations(page) == [], (kind, width)
    assert asked == [], "a mail loads nothing"


async def test_every_kind_is_read_by_everybody_in_the_dark_too(
    browser_page: BrowserPage, violations: Violations, tmp_path: Path
) -> None:
    known = Settings.load(data=tmp_path, secret="for tests")
    writer = Writer(load_label(known.label_file, known.territory_file), BASE, known.mail_from, Links("for tests", BASE))
    page = await browser_page(width=360)
    for kind in get_args(MessageKind):
        for scheme in ("light", "dark"):
            await page.emulate_media(color_scheme=scheme)
            await page.set_content(writer.write(sample(kind, START), START).html)
            assert await page.evaluate("document.documentElement.scrollWidth") <= 360, (kind, scheme)
            assert await violations(page) == [], (kind, scheme)
