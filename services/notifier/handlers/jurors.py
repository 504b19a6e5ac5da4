"""A juror who is late is reminded; a seat that nobody took is told to whoever is invited under its name."""

from uuid import UUID

from kernel.contracts.scoring import JurorReminded
from kernel.runtime.database import Work
from notifier import store
from notifier.domain import delivery as deliveries
from notifier.handlers.telling import announce, cause
from notifier.store import listeners


async def remind_juror(work: Work, event: JurorReminded) -> None:
    """Tell a juror what they still have to mark; nobody where no known person is meant."""
    await store.take_turn(work)
    snapshot = {"committee": event.committee, "left": event.left, "marks_until": event.marks_until.isoformat()}
    for person_id in await _meant(work, event):
        await announce(work, deliveries.to_member(cause(work), person_id, "rappel_notes", snapshot, work.at))


async def _meant(work: Work, event: JurorReminded) -> list[UUID]:
    """Who is meant and may be written to."""
    if event.person_id is None:
        return await listeners.named(work.session, event.juror, ("partner", "expert"))
    person = await listeners.listener(work.session, event.person_id)
    return [person.person_id] if person and person.email else []
