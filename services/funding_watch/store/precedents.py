"""Precedents: a file is taken whole, its programme's former lines going with it."""

from collections.abc import Sequence
from dataclasses import asdict, fields

from sqlalchemy import delete
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from funding_watch.domain.precedents import Precedent
from funding_watch.tables import PrecedentRow


async def every(session: AsyncSession) -> list[Precedent]:
    """All of them, in one order."""
    query = select(PrecedentRow).order_by(col(PrecedentRow.programme), col(PrecedentRow.reference))
    names = [field.name for field in fields(Precedent)]
    return [Precedent(**{name: getattr(row, name) for name in names}) for row in await session.exec(query)]


async def replace(session: AsyncSession, programme: str, found: Sequence[Precedent]) -> None:
    """Keep these lines, and none else of that programme."""
    await session.exec(delete(PrecedentRow).where(col(PrecedentRow.programme) == programme))
    session.add_all(PrecedentRow(**asdict(one)) for one in found)
    await session.flush()
