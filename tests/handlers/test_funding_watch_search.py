"""The search answers alike on both databases: accents and plurals forgiven, in French and in English."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from sqlalchemy import text

from funding_watch.domain.searching import asked_of
from funding_watch.handlers.search import fill_search
from funding_watch.store import search
from kernel.runtime import migrate
from kernel.runtime.clock import FixedClock
from kernel.runtime.database import Database
from tests.watch_story import START, call, english_call, far_calls, read

BANKS = call("banks", title="Berges et zones humides", description="Restaurer les rivières.", themes=("eau",))
COAL = call("coal", title="Œuvrer pour l'été", funders=("Région Hauts-de-France",), programme="Fonds vert 2030")


@pytest_asyncio.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    made = Database(database_url, FixedClock(START))
    await migrate.upgrade(made.engine, "funding_watch")
    await read(made, *far_calls(2), BANKS, COAL, english_call())
    yield made
    await made.close()


async def found(database: Database, typed: str) -> set[str]:
    async with database.reading() as session:
        answer = await search.find(session, typed)
    assert answer is not None
    return {key.partition(":")[2] for key in answer}


@pytest.mark.parametrize(
    ("typed", "keys"),
    [
        ("berges", {"banks"}),
        ("BERGE humide", {"banks"}),
        ("riviere", {"banks"}),
        ("les rivières et les berges", {"banks"}),
        ("oeuvrer ete", {"coal"}),
        ("fonds vert 2030", {"coal"}),
        ("hauts de france vert", {"coal"}),
        ("biomass city", {"EN-1"}),
        ("cities heating", {"EN-1"}),
        ("chaleur", {"EN-1", "coal"}),
        ("humid", {"banks"}),
        ("berges football", set()),
        ("'; DROP TABLE call; --", set()),
        ('"berges" OR NEAR(', set()),
        ("berges\x00*", {"banks"}),
    ],
)
async def test_what_is_typed_is_found_as_it_is_meant(database: Database, typed: str, keys: set[str]) -> None:
    assert await found(database, typed) == keys


async def test_a_title_answers_before_a_text(database: Database) -> None:
    await read(database, call("title", title="Les rivières du bassin"), BANKS)
    async with database.reading() as session:
        answer = await search.find(session, "rivière")

    assert answer == {"aides_territoires:banks": 1, "aides_territoires:title": 0}


async def test_a_call_is_found_by_what_it_says_now(database: Database) -> None:
    await read(database, BANKS.model_copy(update={"title": "Haies et bocage"}))
    assert await found(database, "haie") == {"banks"}
    assert await found(database, "berges") == set()

    await read(database, BANKS.model_copy(update={"title": "Haies et bocage", "description": "Des mares."}))
    assert await found(database, "mare") == {"banks"}
    assert await found(database, "riviere") == set()


async def test_what_the_index_lacks_is_added_at_start(database: Database) -> None:
    async with database.work() as work:
        await (await work.session.connection()).execute(text("DELETE FROM call_search"))
    assert await found(database, "berges") == set()

    async with database.work() as work:
        assert await fill_search(work) == 5

    assert await found(database, "berges") == {"banks"}
    async with database.work() as work:
        assert await fill_search(work) == 0


def test_words_that_say_nothing_count_only_where_all_do() -> None:
    assert asked_of("  ;, ") is None
    assert [forms[0][0] for forms in asked_of("les berges de la Lys") or ()] == ["berges", "lys"]
    assert [forms[0][0] for forms in asked_of("pour le") or ()] == ["pour", "le"]
