"""A session is on the server: its hash alone is kept, its end is final, and every service hears of both."""

import asyncio
from datetime import timedelta

from sqlalchemy import text

from kernel.contracts.intake import SessionClosed, SessionOpened
from kernel.runtime import sessions
from kernel.runtime.auth import Door, Person
from kernel.runtime.clock import FixedClock
from kernel.runtime.database import Database

HOUR = timedelta(hours=1)
STAFF = Person("Équipe du Label", "staff", "p1")


async def begun(database: Database) -> str:
    async with database.work() as work:
        return await sessions.begin(work, STAFF)


async def test_a_session_is_known_by_its_cookie_and_kept_as_a_hash(database: Database) -> None:
    cookie = await begun(database)
    assert await sessions.who(database, cookie) == STAFF
    assert await sessions.who(database, cookie + "x") is None
    async with database.engine.connect() as connection:
        kept = str((await connection.execute(text("SELECT * FROM session"))).all())
    assert cookie not in kept and sessions.key_of(cookie) in kept


async def test_a_session_ends_at_its_hour(database: Database) -> None:
    cookie = await begun(database)
    database.clock = FixedClock(database.clock.now() + sessions.DURATION + timedelta(seconds=1))
    assert await sessions.who(database, cookie) is None
    async with database.work() as work:
        await sessions.purge(work, work.at)
    async with database.engine.connect() as connection:
        assert (await connection.execute(text("SELECT count(*) FROM session"))).scalar() == 0


async def test_closed_is_closed_in_whatever_order_it_is_heard(database: Database) -> None:
    opened = SessionOpened(
        session="a" * 64, person="", name="Équipe", role="staff", expires_at=database.clock.now() + sessions.DURATION
    )
    closed = SessionClosed(session=opened.session, at=database.clock.now())
    for order in ([sessions.forget_one, sessions.learn], [sessions.learn, sessions.forget_one, sessions.learn]):
        async with database.work() as work:
            for effect in order:
                await effect(opened if effect is sessions.learn else closed, work)  # type: ignore[operator]  # each with its own event
        async with database.engine.connect() as connection:
            rows = (await connection.execute(text("SELECT closed_at FROM session"))).all()
        assert len(rows) == 1 and rows[0][0] is not None


async def test_ending_a_session_is_told(database: Database) -> None:
    cookie = await begun(database)
    async with database.work() as work:
        await sessions.end(work, cookie)
    assert await sessions.who(database, cookie) is None
    async with database.engine.connect() as connection:
        told = (await connection.execute(text("SELECT subject FROM outbox ORDER BY id"))).scalars().all()
    assert told == ["intake.session.opened.v1", "intake.session.closed.v1"]


def test_a_link_says_whom_it_lets_in_and_cannot_be_made_up() -> None:
    door = Door("a key of this installation")
    link = door.read(door.link_token(STAFF))
    assert link is not None and link.person == STAFF
    assert link.once != (door.read(door.link_token(STAFF)) or link).once
    for false in ("", "x", door.link_token(STAFF)[:-1] + "!", Door("another key").link_token(STAFF)):
        assert door.read(false) is None


async def test_all_the_sessions_of_a_person_end_together_and_no_other(database: Database) -> None:
    mine = [await begun(database), await begun(database)]
    async with database.work() as work:
        other = await sessions.begin(work, Person("Région", "partner", "p2"))
    async with database.work() as work:
        assert await sessions.end_all(work, STAFF.id) == 2
        assert work.recorded == 2
        assert await sessions.end_all(work, STAFF.id) == 0
    assert [await sessions.who(database, cookie) for cookie in mine] == [None, None]
    assert await sessions.who(database, other) is not None


async def test_a_session_on_its_way_is_waited_for(database: Database) -> None:
    """Who signs in is at another service's door before the event is."""
    now = database.clock.now()
    opened = SessionOpened(
        session=sessions.key_of("word"),
        person="p1",
        name="Équipe du Label",
        role="staff",
        expires_at=now + HOUR,
        at=now,
    )
    asking = asyncio.create_task(sessions.who(database, "word"))
    await asyncio.sleep(sessions.ON_ITS_WAY[0] / 2)
    async with database.work() as work:
        await sessions.learn(opened, work)
    assert await asking == STAFF
