"""Addresses that are written to no more, by their keyed hash: the list cannot be read as addresses."""

from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from notifier.tables import SuppressedRow


async def suppress(session: AsyncSession, fingerprint: str, reason: str, at: datetime) -> None:
    """Write to this address no more; the first reason stays."""
    if await session.get(SuppressedRow, fingerprint) is None:
        session.add(SuppressedRow(fingerprint=fingerprint, reason=reason, at=at))
        await session.flush()


async def why(session: AsyncSession, fingerprint: str) -> str | None:
    """Why an address is written to no more; None where it is."""
    row = await session.get(SuppressedRow, fingerprint)
    return row.reason if row else None
