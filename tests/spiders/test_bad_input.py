"""Whatever a portal sends ends in a reason that is counted and shown: no crash, and nothing is dropped in silence."""

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.spiders.feeds import PAYLOADS, Feeds, crawl, declaration

LIST = declaration("page", selectors={"each": "li", "title": "a", "closes": "b", "amount": "i"})
FEED = declaration("at_feed", perimeter="DEP-62")


@pytest.fixture
async def feeds() -> AsyncIterator[Feeds]:
    served = Feeds()
    await served.start()
    yield served
    await served.stop()


def page(*items: str) -> bytes:
    """A list page; each item names its own page."""
    rows = (f"<li><a href='/{number}'>Appel {number}</a> {item}</li>" for number, item in enumerate(items))
    return f"<meta charset=utf-8><ul>{''.join(rows)}</ul>".encode()


def aids(**changes: Any) -> bytes:
    """A feed of one aid in the shape of Aides-territoires."""
    payload = json.loads((PAYLOADS / "at_feed.json").read_text(encoding="utf-8"))
    rows = payload.get("aides") or payload.get("results")
    return json.dumps({"count": 1, "results": [rows[0] | {"id": 1} | changes]}, ensure_ascii=False).encode()


@pytest.mark.parametrize(
    ("words", "remark"),
    [
        ("<b>31 février 2027</b>", "31 février 2027"),
        ("<b>Jusqu’à épuisement des crédits</b>", "which is no date"),
        ("<b>30/02/27</b>", "which is no date"),
        ("<b>bientôt</b>", "which is no date"),
    ],
)
async def test_a_date_that_is_none_is_to_check_and_counted(feeds: Feeds, words: str, remark: str) -> None:
    crawled = await crawl(LIST, feeds.puts(page(words, "<b>31 mars 2027</b>", words), content_type="text/html"))

    assert [call.closes_at is None for call in crawled.calls.values()] == [True, False, True]
    [said] = crawled.report.remarks
    assert remark in said and said.endswith("(2 times)")


@pytest.mark.parametrize(
    ("words", "amount", "rate"),
    [
        ("<i>Aide plafonnée à 1 000 000,00 €</i>", 1_000_000, None),
        ("<i>50% plafonné à 20 k€</i>", 20_000, 50),
        ("<i>Aide généreuse</i>", None, None),
        ("<i>Aide de 12 € à 3 €</i>", 12, None),
    ],
)
async def test_amounts_are_read_as_people_write_them_or_not_at_all(
    feeds: Feeds, words: str, amount: int | None, rate: int | None
) -> None:
    crawled = await crawl(LIST, feeds.puts(page(words), content_type="text/html"))

    [call] = crawled.calls.values()
    assert (call.amount_max, call.rate_max) == (amount, rate)


async def test_a_deadline_that_has_passed_is_kept_as_closed_and_counted(feeds: Feeds) -> None:
    crawled = await crawl(FEED, feeds.puts(aids(submission_deadline="2020-01-31", recurrence="Ponctuelle")))

    assert crawled.report.items == 1
    assert "1 calls came with a deadline that has passed" in crawled.report.remarks[-1]


@pytest.mark.parametrize("title", ["RÃ©novation des Ã©coles", "Lâ€™Ã©cole", "R\ufffdnovation"])
async def test_mojibake_is_counted(feeds: Feeds, title: str) -> None:
    crawled = await crawl(FEED, feeds.puts(aids(name=title)))

    assert crawled.report.items == 1
    assert any("letters of another encoding" in remark for remark in crawled.report.remarks)


async def test_nul_bytes_never_enter_a_record_nor_its_copy(feeds: Feeds) -> None:
    crawled = await crawl(FEED, feeds.puts(aids(name="Can\0tines", description="<p>a\0b</p>")))

    [call] = crawled.calls.values()
    assert call.title == "Cantines" and "\0" not in call.model_dump_json() + call.payload
    assert "\\u0000" not in call.payload


@pytest.mark.parametrize("announced", [True, False], ids=["announced", "in chunks"])
async def test_forty_megabytes_are_refused_before_they_are_held(feeds: Feeds, announced: bool) -> None:
    from aiohttp import web

    async def answer(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Length": str(40 * 2**20)} if announced else {})
        await response.prepare(request)
        try:
            for _ in range(40):
                await response.write(b" " * 2**20)
        except ConnectionError:
            pass  # the reader has hung up, which is what it should do
        return response

    crawled = await crawl(FEED, feeds.puts_answer(answer), max_bytes=2**20)

    assert crawled.report.errors and crawled.chunks == []


async def test_html_in_the_place_of_json_and_an_empty_list_are_said(feeds: Feeds) -> None:
    html = await crawl(FEED, feeds.puts(b"<html><p>Maintenance</p></html>", content_type="text/html"))
    empty = await crawl(FEED, feeds.puts(b"[]"))

    assert "answered text/html" in html.report.errors[0] and "not JSON" in html.report.errors[0]
    assert "nothing found" in empty.report.errors[0]


async def test_many_equal_titles_are_as_many_calls_and_wait_on_disk(feeds: Feeds) -> None:
    row = json.loads(aids())["results"][0] | {"name": "Même titre"}
    body = json.dumps({"count": 3_000, "results": [row | {"id": number} for number in range(3_000)]})

    crawled = await crawl(FEED, feeds.puts(body.encode()))

    assert (crawled.report.errors, crawled.report.items, crawled.chunks) == ((), 3_000, [100] * 30)
    assert {call.title for call in crawled.calls.values()} == {"Même titre"}


async def test_more_calls_than_any_catalogue_has_are_not_believed(feeds: Feeds) -> None:
    crawled = await crawl(LIST, feeds.puts(page(*("" for _ in range(30))), content_type="text/html"), most_items=5)

    assert any("closespider_itemcount" in error for error in crawled.report.errors)
    assert crawled.chunks == []


async def test_what_cannot_all_be_told_is_counted(feeds: Feeds) -> None:
    wrong = [f"<b>{day} février 2027</b>" for day in range(30, 60)]

    crawled = await crawl(LIST, feeds.puts(page(*wrong), content_type="text/html"))

    assert len(crawled.report.remarks) == 20
    assert crawled.report.remarks[-1] == "… and 11 more"


async def test_answers_are_kept_while_a_spider_is_written(feeds: Feeds, tmp_path: Any) -> None:
    address = feeds.puts(page("<b>31 mars 2027</b>"), content_type="text/html")

    first = await crawl(LIST, address, cache=tmp_path)
    again = await crawl(LIST, address, cache=tmp_path)

    assert (first.report.items, again.report.items, len(feeds.asked)) == (1, 1, 1)
