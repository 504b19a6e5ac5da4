"""The tables of intake, a module for each thing that is kept; `Base.metadata` knows them all."""

from intake.tables.base import JSON_VALUE, ROW_ID, Base
from intake.tables.dossiers import CandidacyRow, CandidacyThemeRow, DecisionRow, JournalHeadRow, JournalRow, OpinionRow
from intake.tables.drafts import DraftFieldRow, DraftRow
from intake.tables.people import LinkRequestRow, PersonRow, SpentLinkRow
from intake.tables.waves import CounterRow, WaveRow

__all__ = [
    "JSON_VALUE",
    "ROW_ID",
    "Base",
    "CandidacyRow",
    "CandidacyThemeRow",
    "CounterRow",
    "DecisionRow",
    "DraftFieldRow",
    "DraftRow",
    "JournalHeadRow",
    "JournalRow",
    "LinkRequestRow",
    "OpinionRow",
    "PersonRow",
    "SpentLinkRow",
    "WaveRow",
]
