"""Whatever is typed in a draft is kept or told: no page breaks, no word goes, nothing strange gets through."""

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from intake.domain.draft import SECTIONS
from intake.forms.draft import fields_of
from intake.forms.words import REPLACED
from tests.intake_story import form, label
from tests.pages.drafting import Notebook, begun, filled
from tests.pages.intake_desk import opened, value_of, wave_form

WORD = "\u00ab\u00a0Le projet\u2026\u00a0\u00bb \u2013 l\u2019\u0153uvre\u00ad \u2022\tun\u00a0:\ufeff"
LONG = "é" * 100_000
TYPED = {
    "nothing": "",
    "spaces": " \r\n ",
    "arabic": "مشروع الغابة الحضرية \u202eغابة",
    "chinese": "城市森林",
    "emoji": "🌳🚲👩‍🌾",
    "control": "a\x00b\x1bc",
    "markup": "<script>alert('x')</script>\"><img src=x onerror=alert(1)> & « déjà »?",
    "word": WORD,
    "far": "9999-12",
}


@pytest.fixture
async def notebook(tmp_path: Path) -> AsyncIterator[Notebook]:
    async with opened(tmp_path) as desk:
        await desk.post("/vagues", wave_form(), "staff")
        yield await begun(desk)


@pytest.mark.parametrize("kind", TYPED)
async def test_any_text_is_kept_through_both_ways(notebook: Notebook, kind: str) -> None:
    typed = TYPED[kind]
    shown = typed.replace("\r\n", "\n").replace("\x00", REPLACED).replace("\x1b", REPLACED)
    for section in SECTIONS:
        names = [name for name in fields_of(section, label()) if name not in {"plan", "besoin", "themes"}]
        rows = [("plan-0-financeur", typed), ("besoin-0-objet", typed), ("besoin-0-debut", typed), ("themes", typed)]
        answer = await notebook.post(section, [(name, typed) for name in names] + rows)
        assert answer.status_code in {303, 422}
    assert value_of(await notebook.get("projet"), "description") == shown
    if typed.strip():
        assert value_of(await notebook.get("besoins"), "besoin-0-objet") == shown
        assert value_of(await notebook.get("besoins"), "besoin-0-debut") == shown
    assert (await notebook.get("verification")).status_code == 200

    mark = await notebook.mark("perimetre", "territoire")
    assert (await notebook.keep("perimetre", typed + "!", mark)).status_code == 200
    assert value_of(await notebook.get("territoire"), "perimetre") == shown + "!"
    answer = await notebook.post("verification", [("consentement", "oui")])
    assert answer.status_code == 422
    assert "<script>alert" not in answer.text


async def test_a_hundred_thousand_characters_are_kept_and_told(notebook: Notebook) -> None:
    answer = await notebook.post("projet", [("description", LONG)])
    assert (answer.status_code, value_of(answer, "description")) == (422, LONG)
    assert "100000 caractères" in answer.text

    mark = await notebook.mark("description", "projet")
    assert (await notebook.keep("description", LONG + "!", mark)).status_code == 200
    assert value_of(await notebook.get("projet"), "description") == LONG + "!"


@pytest.mark.parametrize("typed", ["12 000,50 €", "12000.5", "12.000,50", "1,2 M€", "１２０００"])
async def test_amounts_are_written_as_people_do(notebook: Notebook, typed: str) -> None:
    assert (await notebook.keep("budget", typed)).status_code == 200
    shown = await notebook.get("budget")

    assert value_of(shown, "budget") == typed
    assert "budget-erreur" not in shown.text


@pytest.mark.parametrize("typed", ["130 025 265 00013", "130.025.265.00013", "w123456789"])
async def test_numbers_of_organisations_may_have_spaces(notebook: Notebook, typed: str) -> None:
    await notebook.keep("porteur_identifiant", typed)
    await notebook.keep("porteur_nom", WORD)

    assert "-erreur" not in (await notebook.get("porteur")).text


async def test_pasted_words_are_sent_as_they_are(notebook: Notebook) -> None:
    await filled(notebook, form(description=WORD, titre="🌳 مشروع"))

    assert (await notebook.post("verification", [("consentement", "oui")])).status_code == 303


async def test_an_unreadable_character_is_told_until_it_is_deleted(notebook: Notebook) -> None:
    await filled(notebook, [pair for pair in form() if pair[0] != "titre"])
    first = (await notebook.keep("titre", "Un\x00verger")).json()
    assert "titre-erreur" in (await notebook.get("projet")).text
    assert (await notebook.post("verification", [("consentement", "oui")])).status_code == 422

    await notebook.keep("titre", "Un verger", first["revision"])
    assert (await notebook.post("verification", [("consentement", "oui")])).status_code == 303


@pytest.mark.parametrize(
    "body",
    [
        "", "{", "[]", "null", '"x"', "[" * 50_000, "{}", '{"field": "titre"}',
        '{"field": "magie", "value": "x", "base": "0."}', '{"field": "consentement", "value": "oui", "base": "0."}',
        '{"field": "titre", "value": 3, "base": "0."}', '{"field": "titre", "value": ["x"], "base": "0."}',
        '{"field": "titre", "value": "x", "base": 1}', '{"field": "plan", "value": [{"financeur": 1}], "base": ""}',
        '{"field": "titre", "value": "x", "base": "0.", "settles": "x"}',
        '{"field": ["titre"], "value": "", "base": ""}',
        '{"field": "grille-magie", "value": "1", "base": "0."}',
        '{"field": "plan", "value": [[]], "base": ""}', "\ud800",
    ],
    ids=range(19),
)  # fmt: skip
async def test_what_no_page_sends_is_refused_with_a_sentence(notebook: Notebook, body: str) -> None:
    answer = await notebook.send(body)

    assert answer.status_code == 422
    assert "rechargez la page" in answer.json()["detail"]
    assert await notebook.desk.count("draft_field") == 0


async def test_half_a_character_is_shown_as_unreadable(notebook: Notebook) -> None:
    assert (await notebook.send('{"field": "titre", "value": "a\\ud800", "base": "9999999999."}')).status_code == 200

    assert value_of(await notebook.get("projet"), "titre") == f"a{REPLACED}"


async def test_another_site_writes_nothing(notebook: Notebook) -> None:
    body = json.dumps({"field": "titre", "value": "x", "base": "0."})
    for header in ({"sec-fetch-site": "cross-site"}, {"origin": "https://ailleurs.example"}):
        assert (await notebook.send(body, **header)).status_code == 403
    answer = await notebook.desk.ask("POST", "/brouillons", [], **{"sec-fetch-site": "same-site"})
    assert answer.status_code == 403
    assert (await notebook.send('{"field": "titre", "value": "' + "x" * 1_100_000)).status_code == 413
    assert await notebook.desk.count("draft_field") == 0
