"""The one statement that the two databases spell apart: insert, unless the row is there already."""

from typing import Any

from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import SQLModel
from sqlmodel.ext.asyncio.session import AsyncSession

_INSERTS = {"postgresql": postgresql.insert, "sqlite": sqlite.insert}


def insert(session: AsyncSession, table: type[SQLModel]) -> Any:
    """An INSERT that takes `on_conflict_do_nothing` and `on_conflict_do_update`."""
    return _INSERTS[session.get_bind().dialect.name](table)
