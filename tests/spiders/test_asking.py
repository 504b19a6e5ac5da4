"""A call that its listing no longer shows is asked for by name; only a clear answer counts."""

from collections.abc import AsyncIterator, Mapping
from typing import Any

import pytest
from aiohttp import web

from chevalement.portals.server import sample
from funding_watch.crawl import Answers, CrawlSettings, ask_source
from funding_watch.domain.call import FundingCall
from funding_watch.spiders.sedia import CLOSED
from kernel.runtime.clock import FixedClock
from tests.spiders.crawling import NOON, OpenPortals, crawl
from tests.spiders.feeds import Feeds
from tests.watch_story import call


async def ask(name: str, calls: list[FundingCall], base_url: str | None, **arguments: Any) -> Answers:
    settings = CrawlSettings(allow_private=True, delay=0, clock=FixedClock(NOON), arguments={name: arguments})
    return await ask_source(name, calls, base_url=base_url, settings=settings)


async def test_the_european_portal_says_open_closed_or_nothing_at_all(open_portals: OpenPortals) -> None:
    topics = sample("eu_portal.json")["topics"]
    closed = {**topics[1], "reference": "9TOPICSen", "identifier": "OVER-2026", "status": CLOSED}
    portals = await open_portals(topics=[*topics, closed])
    listed = list((await crawl("eu_portal", portals)).calls.values())
    root = "https://ec.europa.eu/info/funding-tenders/opportunities/portal/screen/opportunities"
    ended = listed[0].model_copy(
        update={"reference": closed["reference"], "url": f"{root}/topic-details/{closed['identifier']}"}
    )
    unknown = ended.model_copy(update={"reference": "1TOPICSen", "url": f"{root}/topic-details/NOWHERE-2026"})
    stranger = listed[1].model_copy(update={"reference": "2TOPICSen"})

    answers = await ask("eu_portal", [listed[0], ended, unknown, stranger], portals.eu_portal_url)

    said = [answers.said[one.key] for one in (listed[0], ended, unknown, stranger)]
    assert said == ["there", "closed", "gone", "unclear"], answers.errors
    assert answers.calls == {listed[0].key: listed[0]}


class Aids:
    """The part of Aides-territoires that gives one aid; `aids` are JSON or an HTTP status by identifier."""

    def __init__(self, aids: Mapping[str, Any]) -> None:
        self.aids, self.logins = aids, 0
        app = web.Application()
        app.router.add_get("/robots.txt", self._robots)
        app.router.add_post("/api/connexion/", self._login)
        app.router.add_get("/api/aids/by-id/{id}/", self._aid)
        self.runner = web.AppRunner(app, access_log=None)

    async def start(self) -> str:
        await self.runner.setup()
        await web.TCPSite(self.runner, "127.0.0.1", 0).start()
        return f"http://127.0.0.1:{self.runner.addresses[0][1]}/api"

    async def _robots(self, _: web.Request) -> web.Response:
        return web.Response(text="User-agent: *\nAllow: /\n")

    async def _login(self, _: web.Request) -> web.Response:
        self.logins += 1
        return web.json_response({"token": f"jwt-{self.logins}"})

    async def _aid(self, request: web.Request) -> web.Response:
        if request.headers["Authorization"] != "Bearer jwt-2":  # the first token is refused, as a real one was
            return web.json_response({}, status=401)
        found = self.aids.get(request.match_info["id"], 404)
        return web.Response(status=found) if isinstance(found, int) else web.json_response(found)


async def test_aides_territoires_is_asked_by_identifier_and_a_refused_token_renewed(open_portals: OpenPortals) -> None:
    portals = await open_portals()
    live = next(iter((await crawl("aides_territoires", portals)).calls.values()))
    aid = _bundled(await _page(portals), live.reference)
    one, two, three, four = (live.model_copy(update={"reference": name}) for name in ("1", "2", "3", "4"))
    aids = Aids({live.reference: aid, "2": {**aid, "id": 2, "is_live": False}, "3": 500, "4": {**aid, "id": 77}})
    address = await aids.start()

    answers = await ask("aides_territoires", [live, one, two, four], address, token="t")
    broken = await ask("aides_territoires", [three], address, token="t")
    await aids.runner.cleanup()

    assert [answers.said[one.key] for one in (live, one, two, four)] == ["there", "gone", "closed", "unclear"]
    assert list(answers.calls) == [live.key]
    assert broken.said[three.key] == "unclear" and broken.errors


async def _page(portals: Any) -> list[dict[str, Any]]:
    import aiohttp

    async with aiohttp.ClientSession() as client:
        headers = {"X-AUTH-TOKEN": portals.token}
        async with client.post(f"{portals.aides_territoires_url}/connexion/", headers=headers) as answer:
            jwt = (await answer.json())["token"]
        bearer = {"Authorization": f"Bearer {jwt}"}
        address = f"{portals.aides_territoires_url}/aids/?itemsPerPage=100"
        async with client.get(address, headers=bearer) as answer:
            found: list[dict[str, Any]] = (await answer.json())["results"]
    return found


def _bundled(aids: list[dict[str, Any]], reference: str) -> dict[str, Any]:
    return next(aid for aid in aids if str(aid["id"]) == reference)


@pytest.fixture
async def feeds() -> AsyncIterator[Feeds]:
    made = Feeds()
    await made.start()
    yield made
    await made.stop()


async def test_any_other_source_is_asked_for_the_page_of_the_call(feeds: Feeds) -> None:
    async def answer(status: int) -> web.Response:
        return web.Response(status=status, text="<p>Une page</p>")

    pages = {path: status for path, status in (("/a", 200), ("/b", 404), ("/c", 410), ("/d", 500))}
    for path, status in pages.items():
        feeds.puts_answer(lambda _, status=status: answer(status), path)
    calls = [call(path, source="essai", url=f"{feeds.base_url}{path}") for path in pages]

    answers = await ask("essai", calls, feeds.base_url)

    assert [answers.said[one.key] for one in calls] == ["page", "gone", "gone", "unclear"]
