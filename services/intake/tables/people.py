"""People, the links that let them in and those they asked for."""

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, Text
from sqlmodel import Field

from intake.tables.base import ROW_ID, Base


class SpentLinkRow(Base, table=True):  # type: ignore[call-arg, misc, valid-type]  # the base is made at run time
    """A sign-in link that let somebody in, so that it lets in nobody else."""

    __tablename__ = "spent_link"
    once: str = Field(primary_key=True, sa_type=Text)
    spent_at: datetime


class PersonRow(Base, table=True):  # type: ignore[call-arg, misc, valid-type]  # the base is made at run time
    """Someone who may enter, or might once. `name` is a function or an organisation."""

    __tablename__ = "person"
    __table_args__ = (
        CheckConstraint("role IN ('staff', 'partner', 'expert', 'applicant', 'ops')", name="role"),
        CheckConstraint("email = lower(email)", name="email"),
    )
    id: uuid.UUID = Field(primary_key=True)
    email: str = Field(sa_type=Text, unique=True)
    name: str = Field(sa_type=Text)
    role: str = Field(sa_type=Text)
    invited_by: str = Field(sa_type=Text)
    invited_at: datetime
    signed_in_at: datetime | None = None
    disabled_at: datetime | None = None
    warned_at: datetime | None = None


class LinkRequestRow(Base, table=True):  # type: ignore[call-arg, misc, valid-type]  # the base is made at run time
    """A link that was asked for, or a draft begun; address and network are keyed hashes, which only count."""

    __tablename__ = "link_request"
    id: int | None = Field(default=None, primary_key=True, sa_type=ROW_ID)
    at: datetime = Field(index=True)
    email: str = Field(sa_type=Text)
    network: str = Field(sa_type=Text)


class ParticipantRow(Base, table=True):  # type: ignore[call-arg, misc, valid-type]  # the base is made at run time
    """Somebody with whom the contact shares a dossier, until `removed_at`."""

    __tablename__ = "participant"
    candidacy_id: uuid.UUID = Field(primary_key=True, foreign_key="candidacy.id")
    person_id: uuid.UUID = Field(primary_key=True, foreign_key="person.id", index=True)
    invited_at: datetime
    removed_at: datetime | None = None
