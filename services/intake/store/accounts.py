"""Accounts at a provider and the sessions they opened; an account is found by its subject, never by its address."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from intake.tables import AccountRow, AccountSessionRow


async def person_of(session: AsyncSession, issuer: str, subject: str) -> UUID | None:
    """Whose account it is, once it has been here."""
    row = await session.get(AccountRow, (issuer, subject))
    return row.person_id if row else None


async def add(session: AsyncSession, issuer: str, subject: str, person_id: UUID, at: datetime) -> None:
    """Know an account as somebody's."""
    await session.merge(AccountRow(issuer=issuer, subject=subject, person_id=person_id, at=at))
    await session.flush()


async def drop_of(session: AsyncSession, person_id: UUID) -> None:
    """Forget the accounts of somebody."""
    await session.exec(delete(AccountRow).where(col(AccountRow.person_id) == person_id))


async def keep_session(session: AsyncSession, key: str, id_token: str, at: datetime) -> None:
    """Keep what will end the session at the provider."""
    session.add(AccountSessionRow(key=key, id_token=id_token, at=at))
    await session.flush()


async def end_session(session: AsyncSession, key: str) -> str | None:
    """What ends the session at the provider, given once; None for a session that a link opened."""
    row = await session.get(AccountSessionRow, key)
    if row is None:
        return None
    await session.delete(row)
    return row.id_token


async def drop_sessions(session: AsyncSession, before: datetime) -> None:
    """Forget the sessions opened before a moment: they are over."""
    await session.exec(delete(AccountSessionRow).where(col(AccountSessionRow.at) < before))
