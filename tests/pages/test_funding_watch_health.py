"""The health page says how each source fares and what was odd; the archived copy shows what a source wrote."""

from funding_watch import handlers
from funding_watch.domain.health import ReadingFacts
from funding_watch.handlers import Tally
from kernel.contracts.funding_watch import CrawlDue
from tests.pages.test_watch_pages import Desk, words
from tests.pages.test_watch_pages import desk as desk  # the fixture
from tests.watch_story import SOURCE, START, call, claimed, moment, read, told


async def test_what_the_source_wrote_is_kept_and_shown_as_it_came(desk: Desk) -> None:
    await desk.knows(call("heat", payload='{"name": "<b>Chaleur</b>", "submission_deadline": "2026-06-10"}'))
    desk.clock.set(moment(1))
    await read(desk.database, call("heat", payload='{"name": "<b>Chaleur</b>", "submission_deadline": "2026-06-10"}'))

    page = await desk.ask(f"/appels/{SOURCE}:heat")
    copy = await desk.ask(f"/copies/{SOURCE}:heat")

    assert f'href="/veille/copies/{SOURCE}%3Aheat"' in page.text or f'href="/veille/copies/{SOURCE}:heat"' in page.text
    assert copy.headers["content-type"] == "text/plain; charset=utf-8"
    assert '"name": "<b>Chaleur</b>"' in copy.text and f"{START:%Y-%m-%d}" in copy.text  # the day it first said so
    assert (await desk.ask("/copies/nowhere:1")).status_code == 404


async def test_a_source_can_be_read_now(desk: Desk) -> None:
    answer = await desk.ask("/sources/eu_portal/lire", method="POST")

    assert (answer.status_code, answer.headers["location"]) == (303, "/veille/sources?demande=eu_portal")
    due = [body for body in await told(desk.database, CrawlDue) if body["source"] == "eu_portal"]
    assert len(due) == 1
    assert "La lecture est demandée." in words(await desk.ask("/sources?demande=eu_portal"))


async def test_a_source_to_configure_says_what_and_cannot_be_read(desk: Desk) -> None:
    assert "CHEVALEMENT_AIDES_TERRITOIRES_TOKEN" in words(await desk.ask("/sources"))
    assert (await desk.ask(f"/sources/{SOURCE}/lire", method="POST")).status_code == 409
    assert (await desk.ask("/sources/inconnue/lire", method="POST")).status_code == 404
    assert [body["source"] for body in await told(desk.database, CrawlDue)] == []


async def test_health_counts_what_is_read_here_and_shows_what_was_odd(desk: Desk) -> None:
    await read(desk.database, call("1"))  # a source that is to be configured again since
    async with desk.database.work() as work:
        claim = await claimed(work, "eu_portal")
        facts = ReadingFacts(work.at, 3, believed=True, remarks=("eu_portal: 2 calls came past their deadline",))
        await handlers.finish_crawl(work, claim, Tally(3), facts=facts)

    shown = words(await desk.ask("/sources"))

    assert "1 source sur 1 en bonne santé." in shown
    assert "1 remarque sur la dernière lecture" in shown and "2 calls came past their deadline" in shown


async def test_a_source_that_broke_is_seen_where_calls_are_read(desk: Desk) -> None:
    async with desk.database.work() as work:
        claim = await claimed(work, "eu_portal")
        await handlers.degrade_source(work, claim, "La source a répondu mais n’a montré aucun appel.")

    assert "En retard" in words(await desk.ask("/sources"))
    assert "n'est plus à jour" in words(await desk.ask("/"))
