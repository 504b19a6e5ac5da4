"""The tables of the watch, a module for each thing that is kept; `Base.metadata` knows them all."""

from funding_watch.tables.base import Base
from funding_watch.tables.calls import (
    CallChangeRow,
    CallRow,
    CrawlRow,
    DuplicateRow,
    FeedRow,
    MatchRow,
    ProjectRow,
    ReadingRow,
    SourceDecisionRow,
    SourceRow,
    WordMeasureRow,
)
from funding_watch.tables.copies import CallCopyRow
from funding_watch.tables.montage import MontageRow, PrecedentRow
from funding_watch.tables.triage import CallNoteRow, TriageHeadRow, TriageLineRow, TriageRow
from funding_watch.tables.views import SavedViewRow

__all__ = [
    "Base",
    "CallChangeRow",
    "CallCopyRow",
    "CallNoteRow",
    "CallRow",
    "CrawlRow",
    "DuplicateRow",
    "FeedRow",
    "MatchRow",
    "MontageRow",
    "PrecedentRow",
    "ProjectRow",
    "ReadingRow",
    "SavedViewRow",
    "SourceDecisionRow",
    "SourceRow",
    "TriageHeadRow",
    "TriageLineRow",
    "TriageRow",
    "WordMeasureRow",
]
