"""A whole session in a real browser: the eight projects of 2022, five partners, four experts, thirty phones, to the
released letters. The marks of the nine jurors come through the same handlers as their pages; staff, the room's screen,
a phone that loses its network and a porteur are driven. axe finds nothing on any page.
"""

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import httpx2
import pytest
import pytest_asyncio
from playwright.async_api import Page, expect
from starlette.applications import Starlette
from starlette.routing import Mount

from chevalement.demo.dossiers import dossiers as sample
from kernel.runtime.auth import Role
from kernel.runtime.sessions import COOKIE
from kernel.ui import static_app
from scoring import handlers
from scoring.store import chain as kept
from tests.browser.conftest import BrowserPage, Violations, serving
from tests.live_story import form
from tests.pages.scoring_desk import Desk, opened
from tests.patience import PATIENCE
from tests.scoring_story import (
    COMMITTEES,
    WAVE,
    opinion,
    preselected,
    project,
    someone,
    submitted,
    wave_opened,
)
from tests.sign_in import cookie_of
from tests.sitting_story import EXPERTS, PARTNERS, label, marked
from tests.sitting_story import opened as sitting_opened

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]
PHONES = 30
WHY = "Le projet répond aux trois axes et ses partenaires le portent."
MATURE = "Réunir les financements qui manquent, puis revenir dans un an."


@dataclass
class Theatre:
    """Where the instruction answers, with the eight projects in instruction and the three sittings open."""

    desk: Desk
    base: str
    dossiers: list[UUID]
    lyceens: UUID

    def at(self, path: str) -> str:
        return f"{self.base}/instruction{path}"

    async def enter(self, page: Page, name: str, role: Role) -> None:
        cookie = await cookie_of(self.desk.service, name, role, "")
        await page.context.add_cookies([{"name": COOKIE, "value": cookie, "url": self.base}])


@pytest_asyncio.fixture(loop_scope="session")
async def theatre(tmp_path: Path) -> AsyncIterator[Theatre]:
    async with opened(tmp_path) as desk:
        found = await _instructed(desk)
        lyceens = await _sittings(desk, found)
        routes = [Mount("/instruction", desk.service.app), Mount("/static", static_app(label().colours))]
        with serving(Starlette(routes=routes)) as base:  # type: ignore[arg-type] # any ASGI application will do
            yield Theatre(desk, base, found, lyceens)


async def _instructed(desk: Desk) -> list[UUID]:
    found = []
    async with desk.service.database.work() as work:
        await handlers.open_wave(work, wave_opened())
        for number, dossier in enumerate(sample(), 1):
            one, told = someone(), project(str(dossier["titre"]))
            sent = submitted(someone(), number=f"LE-2026-{number:03}")
            await handlers.receive_dossier(work, sent.model_copy(update={"candidacy_id": one, "project": told}))
            await handlers.open_instruction(work, preselected(one))
            found.append(one)
    return found


async def _sittings(desk: Desk, found: list[UUID]) -> UUID:
    """Both committees of adults have marked everything, each juror in their own way."""
    database = desk.service.database
    for committee, jurors in (("technique", PARTNERS), ("expertise", EXPERTS)):
        sitting = await sitting_opened(database, committee)  # type: ignore[arg-type] # a known code
        for n, juror in enumerate(jurors):
            for m, one in enumerate(found):
                levels = (1 + (n + m) % 3, 2 + (n * m) % 2, 4 if m % 3 == 0 else 1)
                await marked(database, sitting, one, juror, levels)
    async with database.work() as work:
        for one in found:
            for committee in COMMITTEES:
                await handlers.record_opinion(work, opinion(one, committee))
    return await sitting_opened(database, "lyceen")


async def look(page: Page, violations: Violations, name: str) -> None:
    """Nothing wrong for a screen reader, nothing wider than the screen."""
    assert await violations(page) == [], name
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name


async def test_a_whole_session_from_the_phones_to_the_letters(
    theatre: Theatre, browser_page: BrowserPage, violations: Violations
) -> None:
    staff = await browser_page(width=1280)
    await theatre.enter(staff, "Équipe du Label", "staff")
    code = await _open_room(theatre, staff, violations)
    await _answer_from_phones(theatre, code, await browser_page(width=360), violations)
    await _show_results(theatre, staff, violations)
    await _decide(theatre, staff, violations)
    await _release(theatre, staff, violations)
    await _read_as_porteur(theatre, await browser_page(width=360), violations)


async def _open_room(theatre: Theatre, staff: Page, violations: Violations) -> str:
    await staff.goto(theatre.at(f"/seances/{theatre.lyceens}"))
    await staff.get_by_role("link", name="Session en direct").click()
    await staff.get_by_role("button", name="Ouvrir la session").click()
    await staff.locator(".parts").get_by_role("button").first.click()
    await look(staff, violations, "live-desk")
    code = await staff.locator("dd").first.inner_text()
    assert re.fullmatch("[A-Z]{6}", code)
    return code


async def _answer_from_phones(theatre: Theatre, code: str, phone: Page, violations: Violations) -> None:
    """Twenty-nine answer at once; the thirtieth has no network, and its answer leaves when it comes back."""
    first = theatre.dossiers[0]
    async with httpx2.AsyncClient(timeout=PATIENCE) as client:
        bodies = [form(first, voice=f"telephone-{n}", choice=str(1 + n % 4)) for n in range(PHONES - 1)]
        sent = await asyncio.gather(*(client.post(theatre.at(f"/direct/{code}"), data=body) for body in bodies))
    assert {answer.status_code for answer in sent} == {303}

    await phone.goto(theatre.at("/direct"))
    await phone.get_by_label("Code de la session").fill(code.lower())
    await phone.get_by_role("button", name="Rejoindre").click()
    await look(phone, violations, "phone")
    for group in await phone.locator("fieldset").all():
        await group.get_by_label("Plutôt oui").check()
    await phone.get_by_label("Un mot sur ce projet").fill("Utile")
    await phone.context.set_offline(True)
    await phone.get_by_role("button", name="Envoyer").click()
    await expect(phone.locator("[data-status]")).to_contain_text("Gardé sur votre téléphone")
    await look(phone, violations, "phone-offline")
    await phone.context.set_offline(False)
    await expect(phone.locator("[data-status]")).to_contain_text("reçu")


async def _show_results(theatre: Theatre, staff: Page, violations: Violations) -> None:
    base = f"/seances/{theatre.lyceens}/direct"
    await staff.goto(theatre.at(f"{base}/ecran"))
    await expect(staff.locator("[data-answers]")).to_have_text(str(PHONES))
    await look(staff, violations, "screen")
    await staff.goto(theatre.at(base))
    await staff.get_by_role("button", name="Montrer les résultats").click()
    await staff.goto(theatre.at(f"{base}/ecran"))
    await look(staff, violations, "screen-results")


async def _decide(theatre: Theatre, staff: Page, violations: Violations) -> None:
    """What was decided in 2022, proposed then decided on each project, and the forum's vote."""
    outcomes = {"labellise": "Labellisé", "nomine": "Nominé"}
    for number, (one, told) in enumerate(zip(theatre.dossiers, sample(), strict=True)):
        outcome = told["instruction"]["decision"]
        for step in ("proposition", "decision"):
            await staff.goto(theatre.at(f"/dossiers/{one}/{step}"))
            if number == 0:
                await look(staff, violations, step)
            await staff.get_by_label(outcomes[outcome]).check()
            await staff.get_by_label("Motif").fill(WHY)
            if outcome == "nomine":
                await staff.get_by_label("Ce qui reste à faire mûrir").fill(MATURE)
            await staff.get_by_role("button", name="Enregistrer").click()
    await staff.goto(theatre.at(f"/vagues/{WAVE}/decisions"))
    await look(staff, violations, "decisions")
    await staff.get_by_role("link", name="Enregistrer le vote").click()
    await staff.get_by_label("Date du Grand forum").fill("2026-05-20")
    await staff.get_by_label("Lieu").fill("Salle du conseil")
    await staff.get_by_label("Qui préside").fill("La présidence du Pôle")
    for name, count in (("Présents", 60), ("Pour", 55), ("Contre", 2), ("Abstentions", 3)):
        await staff.get_by_label(name, exact=True).fill(str(count))
    await staff.get_by_label("approuve ces décisions").check()
    await look(staff, violations, "forum")
    await staff.get_by_role("button", name="Enregistrer le vote").click()


async def _release(theatre: Theatre, staff: Page, violations: Violations) -> None:
    await staff.get_by_role("link", name="Répéter l’envoi").click()
    await look(staff, violations, "rehearsal")
    await staff.get_by_role("link", name="Relire ses mots").first.click()
    await look(staff, violations, "letter")
    await staff.get_by_role("button", name="Enregistrer la lettre").click()
    await staff.get_by_role("button", name="Libérer les 8 lettres").click()
    await expect(staff.get_by_text("Les lettres sont parties.")).to_be_visible()
    await look(staff, violations, "released")


async def _read_as_porteur(theatre: Theatre, phone: Page, violations: Violations) -> None:
    async with theatre.desk.service.database.reading() as session:
        key = (await kept.ruling(session, theatre.dossiers[0])).key
    await phone.goto(theatre.at(f"/retours/{key}"))
    await expect(phone.get_by_text("Votre projet est labellisé.")).to_be_visible()
    await look(phone, violations, "feedback")
    await phone.goto(theatre.at("/methode"))
    await look(phone, violations, "method")
