"""The team hears what the quorums of a sitting lack, and jurors of what they have to mark, on their days."""

from uuid import UUID

from kernel.contracts.scoring import JurorReminded, MarksReminderDue, QuorumCounted
from kernel.runtime.database import Work
from scoring.domain.books import Book
from scoring.domain.reminders import awaits_marks, late, next_reminder
from scoring.domain.sittings import SEAT_OF, Seat, Sitting
from scoring.store import marks as kept
from scoring.store import quorums
from scoring.store import sittings as store_of


async def count(work: Work, sitting: Sitting) -> None:
    """Tell what is missing now, where that has changed. The caller holds the sitting: counts follow one another.

    The students answer in one session, in a room: nobody is to be reminded of them.
    """
    if sitting.committee not in SEAT_OF.values():
        return
    missing = (await kept.book(work.session, sitting)).missing()
    revision = await quorums.revise(work.session, sitting.id, missing)
    if revision is not None:
        told = QuorumCounted(
            sitting_id=sitting.id,
            committee=sitting.committee,
            marks_until=sitting.marks_until,
            missing=missing,
            revision=revision,
            at=work.at,
        )
        work.record(told)


def appoint(work: Work, sitting: Sitting) -> None:
    """Make the next appointment to remind the jurors of a sitting, if there is one to come."""
    moment = next_reminder(sitting.marks_until, work.at) if awaits_marks(sitting) else None
    if moment is not None:
        work.later(MarksReminderDue(sitting_id=sitting.id), moment, sitting.id.hex)


async def come_due(work: Work, sitting_id: UUID) -> None:
    """The appointment came: remind whoever is late, and make the next one."""
    sitting = await store_of.load(work.session, sitting_id)
    if sitting is not None:
        remind(work, await kept.book(work.session, sitting))
        appoint(work, sitting)


async def keep_appointments(work: Work) -> None:
    """At start: each sitting that awaits marks has its next appointment again."""
    for sitting in await store_of.listed(work.session):
        appoint(work, sitting)


def remind(work: Work, book: Book) -> int:
    """Remind every juror who is late; says how many they are."""
    found = late(book)
    work.record(*(_reminded(work, book.sitting, seat, left) for seat, left in found))
    return len(found)


def _reminded(work: Work, sitting: Sitting, seat: Seat, left: int) -> JurorReminded:
    return JurorReminded(
        sitting_id=sitting.id,
        committee=sitting.committee,
        juror=seat.name,
        person_id=_person(seat),
        left=left,
        marks_until=sitting.marks_until,
        at=work.at,
    )


def _person(seat: Seat) -> UUID | None:
    """Who took the seat; nobody, where an operator's link did, which names no person."""
    try:
        return UUID(seat.person or "")
    except ValueError:
        return None
