"""Who is asking: a person signs in by a link that is good once and for fifteen minutes, and has one role.

A page names the roles that may see it; anybody else is shown the way in, or told no. The session is a signed
cookie with an identity, a role and an end; it holds nothing else.
"""

import secrets
import time
from dataclasses import dataclass
from typing import Literal, get_args

from fastapi import HTTPException, Request
from itsdangerous import BadSignature, SignatureExpired, URLSafeTimedSerializer
from starlette.responses import Response

Role = Literal["staff", "partner", "expert", "applicant", "ops"]
ROLES: tuple[Role, ...] = get_args(Role)
COOKIE = "chevalement"
LINK_SECONDS = 15 * 60
SESSION_SECONDS = 12 * 3600


@dataclass(frozen=True, slots=True)
class Person:
    """Who asks. `name` is a function or an organisation, as the records show it."""

    name: str
    role: Role


class Door:
    """Makes links and sessions, and reads them. One per installation: services share the signing key."""

    def __init__(self, key: str) -> None:
        self._links = URLSafeTimedSerializer(key, salt="sign-in link")
        self._sessions = URLSafeTimedSerializer(key, salt="session")
        self._used: dict[str, float] = {}

    def link_token(self, person: Person) -> str:
        """A token for a sign-in link."""
        return self._links.dumps({"name": person.name, "role": person.role, "once": secrets.token_urlsafe(8)})

    def enter(self, token: str) -> Person | None:
        """The person of a link token, once; None when it is false, too old or used.

        Used tokens are remembered by the process that served them, for as long as they would be good.
        """
        try:
            claims = self._links.loads(token, max_age=LINK_SECONDS)
        except (BadSignature, SignatureExpired):
            return None
        now = time.monotonic()
        self._used = {once: until for once, until in self._used.items() if until > now}
        if claims["once"] in self._used or claims["role"] not in ROLES:
            return None
        self._used[claims["once"]] = now + LINK_SECONDS
        return Person(claims["name"], claims["role"])

    def open_session(self, response: Response, person: Person, *, secure: bool) -> None:
        """Put a session cookie on `response`."""
        value = self._sessions.dumps({"name": person.name, "role": person.role})
        response.set_cookie(
            COOKIE, value, max_age=SESSION_SECONDS, httponly=True, samesite="lax", secure=secure, path="/"
        )

    def close_session(self, response: Response) -> None:
        response.delete_cookie(COOKIE, path="/")

    def who(self, request: Request) -> Person | None:
        """The person of the session, None for a stranger."""
        value = request.cookies.get(COOKIE)
        if not value:
            return None
        try:
            claims = self._sessions.loads(value, max_age=SESSION_SECONDS)
        except (BadSignature, SignatureExpired):
            return None
        return Person(claims["name"], claims["role"]) if claims.get("role") in ROLES else None


class Allow:
    """FastAPI dependency: `person: Annotated[Person, Depends(Allow("staff"))]`.

    A stranger gets 401, which the pages turn into the way in; another role gets 403.
    """

    def __init__(self, *roles: Role) -> None:
        self.roles = roles

    def __call__(self, request: Request) -> Person:
        door: Door = request.app.state.door
        person = door.who(request)
        if person is None:
            raise HTTPException(401, "Cette page demande d'être identifié.")
        if person.role not in self.roles:
            raise HTTPException(403, "Votre rôle ne donne pas accès à cette page.")
        return person


def visitor(request: Request) -> Person | None:
    """FastAPI dependency: who asks, None for a stranger; for public pages that greet those they know."""
    door: Door = request.app.state.door
    return door.who(request)
