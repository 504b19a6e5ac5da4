"""One crawl over real HTTP, with a clock that stands still, and what it left behind."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from chevalement.portals import LocalPortals
from funding_watch.crawl import CrawlReport, CrawlSettings, run_spider
from funding_watch.domain.call import FundingCall
from kernel.runtime.clock import FixedClock

TODAY = date(2026, 11, 23)
NOON = datetime(2026, 11, 23, 11, tzinfo=UTC)

OpenPortals = Callable[..., Awaitable[LocalPortals]]


@dataclass
class Crawled:
    """What a crawl left behind: its report, the calls by reference, the sizes of the chunks."""

    report: CrawlReport
    calls: dict[str, FundingCall] = field(default_factory=dict)
    chunks: list[int] = field(default_factory=list)

    def titled(self, beginning: str) -> FundingCall:
        """The call whose title begins so."""
        return next(call for call in self.calls.values() if call.title.startswith(beginning))


async def crawl(name: str, portals: LocalPortals, *, allow_private: bool = True, **arguments: Any) -> Crawled:
    """Run the named spider against the portals; `arguments` are the spider's."""
    chunks: list[list[FundingCall]] = []

    async def sink(chunk: list[FundingCall]) -> None:
        chunks.append(chunk)

    if name == "aides_territoires":
        arguments = {"token": portals.token, **arguments}
    settings = CrawlSettings(allow_private=allow_private, delay=0, arguments={name: arguments}, clock=FixedClock(NOON))
    report = await run_spider(name, base_url=getattr(portals, f"{name}_url"), sink=sink, settings=settings)
    calls = {call.reference: call for chunk in chunks for call in chunk}
    return Crawled(report, calls, [len(chunk) for chunk in chunks])
