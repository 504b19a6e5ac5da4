"""Addresses that are written to no more, by their keyed hash: the list cannot be read as addresses."""

from collections.abc import Collection
from datetime import datetime

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from notifier.tables import SuppressedRow


async def suppress(session: AsyncSession, fingerprint: str, reason: str, at: datetime) -> None:
    """Write to this address no more; the first reason stays."""
    if await session.get(SuppressedRow, fingerprint) is None:
        session.add(SuppressedRow(fingerprint=fingerprint, reason=reason, at=at))
        await session.flush()


async def among(session: AsyncSession, fingerprints: Collection[str]) -> dict[str, str]:
    """Which of these are written to no more, and why."""
    statement = select(SuppressedRow).where(col(SuppressedRow.fingerprint).in_(fingerprints))
    return {row.fingerprint: row.reason for row in await session.exec(statement)}
