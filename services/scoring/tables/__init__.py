"""The tables of scoring, a module for each thing that is kept; `Base.metadata` knows them all."""

from scoring.tables.base import Base
from scoring.tables.chain import ForumItemRow, ForumVoteRow, RulingRow
from scoring.tables.instruction import ActRow, DecisionRow, DossierRow, JournalHeadRow, JournalRow, OpinionRow, WaveRow
from scoring.tables.live import LiveRow
from scoring.tables.sittings import (
    BallotRow,
    FrozenRow,
    MarkRow,
    MinuteRow,
    NearnessRow,
    QuorumRow,
    ReadingRow,
    SeatRow,
    SittingActRow,
    SittingRow,
    TieRow,
    TrialRow,
)

__all__ = [
    "ActRow",
    "BallotRow",
    "Base",
    "DecisionRow",
    "DossierRow",
    "ForumItemRow",
    "ForumVoteRow",
    "FrozenRow",
    "JournalHeadRow",
    "JournalRow",
    "LiveRow",
    "MarkRow",
    "MinuteRow",
    "NearnessRow",
    "OpinionRow",
    "QuorumRow",
    "ReadingRow",
    "RulingRow",
    "SeatRow",
    "SittingActRow",
    "SittingRow",
    "TieRow",
    "TrialRow",
    "WaveRow",
]
