"""What servers do to a feed: each trouble ends in a reason that a person reads, and none hands calls over."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web

from tests.spiders.feeds import KEYS, PAYLOADS, Feeds, crawl, declaration

FEED = declaration("at_feed", perimeter="DEP-26")
BODY = (PAYLOADS / "at_feed.json").read_bytes()
CSV = (PAYLOADS / "dispositif_aide.csv").read_bytes()
RSS = (PAYLOADS / "syndication.xml").read_bytes()
BOMB = b'<!DOCTYPE rss [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><rss><channel><item><link>https://a.example</link><title>&b;</title>'


@pytest.fixture
async def feeds() -> AsyncIterator[Feeds]:
    served = Feeds()
    await served.start()
    yield served
    await served.stop()


@pytest.mark.parametrize(
    ("format_", "answer", "reason"),
    [
        ("at_feed", {"body": b"no", "status": 401}, "answered 401"),
        ("ademe_agir", {"body": b"no", "status": 401}, "answered 401"),
        ("at_feed", {"body": b"broken", "status": 500}, "answered 500"),
        ("at_feed", {"body": b"", "status": 304}, "answered 304 to a question without condition"),
        ("at_feed", {"body": BODY[:-40]}, "not JSON"),
        ("at_feed", {"body": b"<p>Maintenance</p>", "content_type": "text/html"}, "answered text/html, not JSON"),
        ("at_feed", {"body": b'{"aides": []}'}, "nothing found"),
        ("at_feed", {"body": b'{"count": 9, "aides": []}'}, "0 rows where 9 were announced"),
        ("at_feed", {"body": b'{"message": "ok"}'}, "no list of aids among message"),
        ("at_feed", {"body": b"12"}, "neither a list of aids nor an envelope"),
        ("at_feed", {"body": BODY.decode().encode("cp1252", "replace")}, "not JSON"),
        ("ademe_agir", {"body": b'{"NbDispositif": 2, "ListeDispositifs": []}'}, "0 aids where 2 were announced"),
        ("dispositif_aide", {"body": b"id;titre\n1;Un\n"}, "the columns cibles, date_mise_a_jour"),
        ("dispositif_aide", {"body": CSV[: CSV.index(b"Paie")]}, "unexpected end of data"),
        ("syndication", {"body": RSS[:-60]}, "the feed was cut before its end"),
        ("syndication", {"body": b"<html></html>"}, "neither RSS nor Atom"),
        ("syndication", {"body": BOMB + b"</item></channel></rss>"}, "title String should have at least 1"),
    ],
)
async def test_a_trouble_is_told_and_hands_nothing_over(
    feeds: Feeds, format_: str, answer: dict[str, Any], reason: str
) -> None:
    feeds.puts(**answer, path="/r2da/listeDispositif")
    address = feeds.base_url if format_ == "ademe_agir" else feeds.puts(**answer)

    crawled = await crawl(declaration(format_), address)

    assert any(reason in error for error in crawled.report.errors), crawled.report.errors
    assert crawled.chunks == []


async def test_a_server_that_says_when_to_come_back_is_obeyed(feeds: Feeds) -> None:
    answers = iter([web.Response(status=429, headers={"Retry-After": "0"}), web.Response(body=BODY)])

    async def answer(_: web.Request) -> web.StreamResponse:
        return next(answers)

    crawled = await crawl(FEED, feeds.puts_answer(answer))

    assert (crawled.report.errors, crawled.report.items, len(feeds.asked)) == ((), 3, 2)


async def test_an_endless_redirection_ends(feeds: Feeds) -> None:
    async def answer(_: web.Request) -> web.StreamResponse:
        raise web.HTTPFound("/feed")

    crawled = await crawl(FEED, feeds.puts_answer(answer))

    assert crawled.report.errors
    assert len(feeds.asked) < 30


async def test_secrets_follow_no_redirection(feeds: Feeds) -> None:
    async def answer(_: web.Request) -> web.StreamResponse:
        raise web.HTTPFound("/elsewhere")

    feeds.puts_answer(answer, "/r2da/listeDispositif")
    feeds.puts(b"{}", path="/elsewhere")

    crawled = await crawl(declaration("ademe_agir"), feeds.base_url)

    assert "answered 302" in crawled.report.errors[0]
    assert [path for path, _ in feeds.asked] == ["/r2da/listeDispositif"]
    assert not any(secret in error for error in crawled.report.errors for secret in KEYS.values())


async def test_a_redirection_to_the_inner_network_is_refused(feeds: Feeds) -> None:
    async def answer(_: web.Request) -> web.StreamResponse:
        raise web.HTTPFound(feeds.base_url.replace("127.0.0.1", "127.0.0.2"))

    crawled = await crawl(FEED, feeds.puts_answer(answer))

    assert "leads to 127.0.0.2, which is no public address" in crawled.report.errors[0]


async def test_a_private_address_is_refused_unless_allowed(feeds: Feeds) -> None:
    crawled = await crawl(FEED, feeds.puts(BODY), allow_private=False)

    assert "leads to 127.0.0.1, which is no public address" in crawled.report.errors[0]
    assert not feeds.asked


async def test_what_is_too_large_is_not_read(feeds: Feeds) -> None:
    crawled = await crawl(FEED, feeds.puts(BODY + b" " * 5_000), max_bytes=4_000)

    assert crawled.report.errors
    assert crawled.chunks == []


async def test_next_stays_on_its_server(feeds: Feeds) -> None:
    body = b'{"count": 2, "next": "http://elsewhere.example/2", "aides": []}'

    crawled = await crawl(FEED, feeds.puts(body))

    assert "on another server" in crawled.report.errors[0]


async def test_what_did_not_change_is_asked_for_and_not_read_again(feeds: Feeds) -> None:
    async def answer(request: web.Request) -> web.StreamResponse:
        same = request.headers.get("If-None-Match") == '"v1"'
        return web.Response(status=304) if same else web.Response(body=BODY, headers={"ETag": '"v1"'})

    address = feeds.puts_answer(answer)
    first = await crawl(FEED, address)
    again = await crawl(FEED, address, remembered=first.report.remembered)
    edited = await crawl(declaration("at_feed", perimeter="DEP-50"), address, remembered=first.report.remembered)

    assert (first.report.unchanged, first.report.items) == (False, 3)
    assert (again.report.complete, again.report.unchanged, again.report.items) == (True, True, 0)
    assert again.report.remembered == first.report.remembered
    assert (edited.report.unchanged, edited.report.items) == (False, 3)


async def test_a_last_modified_serves_as_well(feeds: Feeds) -> None:
    moment = "Mon, 16 Nov 2026 09:00:00 GMT"
    address = feeds.puts(BODY, headers={"Last-Modified": moment})

    first = await crawl(FEED, address)
    await crawl(FEED, address, remembered=first.report.remembered)

    assert [headers.get("If-Modified-Since") for _, headers in feeds.asked] == [None, moment]
