"""From « Se connecter » to one's dossiers, on the whole platform: the link comes by real mail and opens once."""

import re
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from chevalement.catcher import Catcher
from chevalement.demo.browser import Visitor
from chevalement.demo.mailbox import text_of
from chevalement.operations import invite, sign_in_link
from chevalement.platform import Platform, running
from kernel.runtime.settings import Settings
from tests.handlers.test_intake_service import until
from tests.intake_story import SIMPLE, form


@pytest.fixture
async def catcher(tmp_path: Path) -> AsyncIterator[Catcher]:
    made = Catcher(tmp_path / "mails")
    await made.start()
    yield made
    await made.stop()


@pytest.fixture
async def platform(tmp_path: Path, catcher: Catcher) -> AsyncIterator[Platform]:
    settings = Settings.load(
        data=tmp_path / "data", port=0, smtp_port=catcher.port, secret="x" * 32, crawl_schedule="0 0 0 1 1 *"
    )
    async with running(settings) as made:
        yield made


async def link_in(catcher: Catcher, subject: str) -> str:
    """The path of the link in the mail with this subject, once it is there."""

    async def there() -> bool:
        return any(subject in str(mail["Subject"]) for mail in catcher.parsed())

    await until(there)
    (mail,) = [mail for mail in catcher.parsed() if subject in str(mail["Subject"])]
    found = re.search(r"https?://[^/\s]+(/entrer\?jeton=\S+)", text_of(mail))
    assert found, text_of(mail)
    return found[1]


async def enter(visitor: Visitor, link: str, expect: int = 200) -> str:
    """Open the link, press its button; the page that follows."""
    shown = await visitor.get(link)
    return (await visitor.post("/entrer", [("jeton", shown.hidden("jeton"))], expect=expect)).html


async def open_a_wave(platform: Platform) -> None:
    staff = Visitor(platform.url)
    link = sign_in_link(platform.settings, "Équipe du Label", "staff")
    await enter(staff, link[link.index("/entrer") :])
    now = datetime.now().astimezone()
    fields = {"title": "Vague", "opens_at": (now - timedelta(days=1)).isoformat(timespec="minutes"), "quota": "10"}
    await staff.post(
        "/vagues", [*fields.items(), ("closes_at", (now + timedelta(days=9)).isoformat(timespec="minutes"))]
    )
    await staff.close()


async def test_a_porteur_comes_back_by_mail_alone(platform: Platform, catcher: Catcher) -> None:
    await open_a_wave(platform)
    porteur, thief = Visitor(platform.url), Visitor(platform.url)
    try:
        await porteur.post("/candidatures", form())
        asked = await porteur.post("/connexion", [("courriel", SIMPLE["contact_courriel"])])
        assert "un lien vient d’y partir" in asked.html
        link = await link_in(catcher, "Votre lien")
        dossiers = await enter(porteur, link)
        assert "Mes dossiers" in dossiers and "Une forêt urbaine" in dossiers
        assert "a déjà servi" in await enter(thief, link, expect=401)
        assert (await thief.get("/mes-dossiers", expect=401)).status == 401
    finally:
        await porteur.close()
        await thief.close()


async def test_a_guest_invited_from_the_command_line_is_known_to_every_service(
    platform: Platform, catcher: Catcher
) -> None:
    said = await invite(platform.settings, "jury@region.example", "Région, climat", "partner")
    assert "jury@region.example" in said
    guest = Visitor(platform.url)
    try:
        link = await link_in(catcher, "Vous êtes invité")
        shown = await guest.get(link)
        await guest.post("/entrer", [("jeton", shown.hidden("jeton"))], expect=None)

        page = await guest.until("/instruction/", lambda page: page.status == 200, "the session to be known")
        assert "Région, climat" in page.html
    finally:
        await guest.close()
