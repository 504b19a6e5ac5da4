"""The open outputs: CommonGrants answers that its own library reads, a feed and a diary that programs read."""

from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import httpx2
import pytest
from common_grants_sdk.schemas.pydantic.requests.opportunity import OpportunitySearchRequest
from common_grants_sdk.schemas.pydantic.responses.error import Error
from common_grants_sdk.schemas.pydantic.responses.opportunity import (
    OpportunitiesListResponse,
    OpportunitiesSearchResponse,
    OpportunityResponse,
)

from funding_watch import app
from funding_watch.domain.common_grants import identifier
from kernel.runtime import migrate
from kernel.runtime.clock import FixedClock
from kernel.runtime.service import Service
from kernel.runtime.settings import Settings
from tests.watch_story import SOURCE, START, call, decided, english_call, moment, read, someone, submitted

ATOM = "{http://www.w3.org/2005/Atom}"
CALLS = (
    call("1", cut_offs=(moment(30), moment(90)), amount_min=5_000, amount_max=80_000, envelope=2_000_000),
    call("2", title="Berges et zones humides", opens_on=moment(10).date(), closes_at=moment(40), amount_max=20_000),
    call("3", title="Un fonds permanent", closes_at=None, recurrence="permanente", audiences=()),
    call("4", title="Une aide passée, à ne plus citer", closes_at=moment(-3)),
    english_call(envelope=9_000_000),
)


@pytest.fixture
async def service(tmp_path: Path) -> AsyncIterator[Service]:
    made = app.build(Settings.load(data=tmp_path), "nats://127.0.0.1:1", FixedClock(START))
    await migrate.upgrade(made.database.engine, "funding_watch")
    await read(made.database, *CALLS)
    yield made
    await made.database.close()


async def ask(service: Service, method: str, path: str, body: Any = None) -> httpx2.Response:
    """As a program asks that nobody knows."""
    transport = httpx2.ASGITransport(app=service.app)
    async with httpx2.AsyncClient(transport=transport, base_url="http://open.test") as client:
        return await client.request(method, path, **({"json": body} if body is not None else {}))


async def found(service: Service, **asked: Any) -> list[str]:
    """The titles that a search finds, its request and answer read by the protocol's own library."""
    OpportunitySearchRequest.model_validate(asked)
    answer = await ask(service, "POST", "/common-grants/opportunities/search", asked)
    assert answer.status_code == 200, answer.text
    return [one.title for one in OpportunitiesSearchResponse.model_validate(answer.json()).items]


async def test_the_list_is_paged_and_valid(service: Service) -> None:
    answer = await ask(service, "GET", "/common-grants/opportunities?page=2&pageSize=2")
    page = OpportunitiesListResponse.model_validate(answer.json())

    assert (page.pagination_info.total_items, page.pagination_info.total_pages, len(page.items)) == (5, 3, 2)


async def test_one_call_says_what_its_source_says_and_nothing_more(service: Service) -> None:
    answer = await ask(service, "GET", f"/common-grants/opportunities/{identifier(f'{SOURCE}:1')}")
    one = OpportunityResponse.model_validate(answer.json()).data

    assert (one.title, one.status.value, str(one.source)) == (CALLS[0].title, "open", CALLS[0].url)
    assert one.funding and one.funding.max_award_amount and one.funding.max_award_amount.amount == "80000"
    assert one.key_dates and one.key_dates.close_date
    assert getattr(one.key_dates.close_date, "date", None) == date(2026, 6, 10)
    assert one.key_dates.other_dates and list(one.key_dates.other_dates) == ["cutOff1"]
    silent = (await ask(service, "GET", f"/common-grants/opportunities/{identifier(f'{SOURCE}:3')}")).json()["data"]
    assert "closeDate" not in silent.get("keyDates", {}) and "acceptedApplicantTypes" not in silent


@pytest.mark.parametrize("path", ["00000000-0000-0000-0000-000000000000", "pas-un-identifiant"])
async def test_an_unknown_call_is_a_json_error(service: Service, path: str) -> None:
    answer = await ask(service, "GET", f"/common-grants/opportunities/{path}")

    assert answer.status_code == 404
    Error.model_validate(answer.json())


@pytest.mark.parametrize(
    ("asked", "titles"),
    [
        ({"search": "berge humide"}, ["Berges et zones humides"]),
        ({"filters": {"status": {"operator": "in", "value": ["forecasted"]}}}, ["Berges et zones humides"]),
        (
            {
                "filters": {
                    "closeDateRange": {"operator": "between", "value": {"min": "2026-04-01", "max": "2026-05-01"}}
                }
            },
            ["Berges et zones humides"],
        ),
        (
            {
                "filters": {
                    "totalFundingAvailableRange": {
                        "operator": "between",
                        "value": {
                            "min": {"amount": "3000000", "currency": "EUR"},
                            "max": {"amount": "10000000", "currency": "EUR"},
                        },
                    }
                }
            },
            ["District heating fed by biomass"],
        ),
        (
            {
                "filters": {"status": {"operator": "notIn", "value": ["closed"]}},
                "sorting": {"sortBy": "keyDates.closeDate", "sortOrder": "asc"},
                "pagination": {"page": 1, "pageSize": 2},
            },
            ["Berges et zones humides", "Réseaux de chaleur au bois"],
        ),
    ],
)
async def test_a_search_filters_sorts_and_pages(service: Service, asked: dict[str, Any], titles: list[str]) -> None:
    assert await found(service, **asked) == titles


async def test_what_cannot_be_applied_is_said(service: Service) -> None:
    body = {
        "filters": {"customFilters": {"couleur": {"operator": "eq", "value": "vert"}}},
        "sorting": {"sortBy": "custom", "customSortBy": "couleur", "sortOrder": "asc"},
    }
    answer = (await ask(service, "POST", "/common-grants/opportunities/search", body)).json()

    assert "couleur" in answer["filterInfo"]["errors"][0] and "custom" in answer["sortInfo"]["errors"][0]


@pytest.mark.parametrize("body", [{"pagination": {"page": 0}}, {"filters": {"status": "open"}}, [1], "mot"])
async def test_a_wrong_request_is_refused_in_json(service: Service, body: Any) -> None:
    answer = await ask(service, "POST", "/common-grants/opportunities/search", body)

    assert answer.status_code == 400
    Error.model_validate(answer.json())


async def test_the_atom_feed_lists_what_changed_last(service: Service) -> None:
    answer = await ask(service, "GET", "/appels.atom")
    feed = ElementTree.fromstring(answer.content)  # noqa: S314 - our own answer

    assert answer.headers["content-type"].startswith("application/atom+xml")
    assert len(feed.findall(f"{ATOM}entry")) == len(CALLS)
    assert all(entry.findtext(f"{ATOM}id", "").startswith("urn:uuid:") for entry in feed.findall(f"{ATOM}entry"))


async def test_the_diary_holds_the_deadlines_ahead_with_an_alarm(service: Service) -> None:
    text = (await ask(service, "GET", "/appels.ics")).content.decode()
    lines = text.replace("\r\n ", "").split("\r\n")

    days = [line.partition(":")[2] for line in lines if line.startswith("DTSTART")]
    assert {"20260411", "20260421", "20260610"} <= set(days) and min(days) >= "20260312"
    assert text.count("BEGIN:VALARM") == text.count("BEGIN:VEVENT") == len(days)
    assert "à ne plus citer" not in text
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    assert len({line for line in lines if line.startswith("UID:")}) == len(days)


async def test_no_project_is_told_to_strangers(service: Service) -> None:
    from funding_watch import handlers
    from tests.watch_story import PLACE

    candidacy_id = someone()
    for event in (submitted(candidacy_id), decided(candidacy_id)):
        async with service.database.work() as work:
            await handlers.hear(work, event, PLACE)

    for path in ("/common-grants/opportunities?pageSize=100", "/appels.atom", "/appels.ics"):
        assert "La cité refaite" not in (await ask(service, "GET", path)).text
