"""`chevalement sources`: what is registered and how it fares; `try`: what a declaration would take."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from chevalement.cli import app
from chevalement.sources import Refused, read_file, tried
from funding_watch import handlers
from funding_watch.domain.sources import SourceHealth
from funding_watch.store import sources as store
from kernel.runtime import migrate
from kernel.runtime.clock import FixedClock
from kernel.runtime.database import Database
from kernel.runtime.settings import Settings
from tests.spiders.crawling import NOON
from tests.spiders.feeds import PAYLOADS, Feeds

DECLARED = """
[essai]
format = "at_feed"
title = "Département d’essai"
owner = "Département d’essai"
reach = "régionale"
verify = "Vérifiez l’adresse."
"""


@pytest.fixture
async def feeds() -> AsyncIterator[Feeds]:
    served = Feeds()
    await served.start()
    yield served
    await served.stop()


@pytest.fixture
def declared(tmp_path: Path) -> Path:
    file = tmp_path / "sources.toml"
    file.write_text(DECLARED, encoding="utf-8")
    return file


def test_sources_are_listed_without_making_a_database(tmp_path: Path, declared: Path) -> None:
    folder = tmp_path / "data"

    shown = CliRunner().invoke(app, ["sources", "--data", str(folder)], env={"CHEVALEMENT_SOURCES_FILE": str(declared)})

    assert shown.exit_code == 0, shown.output
    assert "aides_territoires  Aides-territoires (Agence nationale de la cohésion des territoires)" in shown.output
    assert "essai  Département d’essai (Département d’essai), régionale" in shown.output
    assert "à configurer : Vérifiez l’adresse." in shown.output
    assert not folder.exists()


def test_the_health_of_a_source_is_shown(tmp_path: Path) -> None:
    asyncio.run(_troubled(tmp_path))

    shown = CliRunner().invoke(app, ["sources", "--json", "--data", str(tmp_path)])

    found = {one["name"]: one for one in json.loads(shown.output)}
    assert found["eu_portal"]["state"] == "degrade"
    assert found["eu_portal"]["reason"] == "La source s’est tue."
    assert (found["eu_portal"]["configured"], found["ademe_agir"]["configured"]) == (True, False)


async def _troubled(folder: Path) -> None:
    database = Database(Settings.load(data=folder).database_of("funding_watch"), FixedClock(NOON))
    await migrate.upgrade(database.engine, "funding_watch")
    async with database.work() as work:
        await handlers.open_watch(work, {"eu_portal": "Portail"}, [], "0 30 4 * * *")
        health = SourceHealth("eu_portal", "Portail", "degrade", reason="La source s’est tue.")
        await store.save(work.session, health)
    await database.close()


async def test_a_declaration_is_tried_field_by_field(feeds: Feeds, declared: Path) -> None:
    address = feeds.puts((PAYLOADS / "at_feed.json").read_bytes())

    lines = await tried(Settings.load(crawl_private_addresses=True), read_file(declared), address)

    assert lines[0] == "essai : 3 appels sur la première page"
    assert any(line.split() == ["title", "Cantines", "d’essai"] for line in lines)
    assert any(line.startswith("  rate_max") and line.endswith("50") for line in lines)
    assert any("– (à vérifier)" in line for line in lines)
    assert lines[-1].startswith("remarque : essai: targeted_audiences says 'Fées'")


async def test_a_site_is_declared_in_yaml_without_code(feeds: Feeds, tmp_path: Path) -> None:
    page = b"<ul><li><a href='/1'>Friches</a> <b>31 mars 2027</b></li><li><a href='/2'>Haies</a></li></ul>"
    address = feeds.puts(page, content_type="text/html")
    flat, named = tmp_path / "Site d'essai.yaml", tmp_path / "sites.yml"
    flat.write_text(f"url: {address}\nselectors: {{each: li, title: a, closes: b}}\n", encoding="utf-8")
    named.write_text("essai:\n  url: https://away.example/feed\n  selectors: {each: li, title: a}\n", encoding="utf-8")

    (lines, others) = (
        await tried(Settings.load(), read_file(flat), None),
        await tried(Settings.load(), read_file(named), feeds.base_url),
    )

    assert lines[0] == "site_d_essai : 2 appels sur la première page"
    assert any(line.split() == ["closes_at", "2027-03-31T23:59:59+02:00"] for line in lines)
    assert others[0] == "essai : 2 appels sur la première page"


@pytest.mark.parametrize(
    ("text", "said"),
    [("- un", "a source is a table"), ("essai: [", "not YAML"), ("essai: {url: 'ftp://a.example'}", "essai.url")],
)
def test_a_wrong_yaml_file_is_refused_in_one_line(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "site.yaml").write_text(text, encoding="utf-8")

    with pytest.raises(Refused, match=said) as refused:
        read_file(tmp_path / "site.yaml")
    assert "\n" not in str(refused.value)


async def test_a_declaration_that_takes_nothing_is_refused(feeds: Feeds, declared: Path) -> None:
    settings = Settings.load(crawl_private_addresses=True)
    empty = feeds.puts(b'{"aides": []}')

    with pytest.raises(Refused, match="nothing found"):
        await tried(settings, read_file(declared), empty)
    with pytest.raises(Refused, match=r"essai\.url is empty"):
        await tried(settings, read_file(declared), None)


def test_a_file_that_declares_nothing_is_refused(tmp_path: Path) -> None:
    (tmp_path / "empty.toml").write_text("", encoding="utf-8")

    shown = CliRunner().invoke(app, ["sources", "try", str(tmp_path / "empty.toml")])

    assert shown.exit_code == 1
    assert "declares no source" in shown.output


def test_a_wrong_file_stops_the_start_with_one_line(tmp_path: Path) -> None:
    shown = CliRunner().invoke(app, ["sources"], env={"CHEVALEMENT_SOURCES_FILE": str(tmp_path / "away.toml")})

    assert shown.exit_code == 2
    assert "away.toml" in str(shown.exception)
