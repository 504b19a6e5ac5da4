"""The tables of intake, a module for each thing that is kept; `Base.metadata` knows them all."""

from intake.tables.accounts import AccountRow, AccountSessionRow
from intake.tables.attachments import AttachmentRow, PieceReviewRow, ReadingRow
from intake.tables.base import JSON_VALUE, ROW_ID, Base
from intake.tables.board import ActRow, PickRow, ProposalRow, SelectionRow
from intake.tables.desk import AsideRow, AssignmentRow, NoteRow, ReaderRow, TagRow
from intake.tables.dossiers import (
    CandidacyRow,
    CandidacyThemeRow,
    DecisionRow,
    JournalHeadRow,
    JournalRow,
    OpinionRow,
    QuorumRow,
)
from intake.tables.drafts import DraftFieldRow, DraftRow
from intake.tables.erasures import ErasureAnswerRow, ErasureRow
from intake.tables.exports import ExportAnswerRow, ExportRow
from intake.tables.follow_up import AccordRow, FollowUpRow, NewsRow
from intake.tables.funding import FundingNoteRow, FundingReminderRow, FundingRow
from intake.tables.messages import MessageRow, ThreadRow
from intake.tables.people import LinkRequestRow, ParticipantRow, PersonRow, SpentLinkRow
from intake.tables.revisions import CorrectionRow, DossierVersionRow
from intake.tables.views import SavedViewRow
from intake.tables.waves import CounterRow, PreparedWaveRow, WaveRow

__all__ = [
    "JSON_VALUE",
    "ROW_ID",
    "AccordRow",
    "AccountRow",
    "AccountSessionRow",
    "ActRow",
    "AsideRow",
    "AssignmentRow",
    "AttachmentRow",
    "Base",
    "CandidacyRow",
    "CandidacyThemeRow",
    "CorrectionRow",
    "CounterRow",
    "DecisionRow",
    "DossierVersionRow",
    "DraftFieldRow",
    "DraftRow",
    "ErasureAnswerRow",
    "ErasureRow",
    "ExportAnswerRow",
    "ExportRow",
    "FollowUpRow",
    "FundingNoteRow",
    "FundingReminderRow",
    "FundingRow",
    "JournalHeadRow",
    "JournalRow",
    "LinkRequestRow",
    "MessageRow",
    "NewsRow",
    "NoteRow",
    "OpinionRow",
    "ParticipantRow",
    "PersonRow",
    "PickRow",
    "PieceReviewRow",
    "PreparedWaveRow",
    "ProposalRow",
    "QuorumRow",
    "ReaderRow",
    "ReadingRow",
    "SavedViewRow",
    "SelectionRow",
    "SpentLinkRow",
    "TagRow",
    "ThreadRow",
    "WaveRow",
]
