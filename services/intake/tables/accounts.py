"""Accounts of other organisations: whose they are, and which of our sessions they opened."""

import uuid
from datetime import datetime

from sqlalchemy import Text
from sqlmodel import Field

from intake.tables.base import Base


class AccountRow(Base, table=True):  # type: ignore[call-arg, misc, valid-type]  # the base is made at run time
    """An account at a provider, known by its subject for good, whatever becomes of its address."""

    __tablename__ = "account"
    issuer: str = Field(primary_key=True, sa_type=Text)
    subject: str = Field(primary_key=True, sa_type=Text)
    person_id: uuid.UUID = Field(foreign_key="person.id", index=True)
    at: datetime


class AccountSessionRow(Base, table=True):  # type: ignore[call-arg, misc, valid-type]  # the base is made at run time
    """What ends the session at the provider together with ours; `key` is the session's."""

    __tablename__ = "account_session"
    key: str = Field(primary_key=True, sa_type=Text)
    id_token: str = Field(sa_type=Text)
    at: datetime = Field(index=True)
