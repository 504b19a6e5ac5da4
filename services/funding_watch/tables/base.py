"""What all the tables of the watch share."""

from sqlalchemy import JSON, BigInteger, Integer
from sqlalchemy.dialects.postgresql import JSONB

from kernel.runtime.tables import service_tables

Base = service_tables()

JSON_VALUE = JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")
ROW_ID = BigInteger().with_variant(Integer(), "sqlite")
