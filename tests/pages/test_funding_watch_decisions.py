"""Doubts and shrunk readings on the pages: shown wherever the call is, decided once, by a name, with a reason."""

from collections.abc import AsyncIterator
from pathlib import Path

import html5lib
import httpx2
import pytest

from funding_watch import app, handlers
from funding_watch.domain.health import ReadingFacts
from funding_watch.store import calls, readings
from kernel.contracts.funding_watch import MatchProposed
from kernel.runtime import migrate
from kernel.runtime.clock import FixedClock
from kernel.runtime.service import Service
from kernel.runtime.sessions import COOKIE
from kernel.runtime.settings import Settings
from tests.sign_in import cookie_of
from tests.watch_story import (
    PLACE,
    SOURCE,
    START,
    call,
    claimed,
    decided,
    far_calls,
    moment,
    read,
    someone,
    submitted,
    told,
)

KEY = f"{SOURCE}:heat"
REASON = {"motif": "Le financeur dit que le fonds est épuisé."}


class Desk:
    """The watch's pages, with a call that is in doubt and has no deadline."""

    def __init__(self, service: Service, clock: FixedClock) -> None:
        self.service, self.clock, self.database = service, clock, service.database

    async def ask(self, method: str, path: str, **fields: str) -> httpx2.Response:
        cookies = {COOKIE: await cookie_of(self.service, "Équipe du Label", "staff")}
        transport = httpx2.ASGITransport(app=self.service.app)
        async with httpx2.AsyncClient(transport=transport, base_url="http://desk.test", cookies=cookies) as client:
            answer = await client.request(method, path, **({"data": fields} if fields else {}))
        if answer.headers.get("content-type", "").startswith("text/html"):
            html5lib.HTMLParser(strict=True).parse(answer.text)
        return answer

    async def doubt(self) -> str:
        """The address of the project that the call in doubt was proposed to."""
        candidacy_id = someone()
        for event in (submitted(candidacy_id), decided(candidacy_id)):
            async with self.database.work() as work:
                await handlers.hear(work, event, PLACE)
        permanent = call("heat", closes_at=None, recurrence="permanente")
        await read(self.database, *far_calls(), permanent)
        for day in range(1, 5):
            self.clock.set(moment(day))
            await read(self.database, *far_calls())
        async with self.database.work() as work:
            await handlers.match_all(work, PLACE)
        return f"/projets/{candidacy_id}"

    async def refused(self, items: int = 3) -> None:
        async with self.database.work() as work:
            claim = await claimed(work)
            facts = ReadingFacts(work.at, items, believed=False)
            await handlers.degrade_source(work, claim, f"La source n’a montré que {items} appels.", facts)


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    clock = FixedClock(START)
    settings = Settings.load(data=tmp_path, aides_territoires_token="t")
    service = app.build(settings, "nats://127.0.0.1:1", clock)
    await migrate.upgrade(service.database.engine, "funding_watch")
    yield Desk(service, clock)
    await service.database.close()


async def test_the_doubt_is_said_wherever_the_call_is_shown(desk: Desk) -> None:
    project = await desk.doubt()

    for path in ("/", "/?statut=non_confirme", f"/appels/{KEY}", "/projets", project):
        assert "Non confirmé" in (await desk.ask("GET", path)).text, path
    only = (await desk.ask("GET", "/?statut=non_confirme")).text
    assert "Réseaux de chaleur" in only and "Terrains de football" not in only


async def test_a_decision_needs_a_reason_and_keeps_the_words(desk: Desk) -> None:
    await desk.doubt()

    answer = await desk.ask("POST", f"/decisions/{KEY}", decision="clos", motif=" ")
    long = await desk.ask("POST", f"/decisions/{KEY}", decision="clos", motif="mot " * 400)

    assert answer.status_code == 422 and "Dites en une phrase pourquoi" in answer.text
    assert long.status_code == 422 and "mot mot mot" in long.text
    assert (await desk.ask("POST", f"/decisions/{KEY}", decision="peut-être", **REASON)).status_code == 422
    assert (await desk.ask("POST", "/decisions/none:1", decision="clos", **REASON)).status_code == 404


async def test_a_decision_closes_once_and_stays_in_the_history(desk: Desk) -> None:
    await desk.doubt()

    answer = await desk.ask("POST", f"/decisions/{KEY}", decision="clos", **REASON)
    again = await desk.ask("POST", f"/decisions/{KEY}", decision="ouvert", **REASON)
    page = (await desk.ask("GET", f"/appels/{KEY}")).text

    assert (answer.status_code, answer.headers["location"]) == (303, f"/veille/appels/{KEY}#historique")
    assert again.status_code == 409
    assert "Équipe du Label" in page and "le fonds est épuisé" in page and "À décider" not in page
    async with desk.database.reading() as session:
        known = await calls.one(session, KEY)
    assert known is not None and known.call.presence == "ferme"


async def test_a_shrunk_source_is_accepted_with_a_reason_and_its_count(desk: Desk) -> None:
    await read(desk.database, *far_calls())
    assert (await desk.ask("GET", f"/sources/{SOURCE}/accepter")).status_code == 409
    await desk.refused()

    assert "Accepter la réduction" in (await desk.ask("GET", "/sources")).text
    assert "3 appels" in (await desk.ask("GET", f"/sources/{SOURCE}/accepter")).text
    empty = await desk.ask("POST", f"/sources/{SOURCE}/accepter", nombre="3", motif="")
    other = await desk.ask("POST", f"/sources/{SOURCE}/accepter", nombre="4", motif="Deux fonds ont fermé.")
    done = await desk.ask("POST", f"/sources/{SOURCE}/accepter", nombre="3", motif="Deux fonds ont fermé.")

    assert [empty.status_code, other.status_code, done.status_code] == [422, 409, 303]
    assert "Deux fonds ont fermé" in (await desk.ask("GET", "/sources")).text
    async with desk.database.reading() as session:
        assert len(await readings.decisions(session, SOURCE)) == 1
    assert (await desk.ask("GET", "/sources/nowhere/accepter")).status_code == 404


async def test_a_contradicted_call_is_proposed_to_nobody_until_a_person_has_looked(desk: Desk) -> None:
    candidacy_id = someone()
    for event in (submitted(candidacy_id), decided(candidacy_id)):
        async with desk.database.work() as work:
            await handlers.hear(work, event, PLACE)
    wrong = call("heat", description="Réseaux de chaleur au bois. Date limite : 2 mai 2026.")
    await read(desk.database, *far_calls(), wrong)

    async def proposed() -> int:
        async with desk.database.work() as work:
            await handlers.match_all(work, PLACE)
        return len(await told(desk.database, MatchProposed))

    assert await proposed() == 0
    page = (await desk.ask("GET", f"/appels/{KEY}")).text
    assert "En quarantaine" in page and "2 mai 2026" in page and "En quarantaine" in (await desk.ask("GET", "/")).text
    assert (await desk.ask("POST", f"/quarantaine/{KEY}", motif="")).status_code == 422

    done = await desk.ask("POST", f"/quarantaine/{KEY}", motif="La page du financeur dit bien le 10 juin.")
    again = await desk.ask("POST", f"/quarantaine/{KEY}", motif="Encore.")

    assert (done.status_code, again.status_code) == (303, 409)
    assert await proposed() == 1
    history = (await desk.ask("GET", f"/appels/{KEY}")).text
    assert "Vérifié et sorti de quarantaine" in history and "En quarantaine" not in history
    await read(desk.database, *far_calls(), wrong.model_copy(update={"rate_max": 80}))
    assert "En quarantaine" in (await desk.ask("GET", f"/appels/{KEY}")).text  # another content is to be looked at
