"""What all tables of intake stand on: one catalogue, JSON that both databases keep, row numbers that both count."""

from sqlalchemy import JSON, BigInteger, Integer
from sqlalchemy.dialects.postgresql import JSONB

from kernel.runtime.tables import service_tables

Base = service_tables()

JSON_VALUE = JSON().with_variant(JSONB(), "postgresql")
ROW_ID = BigInteger().with_variant(Integer(), "sqlite")
