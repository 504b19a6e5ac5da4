"""Views of the lists of the watch that somebody gave a name."""

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, Text, UniqueConstraint, Uuid
from sqlmodel import Field

from funding_watch.tables.base import Base


class SavedViewRow(Base, table=True):  # type: ignore[call-arg, misc, valid-type]  # the base is made at run time
    """A name for an address of a list; `person` is its owner, who alone sees and changes it."""

    __tablename__ = "saved_view"
    __table_args__ = (
        CheckConstraint("length(name) BETWEEN 1 AND 80", name="name"),
        CheckConstraint("length(address) <= 2000", name="address"),
        CheckConstraint("list IN ('tri', 'appels')", name="list"),
        UniqueConstraint("person", "list", "name"),
    )
    id: uuid.UUID = Field(primary_key=True, sa_type=Uuid)
    person: str = Field(sa_type=Text)
    list: str = Field(sa_type=Text)
    name: str = Field(sa_type=Text)
    address: str = Field(sa_type=Text)
    at: datetime
