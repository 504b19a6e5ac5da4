"""What all tables of scoring stand on: one catalogue, closed lists of codes, JSON that both databases keep."""

from sqlalchemy import JSON, BigInteger, CheckConstraint, ForeignKeyConstraint, Integer
from sqlalchemy.dialects.postgresql import JSONB

from kernel.runtime.tables import service_tables

Base = service_tables()

DOCUMENT = JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")
ROW_ID = BigInteger().with_variant(Integer(), "sqlite")


def one_of(column: str, values: tuple[str, ...]) -> CheckConstraint:
    """Keeps a column to a list of codes."""
    codes = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({codes})", name=column)


def of_a_dossier() -> ForeignKeyConstraint:
    """Keeps a row to a dossier that is known."""
    return ForeignKeyConstraint(["candidacy_id"], ["dossier.candidacy_id"])
