"""The forms of the instruction never lose what was typed, refuse in French, and decide once."""

from collections.abc import AsyncIterator
from pathlib import Path

import html5lib
import pytest

from kernel.runtime.auth import Role
from scoring import handlers
from tests.pages.scoring_desk import Desk, opened, words
from tests.scoring_story import (
    COMMITTEES,
    REASON,
    withdrawn,
)


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with opened(tmp_path) as made:
        yield made


async def test_experts_write_under_the_two_earlier_opinions(desk: Desk) -> None:
    candidacy_id = await desk.instructed("technique", "lyceen")

    page = words(await desk.ask("GET", f"/dossiers/{candidacy_id}/avis", "expert"))

    assert page.index("comité technique.") < page.index("comité lyceen.") < page.index("Votre avis")


async def test_an_opinion_is_recorded_and_the_page_says_so(desk: Desk) -> None:
    candidacy_id = await desk.instructed()
    form = {"committee": "technique", "avis": "favorable_avec_reserves", "motif": REASON}

    answer = await desk.ask("POST", f"/dossiers/{candidacy_id}/avis", "partner", form)
    page = words(await desk.ask("GET", answer.headers["location"].removeprefix("/instruction"), "partner"))

    assert answer.status_code == 303
    assert "L'avis est enregistré" in page
    assert "Favorable avec réserves" in page
    assert "Région Hauts-de-France, jeudi 12 mars 2026 à 12 h" in page


async def test_a_correction_shows_both(desk: Desk) -> None:
    candidacy_id = await desk.instructed("technique")
    form = {"committee": "technique", "avis": "reserve", "motif": "Le financement n'est plus assuré."}

    await desk.ask("POST", f"/dossiers/{candidacy_id}/avis", "staff", form)
    page = words(await desk.ask("GET", f"/dossiers/{candidacy_id}"))

    assert "Le financement n'est plus assuré." in page
    assert "Avis précédent, corrigé depuis" in page
    assert "Voici ce que dit le comité technique." in page


@pytest.mark.parametrize("role", ["partner", "expert"])
async def test_nobody_speaks_for_another_committee(desk: Desk, role: Role) -> None:
    candidacy_id = await desk.instructed()
    form = {"committee": "lyceen", "avis": "favorable", "motif": REASON}

    assert (await desk.ask("POST", f"/dossiers/{candidacy_id}/avis", role, form)).status_code == 403
    assert (await desk.ask("GET", f"/dossiers/{candidacy_id}/avis?committee=lyceen", role)).status_code == 403


@pytest.mark.parametrize(
    ("form", "errors"),
    [
        ({}, ["committee", "avis", "motif"]),
        ({"committee": "technique", "avis": "bof", "motif": "<b>"}, ["avis", "motif"]),
        ({"committee": "autre", "avis": "favorable", "motif": "\x00" * 12 + "court"}, ["committee", "motif"]),
        ({"committee": "technique", "avis": "favorable", "motif": "long " * 1_200}, ["motif"]),
    ],
)
async def test_a_wrong_opinion_comes_back_with_its_words(desk: Desk, form: dict[str, str], errors: list[str]) -> None:
    candidacy_id = await desk.instructed()

    answer = await desk.ask("POST", f"/dossiers/{candidacy_id}/avis", "staff", form)

    assert answer.status_code == 422
    for name in errors:
        assert f'href="#{name}"' in answer.text
        assert f'id="{name}-erreur"' in answer.text
    kept = html5lib.parse(answer.text, namespaceHTMLElements=False).find(".//textarea[@id='motif']")
    assert kept is not None
    assert (kept.text or "").strip("\n") == form.get("motif", "").replace("\x00", "")
    if form.get("avis") == "favorable":
        assert 'value="favorable" checked' in answer.text


async def test_a_wrong_decision_comes_back_with_its_words(desk: Desk) -> None:
    candidacy_id = await desk.instructed(*COMMITTEES)
    form = {"issue": "nomine", "motif": "trop peu", "murir": "vite"}

    answer = await desk.ask("POST", f"/dossiers/{candidacy_id}/proposition", "expert", form)

    assert answer.status_code == 422
    assert "trop peu</textarea>" in answer.text
    assert 'value="nomine" checked' in answer.text
    assert 'id="motif-erreur"' in answer.text
    assert 'id="murir-erreur"' in answer.text


async def test_a_decision_waits_for_three_opinions(desk: Desk) -> None:
    candidacy_id = await desk.instructed("technique", "lyceen")

    answer = await desk.ask("GET", f"/dossiers/{candidacy_id}/decision")

    assert answer.status_code == 409
    assert "Il manque l'avis du comité d'expertise" in words(answer)


async def test_a_withdrawn_dossier_takes_nothing(desk: Desk) -> None:
    candidacy_id = await desk.instructed(*COMMITTEES)
    await desk.do(handlers.withdraw, withdrawn(candidacy_id))

    page = words(await desk.ask("GET", f"/dossiers/{candidacy_id}"))
    form = {"committee": "technique", "issue": "labellise", "avis": "favorable", "motif": REASON}
    answers = [await desk.ask("POST", f"/dossiers/{candidacy_id}/{act}", "staff", form) for act in ("avis", "decision")]

    assert "retiré par son porteur" in page
    assert "Enregistrer" not in page.replace("Enregistrement", "")
    assert [answer.status_code for answer in answers] == [409, 409]
