"""A committee sits once in a wave; a juror has one seat there, one mark a question and a round, and one say on ties."""

import uuid
from datetime import date, datetime
from typing import Any, get_args

from sqlalchemy import CheckConstraint, Column, ForeignKeyConstraint, Text, UniqueConstraint
from sqlmodel import Field

from kernel.contracts.scoring import Committee
from scoring.domain.grids import TOP
from scoring.domain.rulings import REASON_MIN
from scoring.domain.sittings import KNOWN_TIES, Phase
from scoring.tables.base import DOCUMENT, ROW_ID, Base, of_a_dossier, one_of


def _of_a_seat() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["seat_id"], ["seat.id"])


def _of_a_round() -> CheckConstraint:
    return CheckConstraint("round IN (1, 2)", name="round")


class SittingRow(Base, table=True):  # type: ignore[call-arg, misc, valid-type]  # the base is made at run time
    """One committee in one wave, with the grid that it was opened with."""

    __tablename__ = "sitting"
    __table_args__ = (
        UniqueConstraint("wave_id", "committee"),
        one_of("committee", get_args(Committee)),
        one_of("phase", tuple(Phase)),
        CheckConstraint("meets_on >= marks_until", name="dates"),
        ForeignKeyConstraint(["wave_id"], ["wave.wave_id"]),
    )

    id: uuid.UUID = Field(default_factory=uuid.uuid4, primary_key=True)
    wave_id: uuid.UUID
    committee: str = Field(sa_type=Text)
    grid: dict[str, Any] = Field(sa_column=Column(DOCUMENT, nullable=False))
    grid_version: str = Field(sa_type=Text)
    phase: str = Field(sa_type=Text)
    seed: int
    opened_at: datetime
    opened_by: str = Field(sa_type=Text)
    marks_until: date
    meets_on: date


class FrozenRow(Base, table=True):  # type: ignore[call-arg, misc, valid-type]  # the base is made at run time
    """A dossier as it was when the sitting opened; `revision` names what the porteur had written."""

    __tablename__ = "sitting_dossier"
    __table_args__ = (of_a_dossier(), ForeignKeyConstraint(["sitting_id"], ["sitting.id"]))

    sitting_id: uuid.UUID = Field(primary_key=True)
    candidacy_id: uuid.UUID = Field(primary_key=True)
    number: str = Field(sa_type=Text)
    revision: str = Field(sa_type=Text)
    project: dict[str, Any] = Field(sa_column=Column(DOCUMENT, nullable=False))


class SeatRow(Base, table=True):  # type: ignore[call-arg, misc, valid-type]  # the base is made at run time
    """A juror's place; `person` is empty until they come."""

    __tablename__ = "seat"
    __table_args__ = (
        UniqueConstraint("sitting_id", "person"),
        CheckConstraint("length(name) > 0", name="name"),
        CheckConstraint("(person IS NULL) = (came_at IS NULL)", name="came"),
        ForeignKeyConstraint(["sitting_id"], ["sitting.id"]),
    )

    id: uuid.UUID = Field(default_factory=uuid.uuid4, primary_key=True)
    sitting_id: uuid.UUID
    person: str | None = Field(default=None, sa_type=Text)
    name: str = Field(sa_type=Text)
    seed: int
    came_at: datetime | None = None


class TieRow(Base, table=True):  # type: ignore[call-arg, misc, valid-type]  # the base is made at run time
    """What a juror said of their ties to a dossier; whoever set it aside said why."""

    __tablename__ = "tie"
    __table_args__ = (
        one_of("kind", KNOWN_TIES),
        CheckConstraint(
            "(lifted_at IS NULL) = (lifted_by IS NULL) AND (lifted_at IS NULL) = (lifted_reason IS NULL)",
            name="lifted",
        ),
        CheckConstraint(f"lifted_reason IS NULL OR length(lifted_reason) >= {REASON_MIN}", name="lifted_reason"),
        _of_a_seat(),
        of_a_dossier(),
    )

    seat_id: uuid.UUID = Field(primary_key=True)
    candidacy_id: uuid.UUID = Field(primary_key=True)
    kind: str = Field(sa_type=Text)
    note: str = Field(sa_type=Text)
    at: datetime
    lifted_at: datetime | None = None
    lifted_by: str | None = Field(default=None, sa_type=Text)
    lifted_reason: str | None = Field(default=None, sa_type=Text)


class MarkRow(Base, table=True):  # type: ignore[call-arg, misc, valid-type]  # the base is made at run time
    """An answer in a round; without `applies` it is « sans objet » and has no value, never 0."""

    __tablename__ = "mark"
    __table_args__ = (
        _of_a_round(),
        CheckConstraint(f"value BETWEEN 0 AND {TOP}", name="value"),
        CheckConstraint("applies OR value IS NULL", name="applies"),
        _of_a_seat(),
        of_a_dossier(),
    )

    seat_id: uuid.UUID = Field(primary_key=True)
    candidacy_id: uuid.UUID = Field(primary_key=True)
    round: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    question: str = Field(primary_key=True, sa_type=Text)
    value: int | None = None
    applies: bool = True
    reason: str = Field(default="", sa_type=Text)
    at: datetime


class BallotRow(Base, table=True):  # type: ignore[call-arg, misc, valid-type]  # the base is made at run time
    """A juror gave the marks of a dossier in a round: from then on they count."""

    __tablename__ = "ballot"
    __table_args__ = (_of_a_round(), _of_a_seat(), of_a_dossier())

    seat_id: uuid.UUID = Field(primary_key=True)
    candidacy_id: uuid.UUID = Field(primary_key=True)
    round: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    given_at: datetime


class SittingActRow(Base, table=True):  # type: ignore[call-arg, misc, valid-type]  # the base is made at run time
    """What staff did in a sitting, when and why."""

    __tablename__ = "sitting_act"
    __table_args__ = (
        CheckConstraint('length("by") > 0', name="by"),
        ForeignKeyConstraint(["sitting_id"], ["sitting.id"]),
    )

    id: int | None = Field(default=None, sa_column=Column(ROW_ID, primary_key=True, autoincrement=True))
    sitting_id: uuid.UUID = Field(index=True)
    at: datetime
    by: str = Field(sa_type=Text)
    what: str = Field(sa_type=Text)
    reason: str = Field(sa_type=Text)


class TrialRow(Base, table=True):  # type: ignore[call-arg, misc, valid-type]  # the base is made at run time
    """What a juror answered about an anchor dossier, by question."""

    __tablename__ = "trial"
    __table_args__ = (CheckConstraint("length(dossier) > 0", name="dossier"), _of_a_seat())

    seat_id: uuid.UUID = Field(primary_key=True)
    dossier: str = Field(primary_key=True, sa_type=Text)
    answers: dict[str, int] = Field(sa_column=Column(DOCUMENT, nullable=False))
    at: datetime


class QuorumRow(Base, table=True):  # type: ignore[call-arg, misc, valid-type]  # the base is made at run time
    """What was told last of the quorums of a sitting: by dossier, the marks that are missing."""

    __tablename__ = "quorum"
    __table_args__ = (
        CheckConstraint("revision > 0", name="revision"),
        ForeignKeyConstraint(["sitting_id"], ["sitting.id"]),
    )

    sitting_id: uuid.UUID = Field(primary_key=True)
    revision: int
    missing: dict[str, int] = Field(sa_column=Column(DOCUMENT, nullable=False))


class ReadingRow(Base, table=True):  # type: ignore[call-arg, misc, valid-type]  # the base is made at run time
    """What was told last of the dossiers whose documents a seat opens."""

    __tablename__ = "reading"
    __table_args__ = (CheckConstraint("revision > 0", name="revision"), _of_a_seat())

    seat_id: uuid.UUID = Field(primary_key=True)
    dossiers: list[str] = Field(sa_column=Column(DOCUMENT, nullable=False))
    revision: int


class NearnessRow(Base, table=True):  # type: ignore[call-arg, misc, valid-type]  # the base is made at run time
    """The dossiers whose contact writes from the mail domain of a juror, as intake told last."""

    __tablename__ = "nearness"

    person: str = Field(sa_type=Text, primary_key=True)
    dossiers: list[str] = Field(sa_column=Column(DOCUMENT, nullable=False))
    at: datetime


class MinuteRow(Base, table=True):  # type: ignore[call-arg, misc, valid-type]  # the base is made at run time
    """What was said on a point of the agenda; every wording is kept, the last one counts."""

    __tablename__ = "minute"
    __table_args__ = (
        CheckConstraint("length(said) > 0", name="said"),
        ForeignKeyConstraint(
            ["sitting_id", "candidacy_id"], ["sitting_dossier.sitting_id", "sitting_dossier.candidacy_id"]
        ),
    )

    id: int | None = Field(default=None, sa_column=Column(ROW_ID, primary_key=True, autoincrement=True))
    sitting_id: uuid.UUID = Field(index=True)
    candidacy_id: uuid.UUID
    question: str = Field(sa_type=Text)
    said: str = Field(sa_type=Text)
    by: str = Field(sa_type=Text)
    at: datetime
