"""The European portal is believed when it says the same thing twice, and each field is that of our topic."""

import asyncio
from datetime import UTC, date, datetime
from typing import Any

import aiohttp
import pytest

from chevalement.portals import Fault
from chevalement.portals.server import sample
from funding_watch.spiders.sedia import multipart, search_parts
from tests.patience import PATIENCE
from tests.spiders.crawling import NOON, TODAY, OpenPortals, crawl

NAME = "eu_portal"


def topic(**changes: Any) -> dict[str, Any]:
    """The second topic of the sample (one version only), with changes."""
    second: dict[str, Any] = sample("eu_portal.json")["topics"][1]
    return second | changes


TWENTY_WITHOUT_TEXT = [topic(reference=f"{number}TOPICSen", description="") for number in range(20)]


async def test_two_passes_in_a_row_make_a_catalogue(open_portals: OpenPortals) -> None:
    portals = await open_portals()

    crawled = await crawl(NAME, portals)

    assert crawled.report.complete
    assert (crawled.report.items, crawled.report.pages) == (24, 2)
    assert portals.hits == {"robots": 1, "search": 6}  # twice: total, page, total


async def test_pages_follow_one_another(open_portals: OpenPortals) -> None:
    portals = await open_portals()

    crawled = await crawl(NAME, portals, page_size=10)

    assert crawled.report.complete, crawled.report.errors
    assert (crawled.report.items, crawled.report.pages) == (24, 6)


async def test_a_topic_becomes_a_call(open_portals: OpenPortals) -> None:
    call = (await crawl(NAME, await open_portals())).titled("Reusing vacant")

    assert call.key == "eu_portal:50218237TOPICSen"
    assert (call.funders, call.programme) == (("Commission européenne",), "Horizon Europe")
    assert (call.perimeter_scale, call.perimeter_codes) == ("europe", ("EU",))
    assert call.audiences == ()  # the portal says nothing: to check
    assert (call.amount_min, call.amount_max, call.envelope) == (4_500_000, 4_500_000, 9_000_000)
    assert (call.opens_on, call.closes_on) == (date(2026, 10, 14), date(2027, 4, 2))
    assert call.closes_at == datetime(2027, 4, 2, 21, 59, 59, tzinfo=UTC)  # the end of the day in Brussels
    assert (call.language, call.status_on(TODAY)) == ("en", "ouvert")
    assert call.url.endswith("/topic-details/HORIZON-NEB-2026-01-BUSINESS-03")
    assert "Vacant buildings" in call.themes


async def test_the_budget_is_that_of_our_topic_only(open_portals: OpenPortals) -> None:
    calls = (await crawl(NAME, await open_portals())).calls

    life = {ref: calls[ref].envelope for ref in ("51121646TOPICSen", "51121636TOPICSen")}
    assert life == {"51121646TOPICSen": 7_000_000, "51121636TOPICSen": 8_000_000}


async def test_a_longer_identifier_is_another_topic(open_portals: OpenPortals) -> None:
    siblings = [{"identifier": f"{topic()['identifier']}-BIS", "total": 1_000_000}]
    portals = await open_portals(topics=[topic(siblings=siblings)])

    (call,) = (await crawl(NAME, portals)).calls.values()

    assert call.envelope == 28_000_000


async def test_every_cut_off_is_kept_and_the_last_one_closes(open_portals: OpenPortals) -> None:
    call = (await crawl(NAME, await open_portals())).titled("Public sector loan")

    days = [call.local_day(at) for at in call.cut_offs]
    assert days == [date(2026, 9, 24), date(2027, 1, 7), date(2027, 4, 22)]
    assert call.closes_on == days[-1]
    ahead = call.next_cut_off(NOON)
    assert ahead and call.local_day(ahead) == days[1]


async def test_with_two_stages_the_first_closes_the_door(open_portals: OpenPortals) -> None:
    portals = await open_portals(topics=[topic(closes_in=[20, 180], deadline_model="two-stage")])

    (call,) = (await crawl(NAME, portals)).calls.values()

    assert call.closes_on == date(2026, 12, 13)
    assert len(call.cut_offs) == 2


async def test_a_cascade_call_has_its_own_title_hour_and_page(open_portals: OpenPortals) -> None:
    call = (await crawl(NAME, await open_portals())).calls["14382COMPETITIVE_CALLen"]

    assert call.title == "Extra experimental sites for soil living labs"
    assert call.closes_at == datetime(2027, 1, 1, 17, tzinfo=UTC)  # 18:00 in Brussels
    assert call.url.endswith("/competitive-calls-cs/46597762")
    assert call.envelope is None


async def test_of_two_versions_the_newest_is_kept(open_portals: OpenPortals) -> None:
    call = (await crawl(NAME, await open_portals())).calls["51084983TOPICSen"]

    assert call.title == "Nature and biodiversity projects"
    assert call.closes_on == date(2027, 2, 3)


async def test_an_open_status_does_not_outlive_the_deadline(open_portals: OpenPortals) -> None:
    call = (await crawl(NAME, await open_portals())).titled("Maritime spatial planning")

    assert call.status_on(TODAY) == "clos"


async def test_markup_never_enters_a_record(open_portals: OpenPortals) -> None:
    markup = "<p>Better <i>cities</i></p><script>steal()</script><style>p{}</style><p>for &lt;all&gt;</p>"
    portals = await open_portals(topics=[topic(description=markup)])

    (call,) = (await crawl(NAME, portals)).calls.values()

    assert call.description == "Better cities\nfor <all>"


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"faults": [Fault.OVERLAPPING_PAGES]}, "pages overlap: ('SEDIA', "),
        ({"faults": [Fault.SHIFTING_TOTAL]}, "totals disagree: 32 before, 33 on page 1"),
        ({"faults": [Fault.EMPTY]}, "nothing found"),
        ({"faults": [Fault.NO_ROBOTS]}, "Forbidden by robots.txt"),
        ({"topics": TWENTY_WITHOUT_TEXT}, "no row has descriptionByte any more"),
        ({"topics": [topic(title="")]}, "no row has title any more"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
async def test_what_cannot_be_believed_hands_nothing_over(
    open_portals: OpenPortals, options: dict[str, Any], reason: str
) -> None:
    crawled = await crawl(NAME, await open_portals(**options), page_size=10)

    assert not crawled.report.complete
    assert reason in crawled.report.errors[0]
    assert crawled.chunks == []


async def test_a_doubtful_catalogue_is_read_four_times(open_portals: OpenPortals) -> None:
    portals = await open_portals(faults=[Fault.OVERLAPPING_PAGES])

    crawled = await crawl(NAME, portals, page_size=10)

    assert crawled.report.errors[0].startswith("eu_portal: the catalogue was not believed after 4 passes")
    assert portals.hits["search"] == 4 * 3  # total, page 1, and the page that overlaps


async def test_a_server_that_says_when_to_come_back_is_obeyed(open_portals: OpenPortals) -> None:
    portals = await open_portals(faults=[Fault.BUSY_ONCE])

    crawled = await crawl(NAME, portals)

    assert crawled.report.complete
    assert portals.hits["search"] == 7


async def test_a_private_address_is_refused_unless_allowed(open_portals: OpenPortals) -> None:
    portals = await open_portals()

    crawled = await crawl(NAME, portals, allow_private=False)

    assert "leads to 127.0.0.1, which is no public address" in crawled.report.errors[0]
    assert not portals.hits


async def test_two_sources_are_read_at_once_in_one_loop(open_portals: OpenPortals) -> None:
    portals = await open_portals()

    aides, europe = await asyncio.gather(crawl("aides_territoires", portals), crawl(NAME, portals))

    assert (aides.report.items, europe.report.items) == (41, 24)


async def test_an_interrupted_crawl_closes_and_lets_go(open_portals: OpenPortals) -> None:
    portals = await open_portals(faults=[Fault.SILENT])
    before = asyncio.all_tasks()
    crawling = asyncio.create_task(crawl(NAME, portals))
    await asyncio.wait_for(portals.silent.wait(), timeout=PATIENCE)

    crawling.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asyncio.wait_for(crawling, timeout=PATIENCE)

    await portals.stop()
    assert asyncio.all_tasks() == before


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"query": "{}"}, 500),
        (aiohttp.FormData({"query": "{}"}, default_to_multipart=True), 500),
        (None, 200),
    ],
    ids=["plain form", "parts that are not JSON", "the spider's own"],
)
async def test_only_json_parts_are_read(open_portals: OpenPortals, body: Any, status: int) -> None:
    portals = await open_portals()
    content_type, parts = multipart(search_parts())
    headers = {} if body else {"Content-Type": content_type}

    async with aiohttp.ClientSession() as web:
        address = f"{portals.eu_portal_url}/search?apiKey=SEDIA&text=***&pageSize=1000"
        async with web.post(address, data=body or parts, headers=headers) as answer:
            answered = await answer.json()

    assert answer.status == status
    if status == 500:
        assert answered == {"type": "throwable"}
    else:
        assert (answered["totalResults"], answered["pageSize"]) == (25, 100)
        assert all(isinstance(value, list) for value in answered["results"][0]["metadata"].values())
