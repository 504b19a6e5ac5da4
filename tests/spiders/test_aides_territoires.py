"""Aides-territoires is read whole or not at all, and each field says what the portal said."""

from datetime import UTC, date, datetime
from typing import Any

import aiohttp
import pytest

from chevalement.portals import Fault, LocalPortals
from chevalement.portals.server import sample
from funding_watch.spiders.aides_territoires import AidesTerritoiresSpider
from tests.spiders.crawling import TODAY, OpenPortals, crawl

NAME = "aides_territoires"


def aid(**changes: Any) -> dict[str, Any]:
    """The first aid of the sample, with changes."""
    first: dict[str, Any] = sample("aides_territoires.json")["aids"][0]
    return first | changes


async def test_the_live_aids_are_read_with_one_login(open_portals: OpenPortals) -> None:
    portals = await open_portals()

    crawled = await crawl(NAME, portals)

    assert crawled.report.complete
    assert (crawled.report.items, crawled.report.pages) == (41, 1)
    assert portals.hits == {"robots": 1, "login": 1, "aids": 1}
    assert not any(call.title.startswith("Équiper les petites cantines") for call in crawled.calls.values())


async def test_an_aid_becomes_a_call(open_portals: OpenPortals) -> None:
    call = (await crawl(NAME, await open_portals())).titled("Expérimenter une solution urbaine")

    assert call.key == "aides_territoires:170239"
    assert call.funders == ("Union européenne",)
    assert call.programme == "Initiative urbaine européenne"
    assert call.audiences == ("commune", "epci", "syndicat_mixte")
    assert (call.perimeter_scale, call.perimeter_name, call.perimeter_codes) == ("europe", "Europe", ("EU",))
    assert (call.kinds, call.expenses) == (("subvention",), ("investissement", "fonctionnement"))
    assert (call.rate_min, call.rate_max, call.amount_min, call.amount_max) == (None, 80, None, 5_000_000)
    assert (call.opens_on, call.closes_on) == (date(2026, 12, 3), date(2027, 2, 23))
    assert call.closes_at == datetime(2027, 2, 23, 22, 59, 59, tzinfo=UTC)
    assert (call.recurrence, call.language, call.status_on(TODAY)) == ("ponctuelle", "fr", "a_venir")
    assert call.url == "https://www.urban-initiative.eu/"
    assert "au moins 50\u202f000 habitants" in call.eligibility_text


async def test_a_loan_has_amounts_and_no_deadline(open_portals: OpenPortals) -> None:
    call = (await crawl(NAME, await open_portals())).titled("Renforcer la trésorerie")

    assert (call.kinds, call.amount_min, call.amount_max) == (("pret",), 5_000, 30_000)
    assert (call.closes_at, call.status_on(TODAY)) == (None, "permanent")


async def test_perimeters_get_codes_only_when_their_name_is_known(open_portals: OpenPortals) -> None:
    crawled = await crawl(NAME, await open_portals())

    perimeters = {(call.perimeter_scale, call.perimeter_codes) for call in crawled.calls.values()}
    assert {
        ("region", ("32",)),
        ("region", ("11",)),
        ("departement", ("62",)),
        ("bassin", ("artois-picardie",)),
        ("autre", ("bassin-minier",)),
    } <= perimeters
    leader = crawled.titled("Développer la campagne")
    assert (leader.perimeter_name, leader.perimeter_codes) == ("Ternois-7 Vallées", ())


@pytest.mark.parametrize(
    ("codes", "pages"),
    [("62427, 62, 62", 4), ([f"62{number:03}" for number in range(1, 151)], 4), ([f"62{n:03}" for n in range(400)], 8)],
    ids=["the same twice", "the communes of the territory in one query", "as many as need two addresses"],
)
async def test_places_are_asked_for_together_and_pages_follow_one_another(
    open_portals: OpenPortals, codes: Any, pages: int
) -> None:
    portals = await open_portals()

    crawled = await crawl(NAME, portals, page_size=10, perimeter_codes=codes)

    assert crawled.report.complete, crawled.report.errors
    assert (crawled.report.items, crawled.report.pages) == (39, pages)  # the same 39 aids answer all queries
    assert portals.hits["login"] == 1
    assert "Entretenir les voies communales des îles" not in {call.title for call in crawled.calls.values()}


async def test_calls_are_handed_over_by_hundreds(open_portals: OpenPortals) -> None:
    portals = await open_portals(aids=[aid(id=number) for number in range(1, 251)])

    crawled = await crawl(NAME, portals)

    assert (crawled.report.items, crawled.report.pages, crawled.chunks) == (250, 3, [100, 100, 50])


async def test_a_first_refusal_logs_in_again_and_asks_the_same_page(open_portals: OpenPortals) -> None:
    portals = await open_portals(flaky=True)

    crawled = await crawl(NAME, portals)

    assert crawled.report.complete
    assert crawled.report.items == 41
    assert portals.hits == {"robots": 1, "login": 2, "aids": 2}


@pytest.mark.parametrize(
    ("options", "arguments", "reason"),
    [
        ({"faults": [Fault.REFUSED_JWT]}, {}, "answered 401 5 times to a fresh token"),
        ({}, {"token": "stale"}, "the API token was refused (401): ask for a new one"),
        ({}, {"token": ""}, "the API token was refused (401): ask"),
        ({"faults": [Fault.MISSING_ROW]}, {}, "40 rows where 41 were due"),
        ({"faults": [Fault.GONE_FIELD]}, {}, "fields are gone: submission_deadline"),
        ({"faults": [Fault.NO_ROBOTS]}, {}, "Forbidden by robots.txt"),
        ({"faults": [Fault.EMPTY]}, {}, "nothing found"),
        ({"faults": [Fault.ELSEWHERE]}, {}, "leads to 127.0.0.2, which is no public address"),
        ({"aids": [aid(id=7), aid(id=7)]}, {}, "pages overlap: aid 7 came twice"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
async def test_what_cannot_be_believed_hands_nothing_over(
    open_portals: OpenPortals, options: dict[str, Any], arguments: dict[str, Any], reason: str
) -> None:
    crawled = await crawl(NAME, await open_portals(**options), **arguments)

    assert not crawled.report.complete
    assert reason in crawled.report.errors[0]
    assert crawled.chunks == []


async def test_without_a_token_the_real_portal_is_not_asked() -> None:
    spider = AidesTerritoiresSpider(token="")

    assert [request async for request in spider.start()] == []
    assert "no API token" in spider.failures[0]


async def test_an_unreadable_row_is_told_and_the_others_are_kept(open_portals: OpenPortals) -> None:
    good = [aid(id=number) for number in range(1, 60)]
    portals = await open_portals(aids=[*good, aid(id=60, name="")])

    crawled = await crawl(NAME, portals)

    assert crawled.report.complete
    assert crawled.report.items == 59
    assert crawled.report.remarks[0].startswith("aides_territoires:60: title String should have at least 1")


async def test_many_unreadable_rows_make_the_source_broken(open_portals: OpenPortals) -> None:
    portals = await open_portals(aids=[aid(id=1), aid(id=2, name="")])

    crawled = await crawl(NAME, portals)

    assert "1 of 2 rows cannot be read" in crawled.report.errors[0]
    assert crawled.chunks == []


async def test_markup_never_enters_a_record(open_portals: OpenPortals) -> None:
    markup = (
        "<p>Pour les <b>communes</b>&nbsp;:</p><ul><li>études</li><li onclick=x()>travaux</li></ul><script>x()</script>"
    )
    portals = await open_portals(aids=[aid(description=markup, source_url="javascript:x()")])

    call = (await crawl(NAME, portals)).titled("Rénover")

    assert call.description == "Pour les communes\u00a0:\n- études\n- travaux"
    assert call.url.startswith("https://aides-territoires.beta.gouv.fr/aides/")


async def test_a_server_that_says_when_to_come_back_is_obeyed(open_portals: OpenPortals) -> None:
    portals = await open_portals(faults=[Fault.BUSY_ONCE])

    crawled = await crawl(NAME, portals)

    assert crawled.report.complete
    assert portals.hits == {"robots": 1, "login": 2, "aids": 1}


async def test_a_private_address_is_refused_unless_allowed(open_portals: OpenPortals) -> None:
    portals = await open_portals()

    crawled = await crawl(NAME, portals, allow_private=False)

    assert "leads to 127.0.0.1, which is no public address" in crawled.report.errors[0]
    assert not portals.hits
    assert crawled.chunks == []


async def test_the_local_portal_keeps_the_traps_of_the_real_one(open_portals: OpenPortals) -> None:
    portals = await open_portals()
    async with aiohttp.ClientSession() as web:
        jwt = await _login(web, portals)
        query = {"itemsPerPage": "1000", "id": "170001"}
        async with web.get(f"{portals.aides_territoires_url}/aids/", params=query, headers=jwt) as answer:
            body = await answer.json()
        async with web.get(f"{portals.aides_territoires_url}/aids/") as stranger:
            refused = stranger.status

    assert (refused, body["count"], body["previous"], body["next"]) == (401, 41, None, None)
    assert len(body["results"][0]) == 45


async def _login(web: aiohttp.ClientSession, portals: LocalPortals) -> dict[str, str]:
    headers = {"X-AUTH-TOKEN": portals.token}
    async with web.post(f"{portals.aides_territoires_url}/connexion/", headers=headers) as answer:
        return {"Authorization": f"Bearer {(await answer.json())['token']}"}
