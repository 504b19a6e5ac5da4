"""Whoever may mark a dossier may fetch its documents, which intake keeps: it hears who, each time that this changes."""

from uuid import UUID

from kernel.contracts.scoring import ReadingAllowed
from kernel.runtime.database import Work
from scoring.domain.sittings import Sitting
from scoring.store import marks as kept
from scoring.store import readings
from scoring.store import sittings as store_of


async def tell(work: Work, sitting: Sitting, *seats: UUID) -> None:
    """Tell what these seats, or all of a sitting, open now, where that has changed. The caller holds the sitting."""
    book = await kept.book(work.session, sitting, *seats)
    for seat in book.seats:
        dossiers = book.opens(seat)
        revision = await readings.revise(work.session, seat.id, dossiers)
        if revision is not None:
            told = ReadingAllowed(
                seat_id=seat.id,
                juror=(seat.person or "") if dossiers else "",
                dossiers=dossiers,
                frozen_at=sitting.opened_at,
                revision=revision,
                at=work.at,
            )
            work.record(told)


async def keep_told(work: Work) -> None:
    """At start: what every sitting opens is known, that of sittings older than this rule too."""
    for sitting in await store_of.listed(work.session):
        held = await store_of.load(work.session, sitting.id, lock=True)
        if held is not None:
            await tell(work, held)


async def shut(work: Work) -> None:
    """Shut the documents to whoever was parted from their seat."""
    for sitting_id, seat_id in await readings.left_open(work.session):
        held = await store_of.load(work.session, sitting_id, lock=True)
        if held is not None:
            await tell(work, held, seat_id)
