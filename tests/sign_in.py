"""Someone signed in, for tests of pages: a session in the service's own database, and nothing told to others."""

import secrets

from kernel.contracts.intake import SessionOpened
from kernel.runtime import sessions
from kernel.runtime.auth import Role
from kernel.runtime.service import Service


async def cookie_of(service: Service, name: str, role: Role, person: str = "") -> str:
    """The value of the session cookie of a new session."""
    cookie = secrets.token_urlsafe(32)
    async with service.database.work() as work:
        opened = SessionOpened(
            session=sessions.key_of(cookie),
            person=person,
            name=name,
            role=role,
            expires_at=work.at + sessions.DURATION,
        )
        await sessions.learn(opened, work)
    return cookie
