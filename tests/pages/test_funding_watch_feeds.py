"""A project's calls at a secret address: given to somebody, read by programs, shut for ever when revoked."""

import re
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID
from xml.etree import ElementTree

import html5lib
import httpx2
import icalendar
import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from funding_watch import app, handlers
from kernel.runtime import migrate
from kernel.runtime.clock import FixedClock
from kernel.runtime.database import Database
from kernel.runtime.service import Service
from kernel.runtime.sessions import COOKIE
from kernel.runtime.settings import Settings
from tests.sign_in import cookie_of
from tests.watch_story import PLACE, START, call, decided, far_calls, read, someone, submitted, withdrawn

ATOM = "{http://www.w3.org/2005/Atom}"


class Desk:
    """The watch with a project and a call for it."""

    def __init__(self, service: Service, candidacy_id: UUID) -> None:
        self.service, self.database, self.candidacy_id = service, service.database, candidacy_id
        self.page = f"/projets/{candidacy_id}/abonnements"

    async def ask(self, method: str, path: str, *, staff: bool = True, **fields: str) -> httpx2.Response:
        cookies = {COOKIE: await cookie_of(self.service, "Équipe du Label", "staff")} if staff else {}
        transport = httpx2.ASGITransport(app=self.service.app)
        async with httpx2.AsyncClient(transport=transport, base_url="http://desk.test", cookies=cookies) as client:
            answer = await client.request(method, path, **({"data": fields} if fields else {}))
        if answer.headers.get("content-type", "").startswith("text/html"):
            html5lib.HTMLParser(strict=True).parse(answer.text)
        return answer

    async def give(self) -> str:
        """A new address, as the page shows it, under this service."""
        answer = await self.ask("POST", self.page, pour="Agenda du service culture")
        assert answer.status_code == 201
        found = re.search(r"/veille(/flux/[\w-]+)\.ics", answer.text)
        assert found
        return found[1]


async def hear(database: Database, *events: object) -> None:
    for event in events:
        async with database.work() as work:
            await handlers.hear(work, event, PLACE)  # type: ignore[arg-type]  # one of the four that it hears


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    settings = Settings.load(data=tmp_path, aides_territoires_token="t")
    service = app.build(settings, "nats://127.0.0.1:1", FixedClock(START))
    await migrate.upgrade(service.database.engine, "funding_watch")
    candidacy_id = someone()
    await read(service.database, *far_calls(), call("heat"), call("past", title="Chaleur au bois, fini"))
    await hear(service.database, submitted(candidacy_id), decided(candidacy_id))
    yield Desk(service, candidacy_id)
    await service.database.close()


async def test_whoever_holds_the_address_reads_the_calls_of_the_project_alone(desk: Desk) -> None:
    address = await desk.give()

    feed = await desk.ask("GET", f"{address}.atom", staff=False)
    diary = await desk.ask("GET", f"{address}.ics", staff=False)

    entries = ElementTree.fromstring(feed.content).findall(f"{ATOM}entry")  # noqa: S314 - our own answer
    titles = [entry.findtext(f"{ATOM}title") for entry in entries]
    assert "Réseaux de chaleur au bois" in titles and "Terrains de football" not in titles
    assert all("Éligible" in entry.findtext(f"{ATOM}summary", "") for entry in entries[:1])
    events = icalendar.Calendar.from_ical(diary.content).walk("VEVENT")
    assert events and all(event.walk("VALARM") for event in events)
    assert diary.headers["cache-control"] == "private, no-store" and diary.headers["x-robots-tag"] == "noindex"


async def test_an_address_is_shown_once_and_its_key_is_not_kept(desk: Desk) -> None:
    key = (await desk.give()).rpartition("/")[2]

    again = await desk.ask("GET", desk.page)

    assert "Agenda du service culture" in again.text and key not in again.text
    async with desk.database.engine.connect() as connection:
        rows = (await connection.execute(text("SELECT * FROM feed"))).all()
    assert rows and key not in str(rows)


async def test_a_revoked_address_opens_nothing_and_another_still_does(desk: Desk) -> None:
    address, other = await desk.give(), await desk.give()
    revoked = re.findall(r"/veille(/abonnements/[\w-]+/revoquer)", (await desk.ask("GET", desk.page)).text)
    async with desk.database.engine.connect() as connection:
        hashes = (await connection.execute(text("SELECT id, key_hash FROM feed"))).all()
    assert len(revoked) == len(hashes) == 2

    assert (await desk.ask("POST", revoked[0])).status_code == 303
    assert (await desk.ask("POST", revoked[0])).status_code == 303  # twice does it once

    answers = {(await desk.ask("GET", f"{one}.ics", staff=False)).status_code for one in (address, other)}
    assert answers == {200, 404}
    assert "Révoquée" in (await desk.ask("GET", desk.page)).text


async def test_an_address_ends_with_its_project(desk: Desk) -> None:
    address = await desk.give()
    await hear(desk.database, withdrawn(desk.candidacy_id))

    assert (await desk.ask("GET", f"{address}.atom", staff=False)).status_code == 404
    assert (await desk.ask("POST", desk.page, pour="Quelqu’un")).status_code == 404
    assert (await desk.ask("GET", f"/flux/{'x' * 32}.ics", staff=False)).status_code == 404


@pytest.mark.parametrize("name", [" ", "n" * 121])
async def test_a_wrong_name_is_said_and_kept(desk: Desk, name: str) -> None:
    answer = await desk.ask("POST", desk.page, pour=name)

    assert answer.status_code == 422 and name.strip() in answer.text


@pytest.mark.parametrize(
    ("values", "constraint"),
    [
        ("'short', 'x', NULL", "ck_feed_key_hash"),
        (f"'{'0' * 64}', '', NULL", "ck_feed_given_to"),
        (f"'{'0' * 64}', 'x', 'y'", "ck_feed_revoked"),
    ],
)
async def test_no_impossible_address_can_be_written(desk: Desk, values: str, constraint: str) -> None:
    await desk.give()
    statement = (
        "INSERT INTO feed (id, candidacy_id, key_hash, given_to, revoked_by, given_by, given_at) "  # noqa: S608 - our own words
        f"SELECT '{someone().hex}', candidacy_id, {values}, given_by, given_at FROM feed"
    )
    with pytest.raises(IntegrityError, match=constraint):
        async with desk.database.engine.connect() as connection:
            await connection.execution_options(writes=True)
            async with connection.begin():
                await connection.execute(text(statement))
