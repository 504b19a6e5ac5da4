"""The form of a candidacy, each field with whatever people paste: taken where one would expect it, else a sentence
beside the field and nothing lost; and a form sent again after the line was cut makes one dossier."""

import asyncio
import os
import socket
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import httpx2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from intake.forms.words import readable
from tests.browser.conftest import serving
from tests.intake_story import SIMPLE, Pairs, form
from tests.pages.intake_desk import FORM, HTML, Desk, opened, page, wave_form

EXAMPLES = int(os.environ.get("CHEVALEMENT_EXAMPLES", "25"))
OTHERS = (
    *("porteur_identifiant", "perimetre", "calendrier", "budget", "chiffres_cles", "partenaires", "maitre_oeuvre"),
    *("documents", "grille-emploi", "site_web", "jeton", "plan-0-financeur", "plan-0-montant", "plan-0-etat"),
    *("besoin-0-objet", "besoin-0-nature", "besoin-0-montant", "besoin-0-debut", "besoin-0-fin"),
    *("besoin-0-priorite", "besoin-0-precisions"),
)
TYPED = (*(name for name in SIMPLE if name != "consentement"), *OTHERS)
WORD = "\u00ab\u00a0Le projet\u2026\u00a0\u00bb \u2013 l\u2019\u0153uvre\u00ad \u2022\tun\u00a0:\ufeff"
PASTED = st.sampled_from(
    [
        "", "   ", "é" * 100_000, "مشروع \u202eغابة", "城市森林", "🌳👩‍🌾", "a\x00b", "\x1b[31m", "9999-12",
        "12 000,50 €", "12000.5", "130 025 265 00013", "W123456789", WORD, "'; DROP TABLE candidacy; --",
        "<b>\"'&amp;</b>", "٣٤٥",
        "-1", "1e400", "NaN", "31/02/9999", "a" * 300 + "@b.example", "\u2028\u2029", "{{ 7*7 }}", "../../etc/passwd",
    ]
)  # fmt: skip
CHOICES = {"porteur_forme", "commune", "stade", "grille-emploi", "plan-0-etat", "besoin-0-nature", "besoin-0-priorite"}
"""Where a browser sends only what it was offered."""
ANYTHING = PASTED | st.text(max_size=200)
EXPECTED = {
    "budget": ("12 000,50 €", "12000.5", "12.000", "1,2 M€", "", "１２０００"),
    "plan-0-montant": ("12 000,50 €", "12000.5"),
    "besoin-0-debut": ("2026-09", "9/2026", "09/2026", ""),
    "porteur_identifiant": (
        "130 025 265 00013",
        "13002526500013",
        "130.025.265.00013",
        "W123456789",
        "w 123 456 789",
        "",
    ),
    "contact_courriel": ("  Foret@Porteur.example ", "mailto:foret@porteur.example"),
    "titre": (WORD, "🌳 مشروع", "城市森林"),
    "description": (WORD, "Un\r\n\r\ndeux\ttrois", "« Déjà »"),
}


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with opened(tmp_path) as made:
        await made.post("/vagues", wave_form(), "staff")
        made.service.app.state.pace.generosity = 0
        yield made


def with_field(name: str, typed: str) -> Pairs:
    """The right form with one field replaced; a row around it, where it stands in one."""
    pairs = form(
        plan__0__financeur="Région", plan__0__etat="acquis", besoin__0__objet="Un", besoin__0__nature="expertise"
    )
    return [*((field, value) for field, value in pairs if field != name), (name, typed)]


def shown(answer: httpx2.Response, name: str) -> set[str]:
    """What the fields of this name hold on the page."""
    found = set()
    for element in page(answer).iter():
        if element.get("name") != name:
            continue
        tag = str(element.tag).removeprefix(HTML)
        if tag == "textarea":
            found.add(element.text or "")
        elif tag == "select":
            chosen = [
                option.get("value", "") for option in element.iter(f"{HTML}option") if "selected" in option.attrib
            ]
            found.update(chosen)
        elif element.get("type") != "radio" or "checked" in element.attrib:
            found.add(element.get("value", ""))
    return found


def one_line(text: str) -> str:
    """As a one-line field of a browser has it: without line ends, which it never sends."""
    return text.replace("\n", "")


async def sent(desk: Desk, name: str, typed: str) -> None:
    """Send it and look at the answer."""
    answer = await desk.post("/candidatures", with_field(name, typed))
    assert answer.status_code in {303, 422}, (name, typed[:80], answer.status_code)
    if answer.status_code == 303:
        return
    errors = {element.get("id", "") for element in page(answer).iter() if element.get("id", "").endswith("-erreur")}
    assert f"{name}-erreur" in errors, (name, typed[:80], errors)
    choices = {
        "porteur_forme",
        "commune",
        "stade",
        "plan-0-etat",
        "besoin-0-nature",
        "besoin-0-priorite",
        "grille-emploi",
    }
    if name not in choices:  # there a browser sends only what it was offered
        kept = {one_line(value) for value in shown(answer, name)}
        assert one_line(readable(typed)) in kept, (name, typed[:80], kept)
    for other, value in form():
        if other not in {name, "themes", "consentement"}:
            assert value in shown(answer, other), (name, other)


@pytest.mark.slow
async def test_each_field_takes_anything_or_says_so_beside_it_and_loses_nothing(desk: Desk) -> None:
    loop = asyncio.get_running_loop()

    @settings(max_examples=EXAMPLES, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(name=st.sampled_from(TYPED), typed=ANYTHING)
    def tried(name: str, typed: str) -> None:
        asyncio.run_coroutine_threadsafe(sent(desk, name, typed), loop).result(60)

    await asyncio.to_thread(tried)


@pytest.mark.parametrize("name", EXPECTED)
async def test_what_people_expect_is_taken(desk: Desk, name: str) -> None:
    for typed in EXPECTED[name]:
        answer = await desk.post("/candidatures", with_field(name, typed))
        assert answer.status_code == 303, (
            typed,
            [e.get("id") for e in page(answer).iter() if "erreur" in e.get("id", "")],
        )


async def test_all_fields_at_once_are_told_each_and_kept(desk: Desk) -> None:
    answer = await desk.post("/candidatures", [(name, "\x00") for name in TYPED if name not in {"jeton", "site_web"}])
    assert answer.status_code == 422
    for name in ("titre", "description", "contact_courriel", "budget", "plan-0-montant", "besoin-0-debut"):
        assert f'id="{name}-erreur"' in answer.text, name


def cut(base: str, body: bytes, length: int) -> None:
    """Send the first `length` bytes of a request, and hang up without hearing the answer."""
    place = urlsplit(base)
    head = (
        f"POST /candidatures HTTP/1.1\r\nHost: {place.netloc}\r\nContent-Type: {FORM['content-type']}\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    ).encode()
    whole = head + body
    with socket.create_connection((place.hostname or "", place.port or 80)) as line:
        line.sendall(whole[: min(length, len(whole))])


async def test_a_form_sent_again_after_the_line_was_cut_makes_one_dossier(desk: Desk) -> None:
    body = urlencode([*form(), ("jeton", "une-page-qui-n-a-pas-repondu")]).encode()
    with serving(desk.service.app) as base:
        for length in (1, 200, len(body), 10**6, 10**6, 10**6):
            await asyncio.to_thread(cut, base, body, length)
        async with httpx2.AsyncClient(base_url=base) as browser:
            answers = [await browser.post("/candidatures", content=body, headers=FORM) for _ in range(3)]
            receipts = {answer.headers["location"] for answer in answers}
            assert (await browser.get(receipts.copy().pop())).status_code == 200
    assert {answer.status_code for answer in answers} == {303} and len(receipts) == 1
    assert await desk.count("candidacy") == 1
