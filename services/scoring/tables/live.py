"""A live session of a sitting: a code of six letters, what is on screen. Nothing about who answers."""

import uuid

from sqlalchemy import CheckConstraint, Column, ForeignKeyConstraint, Text, UniqueConstraint
from sqlmodel import Field

from scoring.tables.base import DOCUMENT, Base


class LiveRow(Base, table=True):  # type: ignore[call-arg, misc, valid-type]  # the base is made at run time
    """One a sitting; `current` is a dossier of the sitting, `presented` those that were on screen, in order."""

    __tablename__ = "live"
    __table_args__ = (
        UniqueConstraint("code"),
        CheckConstraint("length(code) = 6", name="code"),
        CheckConstraint("current IS NOT NULL OR NOT revealed", name="revealed"),
        ForeignKeyConstraint(["sitting_id"], ["sitting.id"]),
        ForeignKeyConstraint(["sitting_id", "current"], ["sitting_dossier.sitting_id", "sitting_dossier.candidacy_id"]),
    )

    sitting_id: uuid.UUID = Field(primary_key=True)
    code: str = Field(sa_type=Text)
    is_open: bool
    current: uuid.UUID | None = None
    revealed: bool
    presented: list[str] = Field(sa_column=Column(DOCUMENT, nullable=False))
