"""What was kept long enough goes, after a warning: drafts, accounts, closed accesses, what counts requests."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import text

from intake import handlers
from intake.domain.draft import Save
from intake.domain.people import Invitation
from intake.domain.retention import ACCOUNT, DRAFT, NOTICE, TEAM
from intake.handlers import retention
from intake.store import candidacies, drafts, erasures, people
from kernel.contracts.envelope import Event
from kernel.contracts.intake_people import ErasureAnnounced, ErasureReported, RetentionDue, RetentionReached
from kernel.contracts.registry import BY_SUBJECT
from kernel.runtime import migrate
from kernel.runtime.auth import Door, Link, Person
from kernel.runtime.clock import FixedClock
from kernel.runtime.database import Database
from tests.intake_story import CALENDAR, DAY, NOW, STAFF, decision, dossier

EMAIL = "foret@porteur.example"
DOOR = Door("k" * 32)


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(NOW)


@pytest.fixture
async def database(database_url: str, clock: FixedClock) -> AsyncIterator[Database]:
    made = Database(database_url, clock)
    await migrate.upgrade(made.engine, "intake")
    yield made
    await made.close()


async def passes(database: Database, clock: FixedClock, at: datetime) -> None:
    """The daily hour at this moment."""
    clock.set(at)
    async with database.work() as work:
        await retention.come_due(work, RetentionDue(day=at.date()))


async def told(database: Database, kind: type[Event]) -> list[Event]:
    """What was recorded of a kind, appointments left out."""
    query = text("SELECT body FROM outbox WHERE subject = :subject ORDER BY id")
    async with database.engine.connect() as connection:
        bodies = (await connection.execute(query, {"subject": kind.subject()})).scalars().all()
    return [BY_SUBJECT[kind.subject()].event.model_validate_json(body) for body in bodies]


async def begin(database: Database, **answers: str) -> UUID:
    async with database.work() as work:
        draft_id, _ = await handlers.begin_draft(work, answers)
    return draft_id


async def found(database: Database, draft_id: UUID) -> drafts.Draft | None:
    async with database.reading() as session:
        return await drafts.draft(session, draft_id)


async def test_a_draft_goes_a_year_after_its_last_word_and_is_announced_once(
    database: Database, clock: FixedClock
) -> None:
    draft_id = await begin(database, titre="Un verger", contact_courriel="Verger@Porteur.example")
    silent = await begin(database, titre="Sans adresse", contact_courriel="pas une adresse")
    for day in range(3):
        await passes(database, clock, NOW + DRAFT - NOTICE + day * DAY)
    (announced,) = await told(database, ErasureAnnounced)
    assert announced.model_dump(include={"kept_id", "kept", "title"}) == {
        "kept_id": draft_id,
        "kept": "brouillon",
        "title": "Un verger",
    }
    await passes(database, clock, NOW + DRAFT - DAY)
    assert await found(database, draft_id) and await found(database, silent)
    await passes(database, clock, NOW + DRAFT)
    assert await found(database, draft_id) is None and await found(database, silent) is None
    assert len(await told(database, ErasureAnnounced)) == 1


async def test_a_word_written_after_the_warning_begins_the_year_anew(database: Database, clock: FixedClock) -> None:
    draft_id = await begin(database, titre="Un verger", contact_courriel=EMAIL)
    await passes(database, clock, NOW + DRAFT - NOTICE)
    clock.set(NOW + DRAFT - DAY)
    draft = await found(database, draft_id)
    assert draft is not None
    async with database.work() as work:
        await handlers.save_draft(work, draft, {"titre": Save("Un grand verger", 1)})
    await passes(database, clock, NOW + DRAFT + DAY)
    assert await found(database, draft_id) is not None


async def test_after_a_long_silence_of_the_platform_people_are_warned_first(
    database: Database, clock: FixedClock
) -> None:
    draft_id = await begin(database, contact_courriel=EMAIL)
    late = NOW + 2 * DRAFT
    await passes(database, clock, late)
    (announced,) = await told(database, ErasureAnnounced)
    assert isinstance(announced, ErasureAnnounced) and announced.erased_at == late + NOTICE
    assert await found(database, draft_id) is not None
    await passes(database, clock, late + NOTICE)
    assert await found(database, draft_id) is None


async def submitted(database: Database) -> UUID:
    async with database.work() as work:
        await handlers.open_wave(work, CALENDAR, STAFF)
        receipt = await handlers.submit_candidacy(work, dossier(), "LE", "t" * 24, timedelta(0))
    return receipt.candidacy_id


async def test_a_porteur_goes_after_three_years_everywhere_and_is_told(database: Database, clock: FixedClock) -> None:
    candidacy_id = await submitted(database)
    async with database.work() as work:
        await handlers.preselect(work, candidacy_id, STAFF, "Un projet solide.")
        await handlers.hear_decision(work, decision(candidacy_id, "labellise"))
    await passes(database, clock, NOW + ACCOUNT - NOTICE)
    (warned,) = await told(database, ErasureAnnounced)
    assert isinstance(warned, ErasureAnnounced) and (warned.kept, warned.email) == ("compte", EMAIL)
    await passes(database, clock, NOW + ACCOUNT - DAY)
    assert await told(database, ErasureReported) == []
    await passes(database, clock, NOW + ACCOUNT)
    (reported,) = await told(database, ErasureReported)
    assert isinstance(reported, ErasureReported) and reported.email == EMAIL
    async with database.reading() as session:
        assert await people.of_email(session, EMAIL) is None
        candidacy = await candidacies.candidacy(session, candidacy_id)
        (record,) = await erasures.every(session)
    assert candidacy is not None and candidacy.dossier.contact.email == ""
    assert record.by == retention.BY and record.dossiers == ("LE-2026-0001",)
    await passes(database, clock, NOW + ACCOUNT + DAY)
    assert len(await told(database, ErasureReported)) == 1


async def test_nobody_goes_while_an_answer_is_due_or_once_they_came_back(database: Database, clock: FixedClock) -> None:
    candidacy_id = await submitted(database)
    await passes(database, clock, NOW + ACCOUNT)
    assert await told(database, ErasureAnnounced) == []

    async with database.work() as work:
        await handlers.withdraw(work, candidacy_id, "Le projet change.")
    await passes(database, clock, NOW + ACCOUNT + DAY)
    assert len(await told(database, ErasureAnnounced)) == 1
    clock.set(NOW + ACCOUNT + 2 * DAY)
    async with database.work() as work:
        known = await people.of_email(work.session, EMAIL)
        assert known is not None
        link = Link(Person(known.name, known.role, str(known.id)), "once")
        await handlers.sign_in(work, link, None)
    await passes(database, clock, NOW + ACCOUNT + 2 * NOTICE)
    async with database.reading() as session:
        assert await people.of_email(session, EMAIL) is not None


async def test_a_closed_access_is_forgotten_a_year_later(database: Database, clock: FixedClock) -> None:
    async with database.work() as work:
        guest = await handlers.invite(work, DOOR, Invitation("agent@region.example", "Région", "partner", STAFF))
        await handlers.disable(work, guest.id, "somebody else")
    await passes(database, clock, NOW + TEAM - DAY)
    async with database.reading() as session:
        assert await people.of_email(session, "agent@region.example") is not None
    await passes(database, clock, NOW + TEAM)
    async with database.reading() as session:
        assert await people.of_email(session, "agent@region.example") is None


async def test_the_hour_comes_again_each_day_and_every_service_is_told(database: Database, clock: FixedClock) -> None:
    async with database.work() as work:
        await handlers.ask_for_link(work, DOOR, EMAIL, "192.0.2.1")
    async with database.work() as work:
        await handlers.keep_appointments(work)
    await passes(database, clock, NOW + 2 * DAY)
    query = "SELECT headers FROM outbox WHERE subject LIKE 'intake.schedule.due.retention' ORDER BY id"
    async with database.engine.connect() as connection:
        first, second = (await connection.execute(text(query))).scalars().all()
        assert (await connection.execute(text("SELECT count(*) FROM link_request"))).scalar_one() == 0
    assert "@at 2026-03-13T03:15:00Z" in first and "@at 2026-03-15T03:15:00Z" in second
    (reached,) = await told(database, RetentionReached)
    assert isinstance(reached, RetentionReached) and reached.day == (NOW + 2 * DAY).date()
