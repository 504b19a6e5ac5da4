"""Somebody enters with an account of their organisation: only whom we invited, by address once, then by subject."""

from dataclasses import replace

from intake.domain.people import INVITED, Member
from intake.domain.refusals import Refused
from intake.handlers.people import declared, tell_nearness
from intake.store import accounts, people
from kernel.runtime import sessions
from kernel.runtime.auth import Person
from kernel.runtime.database import Work
from kernel.runtime.oidc import Identity

NOT_INVITED = (
    "Ce compte n’est pas invité ici. Si vous portez un projet, demandez un lien par courriel ; "
    "sinon demandez à l’équipe du label de vous inviter à l’adresse de ce compte."
)


async def enter(work: Work, identity: Identity, previous: str | None) -> tuple[str, Person]:
    """Let in whom the provider named; returns the cookie and who entered. Raises `Refused`.

    Nobody is made here: an address that was not invited, or whose access was closed, stays outside. The session
    that the browser had before ends.
    """
    known = await _invited(work, identity)
    await people.save(work.session, replace(known, signed_in_at=work.at))
    work.record(declared(known, work.at))
    await tell_nearness(work, known)
    if previous:
        await sessions.end(work, previous)
    person = Person(known.name, known.role, str(known.id))
    cookie = await sessions.begin(work, person)
    await accounts.keep_session(work.session, sessions.key_of(cookie), identity.id_token, work.at)
    return cookie, person


async def _invited(work: Work, identity: Identity) -> Member:
    person_id = await accounts.person_of(work.session, identity.issuer, identity.subject)
    if person_id is not None:
        known = await people.to_change(work.session, person_id)
    else:
        known = await people.of_email(work.session, identity.email)
    if known is None or not known.may_enter or known.role not in INVITED:
        raise Refused(NOT_INVITED)
    await accounts.add(work.session, identity.issuer, identity.subject, known.id, work.at)
    return known


async def leave(work: Work, cookie: str) -> str | None:
    """End a session; gives what ends it at the provider too, where an account opened it."""
    await sessions.end(work, cookie)
    return await accounts.end_session(work.session, sessions.key_of(cookie))
