"""A server that speaks as feeds do, well or badly, and a crawl of it by a declaration."""

import json
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

from aiohttp import web

from funding_watch.crawl import CrawlReport, CrawlSettings, run_spider
from funding_watch.domain.call import FundingCall
from funding_watch.domain.declarations import Declaration
from funding_watch.domain.sources import Remembered
from kernel.runtime.clock import FixedClock
from tests.spiders.crawling import NOON, Crawled

PAYLOADS = Path(__file__).parent / "payloads"
KEYS = {"client_id": "identifiant-factice", "client_secret": "secret-factice"}

Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Feeds:
    """Answers every path with what the test put there; keeps the headers of each request."""

    def __init__(self) -> None:
        self.answers: dict[str, Answer] = {}
        self.asked: list[tuple[str, Mapping[str, str]]] = []
        self.base_url = ""
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self._answer)
        self._runner = web.AppRunner(app, access_log=None)

    async def start(self) -> None:
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.base_url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"

    async def stop(self) -> None:
        await self._runner.cleanup()

    def puts(self, body: bytes, *, path: str = "/feed", **options: Any) -> str:
        """Serve these bytes; the address."""

        async def answer(_: web.Request) -> web.StreamResponse:
            return web.Response(body=body, **options)

        return self.puts_answer(answer, path)

    def puts_answer(self, answer: Answer, path: str = "/feed") -> str:
        self.answers[path] = answer
        return f"{self.base_url}{path}"

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        if request.path == "/robots.txt":
            return web.Response(text="User-agent: *\nAllow: /\n")
        self.asked.append((request.path, request.headers.copy()))
        if request.path not in self.answers:
            raise web.HTTPNotFound
        return await self.answers[request.path](request)


def declaration(format_: str, **fields: Any) -> Declaration:
    """A declaration as an operator would write it."""
    base = {"format": format_, "title": "Source d’essai", "owner": "Financeur d’essai", "reach": "régionale"}
    address = "https://feeds.example" if format_ == "ademe_agir" else "https://feeds.example/feed"
    made = {**base, "url": address, "enabled": True, **fields}
    return Declaration(name="essai", **made)


async def crawl(
    declared: Declaration,
    address: str,
    *,
    name: str = "essai",
    remembered: Remembered | None = None,
    **changes: Any,
) -> Crawled:
    """Read the address as the declared source."""
    chunks: list[list[FundingCall]] = []

    async def sink(chunk: list[FundingCall]) -> None:
        chunks.append(chunk)

    arguments = {"declaration": declared} | (KEYS if declared.format == "ademe_agir" else {})
    how = {"allow_private": True, "delay": 0, "clock": FixedClock(NOON), "arguments": {name: arguments}, **changes}
    report: CrawlReport = await run_spider(
        name, base_url=address, sink=sink, settings=CrawlSettings(**how), remembered=remembered
    )
    return Crawled(report, {call.reference: call for chunk in chunks for call in chunk}, list(map(len, chunks)))


def expected(name: str) -> dict[str, Any]:
    """What the payload of this name becomes: calls by reference, and remarks."""
    found: dict[str, Any] = json.loads((PAYLOADS / f"{name}.expected.json").read_text(encoding="utf-8"))
    return found


def seen(crawled: Crawled) -> dict[str, Any]:
    """The same of a crawl; fields that the source does not say are left away."""
    calls = {
        reference: call.model_dump(mode="json", exclude_defaults=True) for reference, call in crawled.calls.items()
    }
    return {"calls": calls, "remarks": sorted(crawled.report.remarks)}
