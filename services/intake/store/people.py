"""People and the links they asked for; addresses are unique, and requests are kept as hashes for a day."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal, cast
from uuid import UUID, uuid4

from sqlalchemy import delete, func, or_, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from intake.domain.people import BY_SUBMITTING, HOUR, Member, Role, canonical
from intake.domain.states import State
from intake.store.constraints import spoken
from intake.tables import CandidacyRow, LinkRequestRow, ParticipantRow, PersonRow, WaveRow
from kernel.runtime.auth import Person

TURN = 0x11A4E
"""Key of the advisory lock under which links are counted."""
KEPT = timedelta(days=1)
Part = Literal["contact", "coporteur"]
"""What somebody is in a dossier: the one to write to, who may withdraw it and share it, or one who writes with them."""


@dataclass(frozen=True, slots=True)
class OwnDossier:
    """A dossier in the list of its porteur, with the day on which its wave closes."""

    id: UUID
    number: str
    title: str
    state: State
    submitted_at: datetime
    closes_at: datetime


async def of_email(session: AsyncSession, email: str) -> Member | None:
    """The person of an address, held until the end of a transaction that writes."""
    query = select(PersonRow).where(PersonRow.email == canonical(email)).with_for_update()
    row = (await session.exec(query)).first()
    return read_member(row) if row else None


async def to_change(session: AsyncSession, person_id: UUID) -> Member | None:
    """The person, held until the end of the transaction."""
    row = (await session.exec(select(PersonRow).where(PersonRow.id == person_id).with_for_update())).first()
    return read_member(row) if row else None


async def contacts_instructed(session: AsyncSession) -> list[tuple[UUID, str]]:
    """The dossiers that are with the committees, and the address of each one's contact."""
    query = select(CandidacyRow.id, CandidacyRow.contact_email).where(CandidacyRow.state == "preselectionne")
    return [(id_, email) for id_, email in await session.exec(query.order_by(CandidacyRow.number))]


async def member(session: AsyncSession, person_id: str) -> Member | None:
    """The person of a session or of an address typed; None for operators' links, which name nobody."""
    try:
        row = await session.get(PersonRow, UUID(person_id))
    except ValueError:
        return None
    return read_member(row) if row else None


async def save(session: AsyncSession, changed: Member) -> None:
    """Write a person. Raises `Refused` where another person has the address."""
    at = changed.invited_at.astimezone(UTC)
    values = {name: getattr(changed, name) for name in ("id", "email", "name", "role", "invited_by")}
    async with spoken():
        ends = {"signed_in_at": changed.signed_in_at, "disabled_at": changed.disabled_at}
        kept = await session.get(PersonRow, changed.id)
        ends["warned_at"] = kept.warned_at if kept else None
        await session.merge(PersonRow(**values, **ends, invited_at=at))
        await session.flush()


async def know_applicant(session: AsyncSession, email: str, name: str, at: datetime) -> None:
    """Have a person for the contact of a dossier; whoever has the address already stays as they are."""
    on_sqlite = session.get_bind().dialect.name == "sqlite"
    added = sqlite.insert(PersonRow) if on_sqlite else postgresql.insert(PersonRow)
    values = {
        "id": uuid4(),
        "email": canonical(email),
        "name": name,
        "role": "applicant",
        "invited_by": BY_SUBMITTING,
        "invited_at": at.astimezone(UTC),
    }
    await session.exec(added.values(values).on_conflict_do_nothing())


async def team(session: AsyncSession) -> list[Member]:
    """Everybody who was invited, those who may enter first, by name."""
    rows = await session.exec(select(PersonRow).where(PersonRow.role != "applicant"))
    found = [read_member(row) for row in rows]
    return sorted(found, key=lambda one: (not one.may_enter, one.name.casefold(), one.email))


async def requests(session: AsyncSession, email: str, network: str, at: datetime) -> tuple[int, int]:
    """How many links were asked for in the last hour: for this address, from this network (hashes).

    Requests take turns from here to the end of the transaction, so that two at once cannot both be the last.
    """
    if session.get_bind().dialect.name == "postgresql":
        await (await session.connection()).execute(text("SELECT pg_advisory_xact_lock(:turn)"), {"turn": TURN})
    await session.exec(delete(LinkRequestRow).where(col(LinkRequestRow.at) < at - KEPT))
    recent = select(func.count()).select_from(LinkRequestRow).where(col(LinkRequestRow.at) > at - HOUR)
    by_email = (await session.exec(recent.where(col(LinkRequestRow.email) == email))).one()
    by_network = (await session.exec(recent.where(col(LinkRequestRow.network) == network))).one()
    return by_email, by_network


async def add_request(session: AsyncSession, email: str, network: str, at: datetime) -> None:
    """Note that a link was asked for; both are hashes."""
    session.add(LinkRequestRow(at=at, email=email, network=network))
    await session.flush()


async def dossiers_of(session: AsyncSession, who: Member) -> list[OwnDossier]:
    """The dossiers whose contact has this person's address, or that are shared with them, the newest first."""
    query = (
        select(CandidacyRow, WaveRow.closes_at)
        .join(WaveRow, col(WaveRow.id) == col(CandidacyRow.wave_id))
        .where(or_(func.lower(CandidacyRow.contact_email) == who.email, col(CandidacyRow.id).in_(_shared_with(who.id))))
        .order_by(col(CandidacyRow.submitted_at).desc(), col(CandidacyRow.number).desc())
    )
    return [
        OwnDossier(row.id, row.number, row.title, cast("State", row.state), row.submitted_at, closes_at)
        for row, closes_at in await session.exec(query)
    ]


def _shared_with(person_id: UUID) -> Any:
    return select(ParticipantRow.candidacy_id).where(
        ParticipantRow.person_id == person_id, col(ParticipantRow.removed_at).is_(None)
    )


async def part_in(session: AsyncSession, who: Member, candidacy_id: UUID) -> Part | None:
    """What a person is in a dossier; None for everybody who has no part in it."""
    row = await session.get(CandidacyRow, candidacy_id)
    if row is None:
        return None
    if row.contact_email.lower() == who.email:
        return "contact"
    shared = _shared_with(who.id).where(ParticipantRow.candidacy_id == candidacy_id)
    return "coporteur" if (await session.exec(shared)).first() else None


async def participants(session: AsyncSession, candidacy_id: UUID) -> list[Member]:
    """With whom a dossier is shared, by name."""
    query = (
        select(PersonRow)
        .join(ParticipantRow, col(ParticipantRow.person_id) == col(PersonRow.id))
        .where(ParticipantRow.candidacy_id == candidacy_id, col(ParticipantRow.removed_at).is_(None))
    )
    return sorted(map(read_member, await session.exec(query)), key=lambda one: (one.name.casefold(), one.email))


async def share(session: AsyncSession, candidacy_id: UUID, person_id: UUID, at: datetime) -> None:
    """Share a dossier with somebody, again where it was shared before."""
    await session.merge(ParticipantRow(candidacy_id=candidacy_id, person_id=person_id, invited_at=at, removed_at=None))
    await session.flush()


async def unshare(session: AsyncSession, candidacy_id: UUID, person_id: UUID, at: datetime) -> bool:
    """No longer share a dossier with somebody; False where it was not shared."""
    row = await session.get(ParticipantRow, (candidacy_id, person_id))
    if row is None or row.removed_at is not None:
        return False
    row.removed_at = at
    session.add(row)
    return True


async def is_contact(session: AsyncSession, person: Person | None, receipt_key: str) -> bool:
    """Whether who asks is the one to write to about the dossier with this receipt; a stranger never is."""
    known = await member(session, person.id) if person else None
    if known is None:
        return False
    query = select(CandidacyRow.id).where(
        CandidacyRow.receipt_key == receipt_key, func.lower(CandidacyRow.contact_email) == known.email
    )
    return (await session.exec(query)).first() is not None


def read_member(row: PersonRow) -> Member:
    """The person that a row tells of."""
    role = cast("Role", row.role)  # the table's CHECK has no other
    return Member(row.id, row.email, row.name, role, row.invited_by, row.invited_at, row.signed_in_at, row.disabled_at)
