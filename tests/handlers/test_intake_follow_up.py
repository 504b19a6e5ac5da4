"""What follows a decision is kept, told once, and asked for by the calendar whoever was killed meanwhile."""

import json
from collections.abc import AsyncIterator
from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from intake import handlers
from intake.domain.follow_up import Line
from intake.domain.refusals import Refused
from intake.forms.follow_up import Planned
from intake.forms.messages import Said
from intake.handlers import follow_up, reminding, waves
from intake.handlers.follow_up import THE_PORTEUR, THE_TEAM
from intake.store import follow_up as kept
from intake.store import hearsay, messages
from kernel.contracts.scoring import Outcome
from kernel.runtime import migrate, streams
from kernel.runtime.clock import FixedClock
from kernel.runtime.database import Database
from tests.intake_story import CALENDAR, DAY, NOW, STAFF, decision, dossier

YEAR = timedelta(days=365)
DECIDED = NOW + 10 * DAY


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    made = Database(database_url, FixedClock(NOW))
    await migrate.upgrade(made.engine, "intake")
    async with made.work() as work:
        await handlers.open_wave(work, CALENDAR, STAFF)
    yield made
    await made.close()


def move(database: Database, at: object) -> None:
    database.clock = FixedClock(at)  # type: ignore[arg-type]  # a moment


async def decided(database: Database, outcome: Outcome = "labellise") -> UUID:
    async with database.work() as work:
        known = (await handlers.submit_candidacy(work, dossier(), "LE", uuid4().hex)).candidacy_id
    async with database.work() as work:
        await handlers.preselect(work, known, STAFF, "Un projet solide.")
    move(database, DECIDED)
    async with database.work() as work:
        await handlers.hear_decision(work, decision(known, outcome))
    return known


async def planned(database: Database, known: UUID, kind: str) -> Line:
    async with database.work() as work:
        return await follow_up.plan_line(work, known, Planned(kind, f"Une ligne {kind}", date(2026, 9, 1)), STAFF)  # type: ignore[arg-type]  # a kind


async def outbox(database: Database, subject: str) -> list[tuple[dict[str, object], str]]:
    async with database.reading() as session:
        query = text("SELECT body, headers FROM outbox WHERE subject LIKE :subject ORDER BY id")
        rows = await (await session.connection()).execute(query.bindparams(subject=f"{subject}%"))
        return [(json.loads(body), str(headers)) for body, headers in rows]


async def test_an_accord_is_written_proposed_accepted_and_reopened(database: Database) -> None:
    known = await decided(database)
    mine, _ = await planned(database, known, "porteur"), await planned(database, known, "label")
    async with database.work() as work:
        await follow_up.propose_accord(work, known, STAFF)
    for _ in range(2):
        async with database.work() as work:
            await follow_up.accept_accord(work, known, 1)
    async with database.work() as work:
        await follow_up.move_line(work, known, mine.id, "tenu", THE_PORTEUR)
    async with database.reading() as session:
        accord = await kept.accord(session, known)
        lines = await kept.lines(session, known)
        thread = await messages.thread(session, known)
    assert accord.accepted_at == DECIDED and {line.progress for line in lines} == {"tenu", "prevu"}
    assert sorted(one.side for one in thread) == ["equipe", "porteur"]
    assert [body["side"] for body, _ in await outbox(database, "intake.message.posted")] == ["equipe", "porteur"]
    async with database.work() as work:
        await follow_up.drop_line(work, known, mine.id, THE_TEAM)
    async with database.reading() as session:
        assert (await kept.accord(session, known)).offered_at is None


async def test_a_porteur_moves_and_drops_only_their_own(database: Database) -> None:
    known = await decided(database)
    ours, theirs = await planned(database, known, "label"), await planned(database, known, "porteur")
    for act, line in (("move", ours), ("drop", ours), ("drop", theirs)):
        with pytest.raises(Refused):
            async with database.work() as work:
                if act == "move":
                    await follow_up.move_line(work, known, line.id, "tenu", THE_PORTEUR)
                else:
                    await follow_up.drop_line(work, known, line.id, THE_PORTEUR)
    step = await planned(database, known, "jalon")
    async with database.work() as work:
        await follow_up.drop_line(work, known, step.id, THE_PORTEUR)
        await follow_up.drop_line(work, known, step.id, THE_PORTEUR)
    async with database.reading() as session:
        assert len(await kept.lines(session, known)) == 2
        acts = [line.act for line in await hearsay.journal_of(session, known)]
    assert acts.count("engagement") == 2 and acts.count("jalon") == 2


async def test_a_nominee_has_a_plan_and_no_accord(database: Database) -> None:
    known = await decided(database, "nomine")
    await planned(database, known, "appui")
    for kind in ("porteur", "label"):
        with pytest.raises(Refused):
            await planned(database, known, kind)
    with pytest.raises(Refused, match="labellisé"):
        async with database.work() as work:
            await follow_up.propose_accord(work, known, STAFF)


async def test_what_waits_has_nothing_to_follow(database: Database) -> None:
    known = await decided(database, "en_attente")
    assert await outbox(database, "intake.schedule.due") == []
    with pytest.raises(Refused):
        await planned(database, known, "jalon")
    with pytest.raises(Refused):
        async with database.work() as work:
            await follow_up.tell_news(work, known, Said("Tout va bien.", "t" * 24), "Ville")


async def test_news_are_asked_once_a_year_and_the_next_time_is_appointed(database: Database) -> None:
    known = await decided(database)
    assert len(await outbox(database, "intake.schedule.due")) == 1
    for at in (DECIDED + DAY, DECIDED + YEAR, DECIDED + YEAR + DAY):
        move(database, at)
        async with database.work() as work:
            await reminding.come_due(work, known)
    async with database.reading() as session:
        [asked] = await kept.news(session, known)
        [question] = await messages.thread(session, known)
    assert (asked.turn, asked.answered_at) == (1, None) and question.text.startswith("Quoi de neuf")
    appointments = [headers for _, headers in await outbox(database, "intake.schedule.due")]
    assert "@at 2026-04-21" in appointments[0] and "@at 2027-04-22" in appointments[-1]


async def test_an_appointment_stays_within_what_the_broker_keeps(database: Database) -> None:
    known = await decided(database)
    assert reminding.STEP.total_seconds() < streams.RETENTION
    move(database, DECIDED + YEAR - DAY)
    async with database.work() as work:
        await reminding.come_due(work, known)
    assert "@at 2027-03-22" in (await outbox(database, "intake.schedule.due"))[-1][1]


async def test_years_of_silence_are_asked_about_once_at_the_next_start(database: Database) -> None:
    known = await decided(database)
    move(database, DECIDED + 3 * YEAR + 2 * DAY)
    for _ in range(2):
        async with database.work() as work:
            await waves.keep_appointments(work)
    async with database.reading() as session:
        assert [one.turn for one in await kept.news(session, known)] == [3]
        assert len(await messages.thread(session, known)) == 1


async def test_an_answer_is_kept_once_and_the_team_is_told(database: Database) -> None:
    known = await decided(database)
    move(database, DECIDED + YEAR)
    async with database.work() as work:
        await reminding.come_due(work, known)
    said = Said("La halle ouvre en juin.", "n" * 24)
    for _ in range(2):
        async with database.work() as work:
            await follow_up.tell_news(work, known, said, "Ville de Lens")
    async with database.work() as work:
        await follow_up.tell_news(work, known, Said("Et le toit est posé.", "m" * 24), "Ville de Lens")
    async with database.reading() as session:
        told = await kept.news(session, known)
        thread = await messages.thread(session, known)
    assert {(one.turn, one.text) for one in told} == {(1, "La halle ouvre en juin."), (None, "Et le toit est posé.")}
    assert [one.side for one in thread].count("porteur") == 2


@pytest.mark.parametrize(
    "values",
    ["'magie', 'x', 'prevu'", "'jalon', '', 'prevu'", "'jalon', 'x', 'fini'"],
)
async def test_bad_lines_cannot_be_written(database: Database, values: str) -> None:
    known = await decided(database)
    with pytest.raises(Exception, match=r"(?i)check"):
        async with database.work() as work:
            statement = (
                'INSERT INTO follow_up (id, candidacy_id, kind, text, progress, due_on, "by", at) '  # noqa: S608 - ours
                f"VALUES ('{uuid4().hex}', '{known.hex}', {values}, '2026-09-01', 'x', '2026-03-12 11:00:00+00:00')"
            )
            await (await work.session.connection()).execute(text(statement))
