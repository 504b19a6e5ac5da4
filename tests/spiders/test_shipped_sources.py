"""The declarations that are shipped, each against a site in its documented shape: what it must become is kept beside.

The sites are those of the demonstration, rendered for one fixed day, so that the day itself is no part of the answer.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from chevalement.demo.sources import enabled as enabled_here
from funding_watch.domain.declarations import Declaration, declarations
from kernel.runtime.settings import REPOSITORY
from tests.spiders import feeds
from tests.spiders.crawling import Crawled, OpenPortals

DECLARED = declarations((REPOSITORY / "deploy" / "sources.toml").read_text(encoding="utf-8"))
EXPECTED = Path(__file__).parent / "payloads" / "sites"
PORT = "http://portals.example"


def enabled(declared: Declaration) -> Declaration:
    """The declaration as it is once somebody has verified it."""
    return declared.model_copy(update={"enabled": True})


async def read(open_portals: OpenPortals, name: str) -> tuple[Crawled, dict[str, Any]]:
    """The crawl of a shipped source from its local site, and what it saw without the port of this run."""
    portals = await open_portals()
    crawled = await feeds.crawl(enabled(DECLARED[name]), f"{portals.base_url}/{name}/", name=name)
    seen = json.dumps(feeds.seen(crawled), ensure_ascii=False)
    return crawled, json.loads(seen.replace(portals.base_url, PORT))


@pytest.mark.parametrize("name", [name for name in DECLARED if name != "aides_agri"])
async def test_a_shipped_source_becomes_what_a_person_has_read(open_portals: OpenPortals, name: str) -> None:
    crawled, seen = await read(open_portals, name)

    assert crawled.report.complete, crawled.report.errors
    expected = EXPECTED / f"{name}.json"
    if not expected.exists():
        new = EXPECTED / f"{name}.new.json"
        new.parent.mkdir(exist_ok=True)
        new.write_text(json.dumps(seen, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        pytest.fail(f"nobody has read {new}: compare it with the site, then rename it {expected.name}")
    assert seen == json.loads(expected.read_text(encoding="utf-8"))


async def test_the_demonstration_reads_what_ships_from_this_machine(open_portals: OpenPortals) -> None:
    portals = await open_portals()
    shipped = (REPOSITORY / "deploy" / "sources.toml").read_text(encoding="utf-8")

    found = declarations(enabled_here(shipped, portals))

    assert [name for name, one in found.items() if not one.enabled] == ["aides_agri"]
    same = {"enabled", "url", "verify"}
    assert all(found[name].model_dump(exclude=same) == DECLARED[name].model_dump(exclude=same) for name in DECLARED)


def test_every_source_that_is_shipped_disabled_says_what_to_fill_in() -> None:
    assert [one.name for one in DECLARED.values() if one.enabled or "." not in one.verify] == []
