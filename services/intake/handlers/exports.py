"""Somebody takes away what is kept of them: intake's part is read when it is fetched, the others' comes by event."""

from datetime import timedelta
from uuid import uuid4

from intake.domain.people import Member
from intake.store import exports, people
from intake.store.exports import Export
from kernel.contracts import funding_watch, notifier, scoring
from kernel.contracts.intake_people import ExportOrdered
from kernel.runtime.database import Work

Done = scoring.ExportDone | funding_watch.ExportDone | notifier.ExportDone
FRESH = timedelta(minutes=10)
"""How long a demand serves again: who presses twice is not answered twice."""


async def order(work: Work, person: Member) -> None:
    """Ask every service what it holds of a person, unless that was just asked."""
    known: Export | None = await exports.latest(work.session, person.id)
    if known is not None and work.at - known.at < FRESH:
        return
    found = await people.dossiers_of(work.session, person)
    export_id = uuid4()
    await exports.add(work.session, export_id, person.id, work.at)
    ids = [one.id for one in found]
    work.record(ExportOrdered(export_id=export_id, person_id=person.id, candidacy_ids=ids, at=work.at))


async def hear(work: Work, event: Done) -> None:
    """A service has said what it holds."""
    await exports.answer(work.session, event.export_id, event.producer(), event.held, event.at)
