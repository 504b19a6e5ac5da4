"""Views of the list that somebody gave a name: for themselves, or for the whole team."""

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, Text, UniqueConstraint
from sqlmodel import Field

from intake.tables.base import Base


class SavedViewRow(Base, table=True):  # type: ignore[call-arg, misc, valid-type]  # the base is made at run time
    """A name for an address; `person` is its owner, who alone changes it."""

    __tablename__ = "saved_view"
    __table_args__ = (
        CheckConstraint("length(name) BETWEEN 1 AND 80", name="name"),
        CheckConstraint("length(address) <= 2000", name="address"),
        UniqueConstraint("person", "name"),
    )
    id: uuid.UUID = Field(primary_key=True)
    person: str = Field(sa_type=Text)
    name: str = Field(sa_type=Text)
    address: str = Field(sa_type=Text)
    shared: bool
    at: datetime
