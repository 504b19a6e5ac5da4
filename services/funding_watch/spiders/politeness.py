"""How the watch behaves on the networks of others, and on ours.

The rule kept here: a crawl asks public addresses only, wherever a link or a redirection leads, since a
portal must not make the platform read the inner network for it; and a server that says when to come back
is obeyed.
"""

import asyncio
import socket
from collections.abc import Callable, Collection
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Self

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response
from scrapy.utils.httpobj import urlparse_cached

from funding_watch.spiders.interruption import unless

Address = IPv4Address | IPv6Address

BUSY = frozenset([429, 500, 502, 503, 504])
LONGEST_WAIT = 120.0
"""Seconds; a portal that asks for more is read at the next scheduled time."""


class PublicAddressesOnly:
    """Refuses a request whose host is, or has become, a private, loopback or reserved address.

    `inner_hosts` (host and port) are let through: another port of the same machine is another service.
    """

    def __init__(self, inner_hosts: Collection[str] = ()) -> None:
        self.inner_hosts = inner_hosts

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler.settings.getlist("WATCH_INNER_HOSTS"))

    async def process_request(self, request: Request) -> None:
        """Before connecting: redirections and robots.txt pass here too, as requests of their own."""
        parts = urlparse_cached(request)
        if parts.netloc not in self.inner_hosts:
            for address in await _addresses(parts.hostname or ""):
                _refuse_private(request, address)

    def process_response(self, request: Request, response: Response) -> Response:
        """After connecting: a name may have been resolved anew. A proxy's own address is not looked at."""
        known = urlparse_cached(request).netloc in self.inner_hosts or request.meta.get("proxy")
        if response.ip_address is not None and not known:
            _refuse_private(request, response.ip_address)
        return response


def _refuse_private(request: Request, address: Address) -> None:
    if not address.is_global or address.is_multicast:
        raise IgnoreRequest(
            f"{request.url} leads to {address}, which is no public address:"
            " allow_private lets the host of base_url through, and no other"
        )


async def _addresses(host: str) -> list[Address]:
    """What the host resolves to; nothing when it does not, which the downloader will tell."""
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except OSError:
        return []
    return [ip_address(str(sockaddr[0]).partition("%")[0]) for *_, sockaddr in found]


class RetryAfter:
    """Waits as long as a busy server asks, or twice as long each time, before Scrapy's own retry takes its turn."""

    def __init__(self, now: Callable[[], datetime], interrupted: asyncio.Event, first_wait: float, tries: int) -> None:
        self.now = now
        self.interrupted = interrupted
        self.first_wait = first_wait
        self.tries = tries

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        settings = crawler.settings
        interrupted, first_wait = settings["WATCH_INTERRUPTED"](), settings.getfloat("WATCH_BACK_OFF")
        return cls(settings["WATCH_NOW"], interrupted, first_wait, settings.getint("RETRY_TIMES"))

    async def process_response(self, request: Request, response: Response) -> Response:
        if response.status in BUSY and not request.meta.get("dont_retry"):
            wait = self.wait(request.meta.get("retry_times", 0), response.headers.get("Retry-After"))
            await unless(self.interrupted, asyncio.sleep(min(wait, LONGEST_WAIT)))
        return response

    def wait(self, tried: int, header: bytes | None) -> float:
        """Seconds before the next try, of which `tried` were made; none when there will be no other."""
        if header:
            return wait_of(header.decode("latin-1"), self.now())
        return self.first_wait * 2.0**tried if tried < self.tries else 0.0


def wait_of(header: str, now: datetime) -> float:
    """Seconds to wait: the header gives a number or an HTTP date; 0 for what cannot be read or is past."""
    try:
        seconds = float(header) if header.strip().isdigit() else _seconds_until(header, now)
    except ValueError:
        return 0.0
    return max(0.0, seconds)


def _seconds_until(header: str, now: datetime) -> float:
    at = parsedate_to_datetime(header)
    return ((at if at.tzinfo else at.replace(tzinfo=UTC)) - now).total_seconds()
