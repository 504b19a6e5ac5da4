"""Who is asking: a person has one role, signs in by a link that is good once, and is known by a session.

A page names the roles that may see it; a stranger is shown the way in, anybody else is told no.
"""

import hmac
import secrets
from dataclasses import dataclass
from typing import Any, Literal, get_args

from fastapi import HTTPException, Request
from itsdangerous import BadData, URLSafeTimedSerializer

Role = Literal["staff", "partner", "expert", "applicant", "ops"]
ROLES: tuple[Role, ...] = get_args(Role)
LINK_SECONDS = 15 * 60
INVITATION_SECONDS = 7 * 24 * 3600


@dataclass(frozen=True, slots=True)
class Person:
    """Who asks. `name` is a function or an organisation, as the records show it; `id` is empty for operators' links."""

    name: str
    role: Role
    id: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """What a sign-in link says: whom it lets in, and the word by which it is known to have been used."""

    person: Person
    once: str


class Door:
    """Makes sign-in links and reads them. One key per installation, so that an operator's command can make one."""

    def __init__(self, key: str) -> None:
        self._links = URLSafeTimedSerializer(key, salt="sign-in link")
        self._key = key.encode()

    def fingerprint(self, text: str) -> str:
        """A keyed hash: equal texts are recognised, and without the key nobody can try all texts against it."""
        return hmac.new(self._key, b"fingerprint:" + text.encode("utf-8", "replace"), "sha256").hexdigest()

    def link_token(self, person: Person, *, invitation: bool = False) -> str:
        """A token for a link: good for LINK_SECONDS, an invitation for INVITATION_SECONDS."""
        claims = {"name": person.name, "role": person.role, "id": person.id, "long": invitation}
        return str(self._links.dumps(claims | {"once": secrets.token_urlsafe(12)}))

    def read(self, token: str) -> Link | None:
        """What a token says; None when it is false or too old. Whether it was used is the caller's to check."""
        try:
            claims: dict[str, Any] = self._links.loads(token, max_age=INVITATION_SECONDS)
            if not claims["long"]:
                claims = self._links.loads(token, max_age=LINK_SECONDS)
        except (BadData, KeyError, TypeError):
            return None
        if claims.get("role") not in ROLES:
            return None
        return Link(Person(claims["name"], claims["role"], claims["id"]), claims["once"])


class Allow:
    """FastAPI dependency: `person: Annotated[Person, Depends(Allow("staff"))]`.

    A stranger gets 401, which the pages turn into the way in; another role gets 403.
    """

    def __init__(self, *roles: Role) -> None:
        self.roles = roles

    def __call__(self, request: Request) -> Person:
        person = visitor(request)
        if person is None:
            raise HTTPException(401, "Cette page demande d'être identifié.")
        if person.role not in self.roles:
            raise HTTPException(403, "Votre rôle ne donne pas accès à cette page.")
        return person


def visitor(request: Request) -> Person | None:
    """FastAPI dependency: who asks, None for a stranger; found out once, at the gate."""
    person: Person | None = getattr(request.state, "person", None)
    return person
