"""Each format of declared feeds, from a frozen payload to the calls that it must become."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.spiders.feeds import KEYS, PAYLOADS, Feeds, crawl, declaration, expected, seen

SELECTORS = {"each": ".call", "title": "h2", "description": ".about", "closes": ".until"}
CASES: list[tuple[str, str, dict[str, Any]]] = [
    ("dispositif_aide.csv", "dispositif_aide", {}),
    ("ademe_agir.json", "ademe_agir", {}),
    ("at_feed.json", "at_feed", {"perimeter": "DEP-26"}),
    ("syndication.xml", "syndication", {"perimeter": "REG-32"}),
    ("atom.xml", "syndication", {"audiences": ("commune",)}),
    ("page.html", "page", {"perimeter": "REG-32", "selectors": SELECTORS}),
]


@pytest.fixture
async def feeds() -> AsyncIterator[Feeds]:
    served = Feeds()
    await served.start()
    yield served
    await served.stop()


@pytest.mark.parametrize(("payload", "format_", "fields"), CASES, ids=[payload for payload, _, _ in CASES])
async def test_a_payload_becomes_calls(feeds: Feeds, payload: str, format_: str, fields: dict[str, Any]) -> None:
    kind = "text/html" if format_ == "page" else "application/octet-stream"
    address = feeds.puts((PAYLOADS / payload).read_bytes(), content_type=kind)
    if format_ == "ademe_agir":
        address = feeds.puts((PAYLOADS / payload).read_bytes(), path="/agir/r2da/listeDispositif")[:-21]

    crawled = await crawl(declaration(format_, **fields), address)

    assert crawled.report.complete, crawled.report.errors
    assert _without_port(seen(crawled), feeds) == expected(payload.partition(".")[0])


async def test_the_keys_of_ademe_stand_in_headers(feeds: Feeds) -> None:
    feeds.puts((PAYLOADS / "ademe_agir.json").read_bytes(), path="/r2da/listeDispositif")

    await crawl(declaration("ademe_agir"), f"{feeds.base_url}/")

    (_, headers), *others = feeds.asked
    assert not others
    assert {name: headers[name] for name in KEYS} == KEYS


@pytest.mark.parametrize(
    ("encoding", "delimiter"), [("cp1252", ";"), ("cp1252", ","), ("utf-8-sig", ";"), ("utf-8", ",")]
)
async def test_a_csv_of_a_spreadsheet_says_the_same(feeds: Feeds, encoding: str, delimiter: str) -> None:
    import csv
    import io

    rows = list(csv.reader(io.StringIO((PAYLOADS / "dispositif_aide.csv").read_text(encoding="utf-8"))))
    written = io.StringIO(newline="")
    csv.writer(written, delimiter=delimiter, lineterminator="\r\n").writerows(rows)
    address = feeds.puts(written.getvalue().encode(encoding))

    crawled = await crawl(declaration("dispositif_aide"), address)

    assert crawled.report.complete, crawled.report.errors
    assert _without_port(seen(crawled), feeds)["calls"] == expected("dispositif_aide")["calls"]
    assert any("Windows-1252" in remark for remark in crawled.report.remarks) is (encoding == "cp1252")


async def test_pages_of_a_feed_follow_one_another_and_add_up(feeds: Feeds) -> None:
    row = '{"id": %d, "name": "Aide %d", "origin_url": "https://funder.example/%d"}'
    first = f'{{"count": 2, "next": "/feed2", "results": [{row % (1, 1, 1)}]}}'
    feeds.puts(f'{{"count": 2, "next": null, "results": [{row % (2, 2, 2)}]}}'.encode(), path="/feed2")

    crawled = await crawl(declaration("at_feed"), feeds.puts(first.encode(), headers={"ETag": '"1"'}))

    assert (crawled.report.items, crawled.report.pages) == (2, 2)
    assert crawled.report.remembered is None


async def test_a_nul_and_a_doubled_reference_do_not_stop_the_others(feeds: Feeds) -> None:
    row = '{"id": %d, "name": "Aide\\u0000 %d", "origin_url": "https://funder.example/"}'
    body = f'{{"aides": [{row % (1, 1)}, {row % (1, 1)}, {row % (2, 2)}, {row % (3, 3)}]}}'

    crawled = await crawl(declaration("at_feed"), feeds.puts(body.encode()))

    assert [call.title for call in crawled.calls.values()] == ["Aide 1", "Aide 2", "Aide 3"]
    assert crawled.report.remarks == ("essai:1: this reference came twice; the first row is kept",)


def _without_port(found: Any, feeds: Feeds) -> Any:
    """The address of the test's server differs at each run."""
    if isinstance(found, dict):
        return {_without_port(key, feeds): _without_port(value, feeds) for key, value in found.items()}
    if isinstance(found, list):
        return [_without_port(value, feeds) for value in found]
    return found.replace(feeds.base_url, "https://feeds.example") if isinstance(found, str) else found
