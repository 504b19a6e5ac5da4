"""The archived copy of each call: one row a call, apart from it, since lists need no copy."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Text
from sqlmodel import Field

from funding_watch.tables.base import Base


class CallCopyRow(Base, table=True):  # type: ignore[call-arg, misc, valid-type]  # the base is made at run time
    """What the source wrote of a call, as it came the last time that it said something else."""

    __tablename__ = "call_copy"
    __table_args__ = (CheckConstraint("length(payload_hash) = 64", name="payload_hash"),)
    call_key: str = Field(primary_key=True, sa_type=Text, foreign_key="call.key")
    fetched_at: datetime
    payload_hash: str = Field(sa_type=Text)
    payload: str = Field(sa_type=Text)
