"""Two records of one call: suggested after a crawl, compared, reunited, shown once everywhere, parted again."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import html5lib
import httpx2
import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from funding_watch import app, handlers
from funding_watch.store import duplicates
from kernel.runtime import migrate
from kernel.runtime.clock import FixedClock
from kernel.runtime.database import Database
from kernel.runtime.service import Service
from kernel.runtime.sessions import COOKIE
from kernel.runtime.settings import Settings
from tests.sign_in import cookie_of
from tests.watch_story import PLACE, START, call, decided, english_call, far_calls, moment, read, someone, submitted

OTHER = call("77", source="portail", title="Réseau de chaleur bois", funders=("ADEME Hauts-de-France",))
MINE = call("1")
REASON = "Le financeur confirme que c’est le même fonds."


class Desk:
    """The watch with two records of one call, and a project that it could pay for."""

    def __init__(self, service: Service) -> None:
        self.service, self.database = service, service.database

    async def ask(self, method: str, path: str, **fields: str) -> httpx2.Response:
        cookies = {COOKIE: await cookie_of(self.service, "Équipe du Label", "staff")}
        transport = httpx2.ASGITransport(app=self.service.app)
        async with httpx2.AsyncClient(transport=transport, base_url="http://desk.test", cookies=cookies) as client:
            answer = await client.request(method, path, **({"data": fields} if fields else {}))
        if answer.headers.get("content-type", "").startswith("text/html"):
            html5lib.HTMLParser(strict=True).parse(answer.text)
        return answer

    async def look(self) -> None:
        """What the subscriber does about calls that came."""
        async with self.database.work() as work:
            await handlers.suggest_duplicates(work, {MINE.key, OTHER.key})
            await handlers.match_all(work, PLACE)

    async def pair(self) -> str:
        async with self.database.reading() as session:
            (found,) = await duplicates.every(session)
        return f"/doublons/{found.pair_id}"

    async def state(self) -> str:
        async with self.database.reading() as session:
            return (await duplicates.every(session))[0].state


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    service = app.build(
        Settings.load(data=tmp_path, aides_territoires_token="t"), "nats://127.0.0.1:1", FixedClock(START)
    )
    await migrate.upgrade(service.database.engine, "funding_watch")
    made = Desk(service)
    candidacy_id = someone()
    for event in (submitted(candidacy_id), decided(candidacy_id)):
        async with made.database.work() as work:
            await handlers.hear(work, event, PLACE)
    await read(made.database, *far_calls(), MINE, OTHER, english_call())
    await made.look()
    yield made
    await service.database.close()


async def test_a_pair_is_shown_with_its_evidence_and_both_records(desk: Desk) -> None:
    listed = (await desk.ask("GET", "/doublons")).text
    shown = (await desk.ask("GET", await desk.pair())).text

    assert "Une paire à comparer" in listed and "La même date limite" in listed
    assert "ADEME Hauts-de-France" in shown and "fiche A chez le financeur" in shown
    assert "semble parler du même appel" in (await desk.ask("GET", f"/appels/{MINE.key}")).text


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"motif": REASON}, "quelle fiche garder"),
        ({"decision": "premier", "motif": " "}, "Dites en une phrase pourquoi"),
    ],
)
async def test_what_is_missing_is_said_and_nothing_is_lost(desk: Desk, fields: dict[str, str], said: str) -> None:
    answer = await desk.ask("POST", await desk.pair(), **fields)

    assert answer.status_code == 422 and said in answer.text
    assert fields["motif"].strip() in answer.text
    assert await desk.state() == "propose"


async def test_reunited_records_are_shown_once_and_parted_again(desk: Desk) -> None:
    address = await desk.pair()
    assert (await desk.ask("GET", "/")).text.count("de chaleur") >= 2

    answer = await desk.ask("POST", address, decision="premier", motif=REASON)
    await desk.look()

    assert answer.status_code == 303 and answer.headers["location"].endswith("?fait=reunies")
    shown = (await desk.ask("GET", "/")).text
    assert f"/appels/{MINE.key}" in shown and f"/appels/{OTHER.key}" not in shown
    assert "Aussi publié par" in (await desk.ask("GET", f"/appels/{MINE.key}")).text
    away = (await desk.ask("GET", f"/appels/{OTHER.key}")).text
    assert "réunie avec une autre" in away and REASON in away.replace("\u202f", " ")
    assert await _proposed(desk.database) == {MINE.key}

    assert (await desk.ask("POST", f"{address}/annuler")).status_code == 303
    await desk.look()
    assert f"/appels/{OTHER.key}" in (await desk.ask("GET", "/")).text
    assert await _proposed(desk.database) == {MINE.key, OTHER.key}


async def _proposed(database: Database) -> set[str]:
    async with database.engine.connect() as connection:
        rows = await connection.execute(text("SELECT call_key FROM match WHERE rank IS NOT NULL"))
        return {key for (key,) in rows if "EN-1" not in key}


async def test_a_decision_outlives_the_next_crawls(desk: Desk) -> None:
    await desk.ask("POST", await desk.pair(), decision="distinct", motif=REASON)
    await desk.look()

    assert await desk.state() == "distinct"
    assert "Distinctes" in (await desk.ask("GET", "/doublons")).text


async def test_a_suggestion_that_no_longer_holds_goes_away(desk: Desk) -> None:
    await read(desk.database, *far_calls(), MINE, OTHER.model_copy(update={"closes_at": moment(200)}), english_call())
    await desk.look()

    assert "Aucune paire à comparer" in (await desk.ask("GET", "/doublons")).text


async def test_a_record_that_is_hidden_is_not_kept_for_another(desk: Desk) -> None:
    third = call("5", source="region", title="Réseaux de chaleur au bois")
    await read(desk.database, third)
    async with desk.database.work() as work:
        await handlers.suggest_duplicates(work, {third.key})
    async with desk.database.reading() as session:
        pairs = {(one.first, one.second): one.pair_id for one in await duplicates.every(session)}
    mine_other = pairs[MINE.key, OTHER.key]
    other_third = pairs[OTHER.key, third.key]

    assert (await desk.ask("POST", f"/doublons/{mine_other}", decision="premier", motif=REASON)).status_code == 303
    answer = await desk.ask("POST", f"/doublons/{other_third}", decision="premier", motif=REASON)

    assert answer.status_code == 422 and "déjà montrée sous une autre" in answer.text
    assert (await desk.ask("POST", f"/doublons/{other_third}", decision="second", motif=REASON)).status_code == 303


@pytest.mark.parametrize(
    ("changes", "constraint"),
    [
        ({"first_key": "'z'", "second_key": "'a'"}, "ck_duplicate_order"),
        ({"state": "'peut-être'", "decided_by": "'Équipe'"}, "ck_duplicate_state"),
        ({"state": "'distinct'"}, "ck_duplicate_decided"),
        ({"state": "'meme'", "decided_by": "'Équipe'"}, "ck_duplicate_kept"),
        ({"kept_key": "'autre'", "state": "'meme'", "decided_by": "'Équipe'"}, "ck_duplicate_kept_of_both"),
        ({"kind": "'autre'"}, "ck_duplicate_kind"),
        ({"score": "2"}, "ck_duplicate_score"),
        ({}, "uq_duplicate_first_key_second_key"),
    ],
)
async def test_no_impossible_pair_can_be_written(database_url: str, changes: dict[str, str], constraint: str) -> None:
    database = Database(database_url, FixedClock(START))
    await migrate.upgrade(database.engine, "funding_watch")
    await read(database, MINE, OTHER)
    async with database.work() as work:
        await handlers.suggest_duplicates(work, {MINE.key})
    moved = {"id": f"'{someone().hex if 'sqlite' in database_url else someone()}'"} | changes
    columns = "id, first_key, second_key, kind, score, evidence, found_at, state, kept_key, decided_by"
    values = ", ".join(moved.get(name, name) for name in columns.split(", "))
    with pytest.raises(IntegrityError) as refused:
        async with database.engine.connect() as connection:
            await connection.execution_options(writes=True)
            async with connection.begin():
                await connection.execute(text(f"INSERT INTO duplicate ({columns}) SELECT {values} FROM duplicate"))  # noqa: S608 - our own words
    named = constraint if "postgresql" in database_url or constraint.startswith("ck") else "UNIQUE"
    assert re.search(rf"{named}\b", str(refused.value))
    await database.close()
