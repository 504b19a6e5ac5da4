"""The watch asks public addresses only, whatever name they hide under, and waits when it is told to."""

import asyncio
from datetime import UTC, datetime
from email.utils import format_datetime

import pytest
from scrapy import Request
from scrapy.exceptions import IgnoreRequest

from funding_watch.crawl import CrawlSettings, scrapy_settings
from funding_watch.spiders.politeness import PublicAddressesOnly, RetryAfter, wait_of

NOW = datetime(2026, 11, 23, 11, tzinfo=UTC)


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1:8222/",
        "http://localhost/",
        "http://[::1]/",
        "http://[::ffff:10.0.0.1]/",
        "http://10.1.2.3/",
        "http://192.168.1.1/",
        "http://169.254.169.254/latest/meta-data/",
        "http://100.64.0.1/",
        "http://0.0.0.0/",
        "http://2130706433/",
        "http://224.0.0.1/",
    ],
)
async def test_an_inner_address_is_refused(address: str) -> None:
    with pytest.raises(IgnoreRequest, match="which is no public address"):
        await PublicAddressesOnly().process_request(Request(address))


@pytest.mark.parametrize("address", ["http://1.1.1.1/", "http://[2606:4700::1111]/"])
async def test_a_public_address_is_let_through(address: str) -> None:
    await PublicAddressesOnly().process_request(Request(address))


async def test_an_allowed_host_is_let_through_and_no_other() -> None:
    guard = PublicAddressesOnly(["127.0.0.1:8080"])
    await guard.process_request(Request("http://127.0.0.1:8080/"))

    for other in ("http://127.0.0.2:8080/", "http://127.0.0.1:5432/", "http://127.0.0.1/"):
        with pytest.raises(IgnoreRequest):
            await guard.process_request(Request(other))


def test_a_crawl_is_slow_honest_and_bounded() -> None:
    options = scrapy_settings(CrawlSettings(contact="label@pole.example"), None)

    assert options["USER_AGENT"] == "chevalement/1.0 (+mailto:label@pole.example)"
    assert options["ROBOTSTXT_OBEY"] and options["AUTOTHROTTLE_ENABLED"] and options["DOWNLOAD_DELAY"] >= 1
    assert options["CONCURRENT_REQUESTS_PER_DOMAIN"] == 1 and options["WATCH_INNER_HOSTS"] == []
    assert 0 < options["DOWNLOAD_MAXSIZE"] <= 10 * 2**20 and 0 < options["CLOSESPIDER_TIMEOUT"] <= 3_600
    assert options["CLOSESPIDER_ITEMCOUNT"] > 10_000


@pytest.mark.parametrize(("tried", "seconds"), [(0, 5), (1, 10), (2, 20), (3, 0)])
def test_a_busy_server_that_says_nothing_is_given_twice_as_long_each_time(tried: int, seconds: float) -> None:
    patience = RetryAfter(lambda: NOW, asyncio.Event(), 5.0, 3)

    assert patience.wait(tried, None) == seconds
    assert patience.wait(tried, b"7") == 7


@pytest.mark.parametrize(
    ("header", "seconds"),
    [("120", 120), ("0", 0), (format_datetime(NOW.replace(minute=2), usegmt=True), 120), ("soon", 0), ("-5", 0)],
)
def test_retry_after_is_a_number_or_a_date(header: str, seconds: float) -> None:
    assert wait_of(header, NOW) == seconds
