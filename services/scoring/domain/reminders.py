"""Jurors are reminded in the morning: a week before their marks are due, two days before, and on the day.

Whoever has given everything hears nothing. The students, who have no address, are never written to.
"""

from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from scoring.domain.books import Book
from scoring.domain.sittings import SEAT_OF, Phase, Seat, Sitting

PARIS = ZoneInfo("Europe/Paris")
MORNING = time(8)
DAYS_BEFORE = (7, 2, 0)


def next_reminder(marks_until: date, after: datetime) -> datetime | None:
    """The first moment after `after` at which jurors are to be reminded; None once the last has passed."""
    moments = [datetime.combine(marks_until - timedelta(days=days), MORNING, PARIS) for days in DAYS_BEFORE]
    return next((moment for moment in moments if moment > after), None)


def awaits_marks(sitting: Sitting) -> bool:
    """Whether somebody who can be written to may still have marks to give."""
    return sitting.phase is Phase.NOTATION and sitting.committee in SEAT_OF.values()


def late(book: Book) -> list[tuple[Seat, int]]:
    """The seats that have marks to give, and on how many dossiers."""
    if not awaits_marks(book.sitting):
        return []
    found = [(seat, sum(_is_left(book, seat, frozen.candidacy_id) for frozen in book.dossiers)) for seat in book.seats]
    return [(seat, left) for seat, left in found if left]


def _is_left(book: Book, seat: Seat, dossier: UUID) -> bool:
    return book.standing(seat.id, dossier) not in {"rendu", "revu", "recuse"}
