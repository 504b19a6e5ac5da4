"""Sessions live on the server: a cookie is a random word, and each service knows its hash, its person and its end.

One service opens and closes them and tells the others by events, so that all can answer "who asks?" from their
own database, even while the broker is away. A closed session stays closed whatever arrives later.
"""

import asyncio
import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import CheckConstraint, Column, MetaData, Table, Text
from sqlmodel.sql.sqltypes import UTCDateTime
from starlette.responses import Response

from kernel.contracts.intake import SessionClosed, SessionOpened
from kernel.runtime import bulk
from kernel.runtime.auth import ROLES, Person
from kernel.runtime.database import Database, Work
from kernel.runtime.subscriptions import Subscriptions

COOKIE = "chevalement"
DURATION = timedelta(hours=12)
ON_ITS_WAY = (0.05, 0.1, 0.2, 0.4)
"""Seconds between the looks for a session that is not known yet: whoever signs in goes on at once to another service,
and is there before the event. A cookie that nobody gave waits in vain, which costs the one who made it up most."""


def table(metadata: MetaData) -> Table:
    """The sessions that a service knows. `closed_at` may be known before the rest is."""
    roles = ", ".join(f"'{role}'" for role in ROLES)
    return Table(
        "session",
        metadata,
        Column("key", Text(), primary_key=True),
        Column("person", Text(), nullable=False),
        Column("name", Text(), nullable=False),
        Column("role", Text(), nullable=False),
        Column("expires_at", UTCDateTime(), nullable=False, index=True),
        Column("closed_at", UTCDateTime(), nullable=True),
        CheckConstraint(f"role IN ({roles})", name="role"),
    )


def key_of(cookie: str) -> str:
    """What is kept of a cookie: a hash, so that who reads the database cannot enter."""
    return hashlib.sha256(cookie.encode()).hexdigest()


async def begin(work: Work, person: Person) -> str:
    """Open a session in the service that owns them; returns the cookie's value, which is kept nowhere."""
    cookie = secrets.token_urlsafe(32)
    opened = SessionOpened(
        session=key_of(cookie), person=person.id, name=person.name, role=person.role, expires_at=work.at + DURATION
    )
    await learn(opened, work)
    work.record(opened)
    return cookie


async def end(work: Work, cookie: str) -> None:
    """Close a session and have everybody know; harmless when there is none."""
    closed = SessionClosed(session=key_of(cookie), at=work.at)
    await forget_one(closed, work)
    work.record(closed)


async def end_all(work: Work, person: str) -> int:
    """Close every open session of a person (an id) and have everybody know; returns how many there were."""
    mark = "$1" if bulk.is_postgresql(work.connection) else "?"
    query = f"SELECT key FROM session WHERE person = {mark} AND closed_at IS NULL"  # noqa: S608 - a placeholder
    keys = (await work.connection.exec_driver_sql(query, (person,))).scalars().all()
    for key in keys:
        closed = SessionClosed(session=key, at=work.at)
        await forget_one(closed, work)
        work.record(closed)
    return len(keys)


async def learn(event: SessionOpened, work: Work) -> None:
    """Know a session, unless its end is known already."""
    values = (event.session, event.person, event.name, event.role, event.expires_at)
    await bulk.insert(work.connection, OPENED, [values], "ON CONFLICT (key) DO NOTHING")


async def forget_one(event: SessionClosed, work: Work) -> None:
    """Know that a session is closed, whether or not its opening has been heard of."""
    values = (event.session, "", "", "applicant", event.at + DURATION, event.at)
    await bulk.insert(
        work.connection, CLOSED, [values], "ON CONFLICT (key) DO UPDATE SET closed_at = excluded.closed_at"
    )


OPENED = bulk.Columns.of("session", key="text", person="text", name="text", role="text", expires_at="time")
CLOSED = bulk.Columns.of(
    "session", key="text", person="text", name="text", role="text", expires_at="time", closed_at="time"
)


def follow(subscriptions: Subscriptions) -> None:
    """Have a service know the sessions that another one opens and closes."""
    subscriptions.on(SessionOpened)(learn)
    subscriptions.on(SessionClosed)(forget_one)


async def who(database: Database, cookie: str) -> Person | None:
    """The person of a cookie; None when the session is unknown, over or closed.

    A session that is unknown is waited for a moment: another service may have just opened it.
    """
    row = await _found(database, cookie)
    for seconds in ON_ITS_WAY:
        if row is not None:
            break
        await asyncio.sleep(seconds)
        row = await _found(database, cookie)
    if row is None or row[4] is not None or bulk.read_time(row[3]) <= database.clock.now():
        return None
    return Person(name=row[1], role=row[2], id=row[0])


async def _found(database: Database, cookie: str) -> Any:
    mark = "$1" if not database.is_sqlite else "?"
    query = f"SELECT person, name, role, expires_at, closed_at FROM session WHERE key = {mark}"  # noqa: S608 - a placeholder
    async with database.engine.connect() as connection:
        return (await connection.exec_driver_sql(query, (key_of(cookie),))).first()


async def purge(work: Work, before: datetime) -> None:
    """Forget the sessions that ended before `before`."""
    mark, value = ("$1", before) if bulk.is_postgresql(work.connection) else ("?", bulk.sqlite_time(before))
    await work.connection.exec_driver_sql(f"DELETE FROM session WHERE expires_at < {mark}", (value,))  # noqa: S608 - a placeholder


def give(response: Response, cookie: str, *, secure: bool) -> None:
    """Hand the cookie over: not readable by scripts, not sent by other sites' forms."""
    seconds = int(DURATION.total_seconds())
    response.set_cookie(COOKIE, cookie, max_age=seconds, httponly=True, samesite="lax", secure=secure, path="/")


def take_back(response: Response) -> None:
    """Have the browser forget the cookie."""
    response.delete_cookie(COOKIE, path="/")
