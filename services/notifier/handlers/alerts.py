"""The staff are told of matches together, and of each episode of a source that cannot be trusted, once."""

from datetime import timedelta

from kernel.contracts.funding_watch import MatchLeft, MatchProposed, SourceCrawled, SourceDegraded
from kernel.contracts.notifier import AlertDue
from kernel.runtime.database import Work
from notifier import store
from notifier.domain import alert
from notifier.domain import delivery as deliveries
from notifier.domain.alert import Reading
from notifier.domain.words import one_line
from notifier.handlers import listening
from notifier.handlers.telling import STAFF, announce, announce_to_rooms, cause
from notifier.store import projects


async def gather_match(work: Work, event: MatchProposed, delay: timedelta) -> None:
    """Keep a match for the next alerts, and make their appointments where there are none; not for a candidate.

    One that had left and comes back is told to whoever was not told of it.
    """
    if event.candidate:
        return
    await store.take_turn(work)
    due = alert.appointment(await store.waiting_since(work.session), work.at, delay)
    is_back = event.turn > 0 and await store.note_turn(work.session, event.match_id, event.turn, gone=False)
    news = await projects.know_call(work.session, event.call, event.at, closed=False)
    known = await store.item(work.session, event.match_id)
    changed = alert.newer(known, event) if known else alert.item(event, work.at)
    if changed:
        await store.save_item(work.session, changed)
    is_new = known is None or is_back
    if is_new and due is not None:
        work.later(AlertDue(recipient=STAFF), due, STAFF)
    if is_new or news:
        told = [one for one in await projects.items(work.session, event.call.key) if one.match_id == event.match_id]
        await listening.gather(work, told, delay)


async def let_go(work: Work, event: MatchLeft) -> None:
    """A match is proposed no more: who was not told of it is not."""
    await store.take_turn(work)
    await store.note_turn(work.session, event.match_id, event.turn, gone=True)


async def tell_matches(work: Work, event: AlertDue) -> None:
    """One alert with every match that was not told; told and written in the same commit. Never an empty one."""
    await store.take_turn(work)
    items = await store.untold(work.session)
    if not items:
        return
    known = await store.dossiers(work.session, (one.candidacy_id for one in items))
    snapshot = alert.alert_snapshot(items, known, await store.latest_readings(work.session))
    told = await announce(work, deliveries.to_staff(cause(work), "alerte_equipe", snapshot, work.at))
    await announce_to_rooms(work, cause(work), "alerte_equipe", snapshot)
    await store.mark_told(work.session, items, told.id)


async def note_crawl(work: Work, event: SourceCrawled) -> None:
    """Keep that a source was read well; a degraded episode ends here."""
    reading = Reading(cause(work), event.source, event.title, event.at, event.calls, None, told=False)
    await _note(work, reading)


async def report_degraded(work: Work, event: SourceDegraded) -> None:
    """Tell the staff that a source cannot be trusted, once an episode; and operation, at once, that it went blind."""
    reason = one_line(event.reason) or "raison inconnue"
    reading = Reading(cause(work), event.source, event.title, event.at, None, reason, told=False)
    await _note(work, reading)
    if event.health == "blind" and event.before != "blind":
        snapshot = alert.source_snapshot(reading, await _last_good(work, reading), blind=True)
        await announce(work, deliveries.to_ops(reading.id, "source_degradee", snapshot, work.at))


async def _last_good(work: Work, reading: Reading) -> Reading | None:
    known = await store.readings(work.session, reading.source)
    good = [one for one in known if not one.degraded and one.at < reading.at]
    return max(good, key=lambda one: one.at, default=None)


async def _note(work: Work, reading: Reading) -> None:
    await store.take_turn(work)
    known = await store.readings(work.session, reading.source)
    if any(one.id == reading.id for one in known):
        return
    await store.add_reading(work.session, reading)
    for untold in alert.to_tell([*known, reading]):
        snapshot = alert.source_snapshot(untold, await _last_good(work, untold))
        told = await announce(work, deliveries.to_staff(untold.id, "source_degradee", snapshot, work.at))
        await announce_to_rooms(work, untold.id, "source_degradee", snapshot)
        await store.mark_reading(work.session, untold, told.id)
