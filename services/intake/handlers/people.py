"""People and their way in: who is asked, invited, let in, sent away; a link is good once."""

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from intake.domain import people as doors
from intake.domain.nearness import near
from intake.domain.people import Invitation, Member
from intake.domain.refusals import SPENT, SpentLink
from intake.store import links, people
from kernel.contracts.intake import JurorNeared, PersonDeclared, SignInAsked
from kernel.runtime import sessions
from kernel.runtime.auth import INVITATION_SECONDS, LINK_SECONDS, Door, Link, Person
from kernel.runtime.database import Work

JURORS = ("partner", "expert")


class UnknownPerson(LookupError):
    """No person has this identifier."""


async def ask_for_link(work: Work, door: Door, email: str, network: str) -> None:
    """Somebody asks for the way in: a link leaves where the address may enter. Raises `TooMany`.

    Nothing that the caller sees depends on whether the address is known; the link is made all the same.
    """
    await check_link_pace(work, door, email, network)
    known = await people.of_email(work.session, email)
    asked = _link(work, door, known or doors.stranger(uuid4(), email, work.at), invitation=False)
    if known is not None and known.may_enter:
        work.record(asked)


async def check_link_pace(work: Work, door: Door, email: str, network: str) -> None:
    """A link is about to be asked for. Raises `TooMany`; addresses and networks are counted as keyed hashes."""
    marks = door.fingerprint(doors.canonical(email)), door.fingerprint(network)
    doors.check_pace(*await people.requests(work.session, *marks, work.at))
    await people.add_request(work.session, *marks, work.at)


def sign_in_link(work: Work, door: Door, member: Member) -> SignInAsked:
    """The short link of somebody who may enter."""
    return _link(work, door, member, invitation=False)


async def invite(work: Work, door: Door, asked: Invitation) -> Member:
    """Staff or an operator invite somebody, or send the link again; a new function ends the open sessions.

    Raises `Refused`.
    """
    known = await people.of_email(work.session, asked.email)
    invited = doors.invite(known, asked, uuid4(), work.at)
    await people.save(work.session, invited)
    if known is not None and known.role != invited.role:
        await sessions.end_all(work, str(invited.id))
    work.record(declared(invited, work.at), _link(work, door, invited, invitation=True))
    return invited


async def disable(work: Work, person_id: UUID, by: str) -> Member:
    """Staff (`by`, an id) close somebody's access: their sessions end everywhere. Raises `Refused`, `UnknownPerson`."""
    known = await people.to_change(work.session, person_id)
    if known is None:
        raise UnknownPerson(f"no person {person_id}: follow a link of the list")
    disabled = doors.disable(known, by, work.at)
    await people.save(work.session, disabled)
    work.record(declared(disabled, work.at))
    await sessions.end_all(work, str(person_id))
    return disabled


def invitation(work: Work, door: Door, member: Member) -> SignInAsked:
    """The long link of somebody who is invited."""
    return _link(work, door, member, invitation=True)


def declared(member: Member, at: datetime) -> PersonDeclared:
    """What the others are told of a person."""
    return PersonDeclared(
        person_id=member.id, email=member.email, name=member.name, role=member.role, may_enter=member.may_enter, at=at
    )


def _link(work: Work, door: Door, member: Member, *, invitation: bool) -> SignInAsked:
    token = door.link_token(Person(member.name, member.role, str(member.id)), invitation=invitation)
    seconds = INVITATION_SECONDS if invitation else LINK_SECONDS
    return SignInAsked(
        person_id=member.id,
        email=member.email,
        token=token,
        expires_at=work.at + timedelta(seconds=seconds),
        invitation=invitation,
    )


async def sign_in(work: Work, link: Link, previous: str | None) -> tuple[str, Person]:
    """Let somebody in by a link that is good once; returns the cookie and who entered. Raises `SpentLink`.

    The session that the browser had before ends: a new one is never grafted on an old one. What a person
    is called and may do is read now: the link may be older than a change.
    """
    person = await _entering(work, link.person)
    await links.spend(work.session, link.once, work.at)
    await links.forget(work.session, work.at - timedelta(seconds=2 * INVITATION_SECONDS))
    if previous:
        await sessions.end(work, previous)
    return await sessions.begin(work, person), person


async def tell_nearness(work: Work, known: Member) -> None:
    """A juror enters: tell which dossiers are of their own organisation, by the addresses, which stay here."""
    if known.role in JURORS:
        dossiers = near(known.email, await people.contacts_instructed(work.session))
        work.record(JurorNeared(person_id=known.id, candidacy_ids=dossiers, at=work.at))


async def _entering(work: Work, person: Person) -> Person:
    """Who the link is for, as known now; an operator's own link names nobody that is kept."""
    if not person.id:
        return person
    known = await people.to_change(work.session, UUID(person.id))
    if known is None or not known.may_enter:
        raise SpentLink(SPENT)
    await people.save(work.session, replace(known, signed_in_at=work.at))
    work.record(declared(known, work.at))
    await tell_nearness(work, known)
    return Person(known.name, known.role, person.id)
