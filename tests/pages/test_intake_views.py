"""The list of dossiers is filtered by its address, shows the columns that were chosen, and keeps views by name."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.intake_story import form
from tests.pages.intake_desk import Desk, opened, page, wave_form

TITLES = {"Une forêt urbaine", "Le garage", "Un 100% local"}


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with opened(tmp_path) as made:
        await made.post("/vagues", wave_form(), "staff")
        await made.post("/candidatures", form(budget="250 000"))
        await made.post("/candidatures", form(titre="Le garage", porteur_forme="association", budget="9 000"))
        await made.post("/candidatures", form(titre="Un 100% local", stade="idee"))
        yield made


async def seen(desk: Desk, view: str) -> set[str]:
    answer = await desk.get(f"/dossiers?{view}", "staff")
    assert answer.status_code == 200
    return {title for title in TITLES if title in answer.text}


@pytest.mark.parametrize(
    ("view", "found"),
    [
        ("forme=association", {"Le garage"}),
        ("stade=idee", {"Un 100% local"}),
        ("budget-min=10+000", {"Une forêt urbaine"}),
        ("budget-max=10+000+%E2%82%AC", {"Le garage"}),
        ("budget-min=0&budget-max=1%2C2+M%E2%82%AC", {"Le garage", "Une forêt urbaine"}),
        ("suivi=personne", TITLES),
        ("suivi=x", set()),
        ("etiquette=rien", set()),
        ("vague=2f1c7c0e-0000-4000-8000-000000000000", set()),
        ("forme=commune&stade=idee", {"Un 100% local"}),
    ],
)
async def test_filters_are_in_the_address(desk: Desk, view: str, found: set[str]) -> None:
    assert await seen(desk, view) == found


@pytest.mark.parametrize("view", ["budget-min=beaucoup", "budget-min=10&budget-max=2"])
async def test_a_budget_that_says_nothing_is_told_and_kept(desk: Desk, view: str) -> None:
    answer = await desk.get(f"/dossiers?{view}", "staff")

    assert answer.status_code == 422
    assert view.partition("=")[2].partition("&")[0] in answer.text


async def test_tags_and_followers_filter_too(desk: Desk) -> None:
    listed = page(await desk.get("/dossiers?q=garage", "staff"))
    (path,) = {e.get("href", "") for e in listed.iter() if e.get("href", "").startswith("/dossiers/")}
    await desk.post(f"{path}/etiquettes", [("etiquettes", "À visiter, forêt")], "staff")

    assert await seen(desk, "etiquette=%C3%A0+visiter") == {"Le garage"}


async def test_columns_are_chosen(desk: Desk) -> None:
    usual = (await desk.get("/dossiers", "staff")).text
    chosen = (await desk.get("/dossiers?colonne=budget&colonne=forme&colonne=inconnue", "staff")).text

    assert ('data-label="Commune"' in usual, 'data-label="Budget"' in usual) == (True, False)
    assert ('data-label="Commune"' in chosen, 'data-label="Budget"' in chosen) == (False, True)
    assert chosen.index('data-label="Forme juridique"') < chosen.index('data-label="Budget"')


async def test_a_view_is_kept_under_a_name_replaced_and_dropped(desk: Desk) -> None:
    for theme in ("energie", "mobilite"):
        kept = [("vue", f"theme={theme}&colonne=budget&page=4&x=1"), ("nom-vue", "À lire <vite>")]
        done = await desk.post("/dossiers/vues", kept, "staff")
        assert done.headers["location"] == f"/dossiers?theme={theme}&colonne=budget&fait=vue"
    listed = await desk.get("/dossiers", "staff")

    assert await desk.count("saved_view") == 1
    assert "/dossiers?theme=mobilite&amp;colonne=budget" in listed.text
    assert "À lire &lt;vite&gt;" in listed.text
    (drop,) = [e.get("action", "") for e in page(listed).iter() if e.get("action", "").endswith("/suppression")]
    assert (await desk.post(drop, [], "staff")).status_code == 303
    assert await desk.count("saved_view") == 0


async def test_a_view_without_a_name_comes_back_with_its_words(desk: Desk) -> None:
    answer = await desk.post("/dossiers/vues", [("vue", "theme=energie"), ("partagee", "oui")], "staff")

    assert answer.status_code == 422
    assert "Donnez un nom à cette vue" in answer.text
    assert 'name="vue" value="theme=energie"' in answer.text
