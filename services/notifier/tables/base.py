"""What every table of the notifier is made with."""

from typing import Any

from sqlalchemy import JSON, CheckConstraint, Column
from sqlalchemy.dialects.postgresql import JSONB

from kernel.runtime.tables import service_tables

Base = service_tables()


def one_of(column: str, values: tuple[str, ...]) -> CheckConstraint:
    """The column holds one of these codes; the constraint bears its name."""
    codes = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({codes})", name=column)


def document(*, nullable: bool = False) -> Column[Any]:
    """A JSON value, of the binary kind where the database has one."""
    return Column(JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql"), nullable=nullable)
