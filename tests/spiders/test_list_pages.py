"""List pages and the pages behind them, when all is well and when the site does something else."""

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web

from funding_watch.domain.declarations import declarations
from tests.spiders.feeds import Feeds, crawl, declaration

SELECTORS = {"each": "li", "title": "a", "next": "a[rel=next]::attr(href)", "identity": "appel-([0-9]+)"}
DETAIL = {"title": "h1", "description": ".texte", "closes": ".limite"}
LISTED = declaration("page", selectors=SELECTORS)
FOLLOWED = declaration("page", selectors=SELECTORS, detail=DETAIL)
PAGE = "<h1>Appel {0}</h1><div class='texte'>Texte {0}.</div><p class='limite'>1er mars 2027 et 1er juin 2027</p>"


@pytest.fixture
async def feeds() -> AsyncIterator[Feeds]:
    served = Feeds()
    await served.start()
    yield served
    await served.stop()


def puts_list(feeds: Feeds, *links: str, path: str = "/feed", following: str = "") -> str:
    """Serve a list that leads to these addresses."""
    items = "".join(f"<li><a href='{link}'>Appel {link[-1]}</a></li>" for link in links)
    more = f"<a rel=next href='{following}'>suite</a>" if following else ""
    return feeds.puts(f"<html><ul>{items}</ul>{more}</html>".encode(), path=path, content_type="text/html")


def puts_page(feeds: Feeds, number: int) -> None:
    feeds.puts(f"<html>{PAGE.format(number)}</html>".encode(), path=f"/appel-{number}", content_type="text/html")


async def test_pages_follow_one_another_and_the_calls_own_page_wins(feeds: Feeds) -> None:
    address = puts_list(feeds, "/appel-1", following="/suite")
    puts_list(feeds, "/appel-2", path="/suite", following="/suite")
    puts_page(feeds, 1)
    puts_page(feeds, 2)

    crawled = await crawl(FOLLOWED, address)

    assert crawled.report.complete, crawled.report.errors
    assert {ref: call.description for ref, call in crawled.calls.items()} == {"1": "Texte 1.", "2": "Texte 2."}
    assert [len(call.cut_offs) for call in crawled.calls.values()] == [2, 2]
    assert crawled.report.pages == 4
    assert crawled.report.remembered is None  # a 304 of the list would say nothing of the pages behind it


async def test_only_the_first_call_is_tried(feeds: Feeds) -> None:
    address = puts_list(feeds, "/appel-1", "/appel-2", following="/suite")
    puts_page(feeds, 1)
    arguments = {"essai": {"declaration": FOLLOWED, "first_page": True}}

    crawled = await crawl(FOLLOWED, address, arguments=arguments)

    assert list(crawled.calls) == ["1"]
    assert [path for path, _ in feeds.asked] == ["/feed", "/appel-1"]


async def test_a_call_without_a_readable_page_is_left_out_and_told(feeds: Feeds) -> None:
    good = ("/appel-1", "/appel-2", "/appel-7", "/appel-8")
    bad = ("/appel-3", "/appel-4", "https://ailleurs.example/appel-5", "javascript:6")
    address = puts_list(feeds, *good, *bad)
    for number in (1, 2, 7, 8):
        puts_page(feeds, number)
    feeds.puts(b"<html><p>Refonte</p></html>", path="/appel-3", content_type="text/html")

    crawled = await crawl(FOLLOWED, address)

    assert sorted(crawled.calls) == ["1", "2", "7", "8"]
    assert crawled.report.rejected == 4
    said = "\n".join(crawled.report.remarks)
    for reason in ("answers 404", "none of the selectors of detail", "on another site", "no web address"):
        assert reason in said


async def test_more_than_half_without_a_readable_page_is_a_site_that_changed(feeds: Feeds) -> None:
    address = puts_list(feeds, "/appel-1", "/appel-2", "/appel-3")
    puts_page(feeds, 1)

    crawled = await crawl(FOLLOWED, address)

    assert "2 of 3 rows cannot be read" in crawled.report.errors[0]
    assert crawled.chunks == []


@pytest.mark.parametrize("status", [403, 500])
async def test_a_refusal_is_no_missing_page(feeds: Feeds, status: int) -> None:
    address = puts_list(feeds, "/appel-1")
    feeds.puts(b"", path="/appel-1", status=status)

    crawled = await crawl(FOLLOWED, address)

    assert f"answered {status}" in crawled.report.errors[0]


async def test_a_page_that_leads_to_the_inner_network_is_refused(feeds: Feeds) -> None:
    async def inwards(_: web.Request) -> web.StreamResponse:
        raise web.HTTPFound(feeds.base_url.replace("127.0.0.1", "127.0.0.2"))

    address = puts_list(feeds, "/appel-1")
    feeds.puts_answer(inwards, "/appel-1")

    crawled = await crawl(FOLLOWED, address)

    assert "leads to 127.0.0.2, which is no public address" in crawled.report.errors[0]


@pytest.mark.parametrize(
    ("body", "kind", "said"),
    [
        (b"<html><p>Site en maintenance</p></html>", "text/html", "finds nothing on the page"),
        (b"", "text/html", "finds nothing on the page"),
        (b'{"a": 1}', "application/json", "no HTML page"),
        (b"%PDF-1.7 \x00\x01", "application/pdf", "no HTML page"),
    ],
)
async def test_what_is_no_list_fails(feeds: Feeds, body: bytes, kind: str, said: str) -> None:
    crawled = await crawl(LISTED, feeds.puts(body, content_type=kind))

    assert said in crawled.report.errors[0]


async def test_pages_of_rows_are_asked_for_until_they_add_up(feeds: Feeds) -> None:
    rows = [{"id": number, "nom": f"Aide {number}", "url": f"https://a.example/{number}"} for number in range(5)]

    async def answer(request: web.Request) -> web.StreamResponse:
        start = int(request.query.get("offset", "0"))
        return web.json_response({"total_count": 5, "results": rows[start : start + 2]})

    fields = {"items": "results", "count": "total_count", "reference": "id", "title": "nom", "link": "url"}
    declared = declaration("records", fields=fields | {"offset": "offset"})

    crawled = await crawl(declared, feeds.puts_answer(answer) + "?limit=2")

    assert crawled.report.complete, crawled.report.errors
    assert (crawled.report.items, crawled.report.pages) == (5, 3)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ('selectors.each = "li"\nselectors.title = "a"\nselectors.identity = "x"', "no group"),
        ('selectors.each = "li"\nselectors.title = "a"\nselectors.link = ""\ndetail.title = "h1"', "a link to follow"),
    ],
)
def test_a_declaration_that_cannot_work_is_refused(fields: str, said: str) -> None:
    head = 'format = "page"\ntitle = "T"\nowner = "O"\nreach = "régionale"\nverify = "Vérifiez."'

    with pytest.raises(ValueError, match=said):
        declarations(f"[essai]\n{head}\n{fields}")


async def test_ten_thousand_identical_titles_are_as_many_calls(feeds: Feeds) -> None:
    rows: list[dict[str, Any]] = [{"id": number, "nom": "Appel à projets"} for number in range(10_000)]
    fields = {"reference": "id", "title": "nom", "link": "https://a.example/{reference}"}

    crawled = await crawl(declaration("records", fields=fields), feeds.puts(json.dumps(rows).encode()))

    assert (crawled.report.complete, crawled.report.items, crawled.report.rejected) == (True, 10_000, 0)
