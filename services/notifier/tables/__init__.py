"""The tables of the notifier, in rooms; importing this knows them all."""

from notifier.tables.base import Base
from notifier.tables.following import DecodedCallRow, ForwardedRow, RoomRow, WordingRow
from notifier.tables.listeners import (
    AnswerRow,
    MuteRow,
    PersonRow,
    ProjectRow,
    SubscriptionRow,
    SuppressedRow,
    TellingRow,
    WatchedCallRow,
)
from notifier.tables.messages import (
    AlertItemRow,
    ContactRow,
    DeliveryRow,
    DeliveryStepRow,
    DossierRow,
    ErasedRow,
    MatchTurnRow,
    SourceReadingRow,
)

__all__ = [
    "AlertItemRow",
    "AnswerRow",
    "Base",
    "ContactRow",
    "DecodedCallRow",
    "DeliveryRow",
    "DeliveryStepRow",
    "DossierRow",
    "ErasedRow",
    "ForwardedRow",
    "MatchTurnRow",
    "MuteRow",
    "PersonRow",
    "ProjectRow",
    "RoomRow",
    "SourceReadingRow",
    "SubscriptionRow",
    "SuppressedRow",
    "TellingRow",
    "WatchedCallRow",
    "WordingRow",
]
