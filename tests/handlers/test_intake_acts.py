"""An act on several dossiers waits, survives, can be called back, and is done once; a what-if tells nobody anything."""

from collections.abc import AsyncIterator
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from intake import handlers
from intake.domain.acts import WINDOW, Act, Kind, Step
from intake.domain.refusals import Refused
from intake.handlers import acts, board, views
from intake.store import acts as act_store
from intake.store import board as board_store
from intake.store import candidacies, desk, waves
from intake.store import messages as threads
from kernel.contracts.funding_watch import CallSummary, MatchProposed
from kernel.runtime import migrate
from kernel.runtime.auth import Person
from kernel.runtime.clock import FixedClock
from kernel.runtime.database import Database
from tests.intake_story import CALENDAR, DAY, NOW, STAFF, dossier

OFFICER = Person(STAFF, "staff", str(uuid4()))


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    made = Database(database_url, FixedClock(NOW))
    await migrate.upgrade(made.engine, "intake")
    async with made.work() as work:
        await handlers.open_wave(work, CALENDAR, STAFF)
    yield made
    await made.close()


async def sent(database: Database, count: int = 2) -> list[UUID]:
    async with database.work() as work:
        made = [await handlers.submit_candidacy(work, dossier(), "LE", uuid4().hex) for _ in range(count)]
    return [receipt.candidacy_id for receipt in made]


async def planned(database: Database, kind: Kind, ids: list[UUID], act_id: UUID | None = None, **words: str) -> Act:
    async with database.work() as work:
        return await acts.plan(work, act_id or uuid4(), kind, [Step(one, words) for one in ids], OFFICER)


async def now_is(database: Database, later: timedelta) -> None:
    database.clock = FixedClock(NOW + later)


async def told(database: Database) -> list[str]:
    async with database.engine.connect() as connection:
        return list((await connection.execute(text("SELECT subject FROM outbox ORDER BY id"))).scalars())


async def states(database: Database, ids: list[UUID]) -> list[str]:
    async with database.reading() as session:
        found = [await candidacies.candidacy(session, one) for one in ids]
    return [one.state for one in found if one is not None]


async def seen(database: Database, act: Act) -> Act:
    async with database.reading() as session:
        found = await act_store.act(session, act.id)
    assert found is not None
    return found


async def test_an_act_waits_with_its_appointment_and_is_done_once(database: Database) -> None:
    ids = await sent(database)
    act = await planned(database, "preselection", ids, decision="non_retenu", motif="Pas cette fois.")
    assert (await told(database))[-1] == f"intake.schedule.due.{act.id.hex}"

    async with database.work() as work:  # a clock ahead of ours told us too early
        await acts.come_due(work, act.id)
    assert await states(database, ids) == ["depose", "depose"]
    await now_is(database, WINDOW)
    for _ in range(2):
        async with database.work() as work:
            await acts.come_due(work, act.id)

    assert await states(database, ids) == ["non_retenu", "non_retenu"]
    assert (await told(database)).count("intake.candidacy.not_retained.v1") == 2
    assert (await seen(database, act)).state == "fait"


async def test_an_act_is_called_back_until_it_is_done(database: Database) -> None:
    ids = await sent(database)
    act = await planned(database, "preselection", ids, decision="retenu", motif="Solide.")
    for _ in range(2):
        async with database.work() as work:
            await acts.cancel(work, act.id)
    await now_is(database, DAY)
    async with database.work() as work:
        await acts.come_due(work, act.id)
        await acts.hasten(work, act.id)

    assert await states(database, ids) == ["depose", "depose"]
    other = await planned(database, "lu", ids, lecteur="x")
    async with database.work() as work:
        await acts.hasten(work, other.id)
    with pytest.raises(Refused, match="Trop tard"):
        async with database.work() as work:
            await acts.cancel(work, other.id)


async def test_acts_are_found_again_after_a_crash(database: Database) -> None:
    ids = await sent(database)
    late = await planned(database, "etiqueter", ids, etiquette="À visiter")
    await now_is(database, WINDOW)
    early = await planned(database, "etiqueter", ids, etiquette="forêt")
    async with database.work() as work:
        await handlers.keep_appointments(work)

    assert [(await seen(database, act)).state for act in (late, early)] == ["fait", "prevu"]
    assert (await told(database)).count(f"intake.schedule.due.{early.id.hex}") == 2
    async with database.reading() as session:
        assert (await desk.tags(session))[ids[0]] == ("à visiter",)


async def test_a_dossier_that_was_taken_back_is_told_apart(database: Database) -> None:
    gone, stays = await sent(database)
    act = await planned(database, "preselection", [gone, stays, uuid4()], decision="retenu", motif="Solide.")
    async with database.work() as work:
        await handlers.withdraw(work, gone, "Le projet change.")
        await acts.hasten(work, act.id)

    done = await seen(database, act)
    assert await states(database, [gone, stays]) == ["retire", "preselectionne"]
    assert {one.candidacy_id for one in done.results if one.is_done} == {stays}
    assert any("Retiré" in one.said for one in done.left)


async def test_the_same_form_twice_plans_once_and_writes_once(database: Database) -> None:
    ids, token = await sent(database), uuid4()
    for _ in range(2):
        act = await planned(database, "message", ids, token, message="Rendez-vous le 20 mars.")
        async with database.work() as work:
            await acts.hasten(work, act.id)

    async with database.reading() as session:
        threads_of = [await threads.thread(session, one) for one in ids]
    assert [[message.text for message in thread] for thread in threads_of] == [["Rendez-vous le 20 mars."]] * 2


@pytest.mark.parametrize("count", [0, 201])
async def test_too_few_or_too_many_are_refused(database: Database, count: int) -> None:
    with pytest.raises(Refused):
        await planned(database, "lu", [uuid4() for _ in range(count)], lecteur="x")


async def test_a_what_if_changes_nothing_and_tells_nobody(database: Database) -> None:
    ids = await sent(database, 3)
    before = await told(database)
    async with database.work() as work:
        wave = await waves.open_wave(work.session)
        assert wave is not None
        made = await board.imagine(work, wave.id, "Prudente", [*ids[:2], uuid4()], STAFF)
        await board.change(work, made.id, ids[1:], STAFF)
        other = await board.imagine(work, wave.id, "Large", ids, STAFF)
    async with database.work() as work:
        await board.drop(work, other.id)
        kept = await board_store.selections(work.session, wave.id)

    assert [(one.name, one.picks) for one in kept] == [("Prudente", frozenset(ids[1:]))]
    assert await told(database) == before
    assert set(await states(database, ids)) == {"depose"}
    with pytest.raises(Refused, match="porte déjà ce nom"):
        async with database.work() as work:
            await board.imagine(work, wave.id, "Prudente", ids, STAFF)


def match(candidacy_id: UUID, days: int, **changes: Any) -> MatchProposed:
    call = CallSummary(
        key="c:1", title=f"Appel {days}", funders=["Région"], url="https://x.example", closes_on=date(2026, 5, 1),
        rate_max=80, amount_max=None,
    )  # fmt: skip
    told = {"need": "planter", "verdict": "eligible", "score": 0.8, "reason": "Il paie des arbres."}
    return MatchProposed(
        match_id=uuid4(), candidacy_id=candidacy_id, project_title="Forêt", call=call, at=NOW + days * DAY,
        **(told | changes),
    )  # fmt: skip


@pytest.mark.parametrize("order", [(0, 1), (1, 0), (0, 1, 0, 1)])
async def test_the_latest_word_of_the_watch_is_kept(database: Database, order: tuple[int, ...]) -> None:
    known = uuid4()
    for days in order:
        async with database.work() as work:
            await board.hear_of_match(work, match(known, days))
    async with database.reading() as session:
        [kept] = (await board_store.proposals(session, [known]))[known]

    assert (kept.title, kept.funders) == ("Appel 1", ("Région",))


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE act SET kind = 'oublier'",
        "UPDATE act SET state = 'perdu', ended_at = due_at",
        "UPDATE act SET state = 'fait'",
        "UPDATE act SET planned_at = '2030-01-01 00:00:00+00:00'",
        "UPDATE selection SET name = ''",
        "UPDATE saved_view SET name = ''",
        "UPDATE proposal SET verdict = 'peut-être'",
        "DELETE FROM selection",
    ],
)
async def test_bad_states_cannot_be_written(database: Database, statement: str) -> None:
    ids = await sent(database)
    await planned(database, "lu", ids, lecteur="x")
    async with database.work() as work:
        wave = await waves.open_wave(work.session)
        assert wave is not None
        await board.imagine(work, wave.id, "Prudente", ids, STAFF)
        await views.save_view(work, OFFICER, "À lire", "theme=energie", shared=True)
        await board.hear_of_match(work, match(ids[0], 0))
    with pytest.raises(IntegrityError):
        async with database.work() as work:
            await work.connection.execute(text(statement))
