"""What the European portal's server does to a collection: nothing is handed over that was not seen whole, twice."""

import json
from collections.abc import AsyncIterator, Callable, Iterator
from itertools import chain, repeat
from typing import Any

import pytest
from aiohttp import web

from funding_watch.crawl import CrawlSettings, run_spider
from funding_watch.domain.call import FundingCall
from kernel.runtime.clock import FixedClock
from tests.spiders.crawling import NOON, Crawled
from tests.spiders.feeds import Feeds

PATH = "/search-api/prod/rest/search"


@pytest.fixture
async def portal() -> AsyncIterator[Feeds]:
    served = Feeds()
    await served.start()
    yield served
    await served.stop()


def row(number: int, programme: str | None = "43252405", ingested: str = "2026-11-20", **fields: str) -> dict[str, Any]:
    """A row of the index, with what the reader needs."""
    metadata = {
        "identifier": f"LIFE-{number}",
        "title": f"Topic {number}",
        "status": "31094502",
        "type": "1",
        "startDate": "2026-10-01T00:00:00.000+0000",
        "deadlineDate": "2027-03-31T00:00:00.000+0000",
        "descriptionByte": "<p>Rivers</p>",
        "DATASOURCE": "SEDIA",
        "esDA_IngestDate": f"{ingested}T04:00:00.000+0000",
        **({"frameworkProgramme": programme} if programme else {}),
        **fields,
    }
    listed = {name: [value] for name, value in metadata.items()}
    return {"reference": f"{number}TOPICSen", "language": "en", "metadata": listed}


def envelope(request: web.Request, rows: list[dict[str, Any]], **changes: Any) -> web.Response:
    """The page that was asked for."""
    page, size = (int(request.query[name]) for name in ("pageNumber", "pageSize"))
    shown = rows[(page - 1) * size : page * size]
    body = {"totalResults": len(rows), "pageNumber": page, "pageSize": size, "warnings": [], "results": shown}
    return web.json_response({**body, **changes})


def says(portal: Feeds, *answers: Callable[[web.Request], web.Response]) -> None:
    """Answer the searches one after the other; the last answer stays."""
    following: Iterator[Callable[[web.Request], web.Response]] = chain(answers[:-1], repeat(answers[-1]))

    async def answer(request: web.Request) -> web.StreamResponse:
        return next(following)(request)

    portal.puts_answer(answer, PATH)


async def collected(portal: Feeds, **arguments: Any) -> Crawled:
    """The catalogue as it is handed over; the address has no path, so it is the portal's own."""
    chunks: list[list[FundingCall]] = []

    async def sink(calls: list[FundingCall]) -> None:
        chunks.append(calls)

    how = CrawlSettings(allow_private=True, delay=0, clock=FixedClock(NOON), arguments={"eu_portal": arguments})
    report = await run_spider("eu_portal", base_url=portal.base_url, sink=sink, settings=how)
    return Crawled(report, {call.reference: call for chunk in chunks for call in chunk}, list(map(len, chunks)))


THREE = [row(number) for number in range(3)]


def whole(request: web.Request) -> web.Response:
    return envelope(request, THREE)


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (lambda _: web.Response(status=500, text='{"type":"throwable"}'), "answered 500"),
        (lambda _: web.Response(status=429), "answered 429"),
        (lambda _: web.Response(status=401), "answered 401"),
        (lambda _: web.Response(text="<h1>Maintenance</h1>", content_type="text/html"), "not JSON: b'<h1>Maintenance"),
        (lambda _: web.Response(text=json.dumps({"totalResults": 3})[:-4]), "not JSON"),
        (lambda _: web.Response(body=b"\xff\xfe{}"), "octet-stream, not JSON"),
        (lambda request: web.Response(status=307, headers={"Location": str(request.rel_url)}), "max redirections"),
        (lambda request: envelope(request, THREE, totalResults=900_000), "narrow the search"),
        (lambda request: envelope(request, THREE, pageSize=50), "was asked"),
        (lambda request: envelope(request, THREE, warnings=["slow"]), "came with warnings"),
        (lambda request: envelope(request, THREE, results=THREE[:2]), "2 rows where 3 were due"),
        (lambda request: envelope(request, THREE, results=[THREE[0], THREE[1], THREE[1]]), "pages overlap"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
async def test_a_trouble_is_told_and_hands_nothing_over(
    portal: Feeds, answer: Callable[[web.Request], web.Response], reason: str
) -> None:
    says(portal, answer)

    crawled = await collected(portal)

    assert any(reason in error for error in crawled.report.errors), crawled.report.errors
    assert crawled.chunks == []


async def test_a_server_that_is_busy_is_asked_again_when_it_says(portal: Feeds) -> None:
    says(portal, lambda _: web.Response(status=429, headers={"Retry-After": "0"}), whole)

    crawled = await collected(portal)

    assert (crawled.report.errors, crawled.report.items) == ((), 3)


async def test_a_server_that_has_the_search_at_its_root_is_read_too(portal: Feeds) -> None:
    async def answer(request: web.Request) -> web.StreamResponse:
        return whole(request)

    portal.puts_answer(answer, "/search")

    crawled = await collected(portal)

    assert (crawled.report.errors, crawled.report.items) == ((), 3)
    assert [path for path, _ in portal.asked][:2] == [PATH, "/search"]


async def test_a_row_that_was_ingested_anew_between_two_passes_needs_a_third(portal: Feeds) -> None:
    newer = [row(0, ingested="2026-11-22"), *THREE[1:]]
    says(portal, whole, whole, whole, lambda request: envelope(request, newer))

    crawled = await collected(portal)

    assert (crawled.report.errors, crawled.report.items, crawled.report.pages) == ((), 3, 3)


async def test_only_the_programmes_that_are_watched_are_kept_and_the_others_are_told(portal: Feeds) -> None:
    rows = [row(0), row(1, None), row(2, "111111"), row(3, "44181033"), row(4, "44181033")]
    says(portal, lambda request: envelope(request, rows))

    everything, chosen = await collected(portal), await collected(portal, programmes="43252405, 43108390")

    assert [call.title for call in everything.calls.values()] == ["Topic 0", "Topic 1", "Topic 3", "Topic 4"]
    assert "programmes are not watched: 111111 (1)" in everything.report.remarks[0]
    assert [call.title for call in chosen.calls.values()] == ["Topic 0", "Topic 1"]
    assert "44181033 (2), 111111 (1)" in chosen.report.remarks[0]


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"deadlineDate": "2027-02-31"}, "day is out of range"),
        ({"budgetOverview": "{"}, "JSONDecodeError"),
        ({"title": ""}, "title"),
    ],
)
async def test_one_bad_row_among_many_is_counted_and_the_others_kept(
    portal: Feeds, fields: dict[str, str], reason: str
) -> None:
    rows = [row(number) for number in range(60)] + [row(60, **fields)]
    says(portal, lambda request: envelope(request, rows))

    crawled = await collected(portal)

    assert (crawled.report.items, crawled.report.rejected) == (60, 1)
    assert "60TOPICSen" in crawled.report.remarks[0] and reason in crawled.report.remarks[0]
