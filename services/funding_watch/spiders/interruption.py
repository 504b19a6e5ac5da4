"""How a crawl lets go at once of what it waits for.

The rule kept here: a service that stops does not wait for the servers of others. Scrapy ends a crawl when
the last answer is in, and what is cancelled before that stays in the loop for ever: so an interruption
first ends the waiting, then lets Scrapy close as usual.
"""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from scrapy import Request
from scrapy.core.downloader.handlers.base import BaseDownloadHandler
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response
from scrapy.utils.misc import build_from_crawler, load_object

Result = TypeVar("Result")


async def unless(interrupted: asyncio.Event, work: Coroutine[Any, Any, Result]) -> Result:
    """The result of `work`, or IgnoreRequest as soon as the crawl is interrupted."""
    working, stopping = asyncio.ensure_future(work), asyncio.ensure_future(interrupted.wait())
    try:
        await asyncio.wait({working, stopping}, return_when=asyncio.FIRST_COMPLETED)
        if not working.done():
            raise IgnoreRequest("the crawl was interrupted")
        return working.result()
    finally:
        working.cancel()
        stopping.cancel()
        await asyncio.gather(working, stopping, return_exceptions=True)


class InterruptibleHandler(BaseDownloadHandler):
    """Scrapy's own handler, whose downloads an interruption ends. `WATCH_INTERRUPTED` gives the event."""

    lazy = True

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        handler = load_object(crawler.settings["DOWNLOAD_HANDLERS_BASE"]["https"])
        self.inner: BaseDownloadHandler = build_from_crawler(handler, crawler)
        self.interrupted: asyncio.Event = crawler.settings["WATCH_INTERRUPTED"]()

    async def download_request(self, request: Request) -> Response:
        return await unless(self.interrupted, self.inner.download_request(request))

    async def close(self) -> None:
        await self.inner.close()
