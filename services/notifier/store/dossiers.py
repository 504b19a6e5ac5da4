"""What is known of each candidacy, and how to reach its porteur; erased addresses are not learnt again.

Effects of events take turns, on PostgreSQL by a lock and on SQLite by its single writer, so that an address
and the message that waits for it cannot pass each other in two transactions.
"""

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, or_, text, update
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from kernel.runtime.database import Work
from notifier.domain.dossier import Dossier
from notifier.domain.states import State
from notifier.store.deliveries import read_delivery, save
from notifier.tables import ContactRow, DeliveryRow, DossierRow, ErasedRow

TURN = 0x0A1E27E5
"""Key of the advisory lock of this service's effects."""


MOST_TOLD = 500
"""Messages in what somebody takes away: an event holds 256 kB."""


async def take_turn(work: Work) -> None:
    """Wait until no other transaction applies an event; kept until the end of this one."""
    if work.connection.dialect.name == "postgresql":
        await work.connection.execute(text("SELECT pg_advisory_xact_lock(:turn)"), {"turn": TURN})


async def dossier(session: AsyncSession, candidacy_id: UUID) -> Dossier:
    """What is known of a candidacy; all unknown where nothing is."""
    row = await session.get(DossierRow, candidacy_id)
    return read_dossier(row) if row else Dossier()


async def dossiers(session: AsyncSession, ids: Iterable[UUID]) -> dict[UUID, Dossier]:
    """What is known of these candidacies; those of which nothing is known are left out."""
    statement = select(DossierRow).where(col(DossierRow.candidacy_id).in_(set(ids)))
    return {row.candidacy_id: read_dossier(row) for row in await session.exec(statement)}


def read_dossier(row: DossierRow) -> Dossier:
    return Dossier(row.number, row.title, row.porteur, row.withdrawn)


async def save_dossier(session: AsyncSession, candidacy_id: UUID, known: Dossier) -> None:
    await session.merge(
        DossierRow(
            candidacy_id=candidacy_id,
            number=known.number,
            title=known.title,
            porteur=known.porteur,
            withdrawn=known.withdrawn,
        )
    )


async def address(session: AsyncSession, candidacy_id: UUID) -> str | None:
    """Where to write about a candidacy, None while nobody said."""
    row = await session.get(ContactRow, candidacy_id)
    return row.email if row else None


async def addresses(session: AsyncSession, ids: Iterable[UUID]) -> dict[UUID, str]:
    """Where to write about these candidacies; those of which nobody said are left out."""
    statement = select(ContactRow).where(col(ContactRow.candidacy_id).in_(set(ids)))
    return {row.candidacy_id: row.email for row in await session.exec(statement)}


async def save_contact(session: AsyncSession, candidacy_id: UUID, role: str, email: str) -> None:
    if await session.get(ErasedRow, candidacy_id) is None:
        await session.merge(ContactRow(candidacy_id=candidacy_id, role=role, email=email))


async def forget(session: AsyncSession, candidacies: Collection[UUID], people: Collection[UUID], at: datetime) -> int:
    """Erase the addresses of these candidacies and people; what had not left does not leave. Returns how many."""
    for candidacy_id in candidacies:
        await session.merge(ErasedRow(candidacy_id=candidacy_id, at=at))
    gone = await session.exec(delete(ContactRow).where(col(ContactRow.candidacy_id).in_(candidacies)))
    theirs = or_(
        col(DeliveryRow.candidacy_id).in_(candidacies), col(DeliveryRow.recipient).in_([one.hex for one in people])
    )
    rows = (await session.exec(select(DeliveryRow).where(theirs).with_for_update())).all()
    for row in rows:
        if row.state in {State.EN_ATTENTE_ADRESSE, State.A_ENVOYER}:
            stopped = replace(read_delivery(row), state=State.ANNULE, due_at=None, address=None)
            await save(session, stopped, at)
        row.address = None
        session.add(row)
    await session.flush()
    return int(gone.rowcount) + sum(1 for _ in rows)


async def forget_before(session: AsyncSession, moment: datetime) -> int:
    """Erase the addresses of messages made before `moment`, whose fate is long known; returns how many."""
    old = (
        col(DeliveryRow.created_at) < moment,
        col(DeliveryRow.address).is_not(None),
        col(DeliveryRow.claim).is_(None),
    )
    return int((await session.exec(update(DeliveryRow).where(*old).values(address=None))).rowcount)


async def messages_of(session: AsyncSession, person_id: UUID, candidacies: Collection[UUID]) -> list[dict[str, str]]:
    """The latest MOST_TOLD messages to a person or about these dossiers, without address or words."""
    theirs = or_(col(DeliveryRow.candidacy_id).in_(candidacies), col(DeliveryRow.recipient) == person_id.hex)
    query = select(DeliveryRow).where(theirs).order_by(col(DeliveryRow.created_at).desc())
    rows = await session.exec(query.limit(MOST_TOLD))
    return [
        {"nature": row.kind, "le": row.created_at.isoformat(), "état": row.state, "objet": row.subject or ""}
        for row in rows
    ]
