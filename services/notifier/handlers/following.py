"""A call passed on to a porteur is told once, and its deadline until the porteur answers or it is called back.

Turns come in any order: the highest is true, and a call back that comes first is remembered. The same words are
not told again, whatever is undone and done again around them.
"""

import json
from dataclasses import replace
from typing import Any
from uuid import uuid5

from kernel.contracts.notifier import MessageKind, ReminderDue
from kernel.contracts.triage import CallDecoded, MatchAnswered, MatchForwarded, MatchRecalled, Track
from kernel.runtime.database import Work
from notifier import store
from notifier.domain import delivery as deliveries
from notifier.domain import hours, reminders
from notifier.domain.states import State
from notifier.domain.words import one_line, web_address
from notifier.handlers.telling import advance, announce, cause, renew
from notifier.store import following
from notifier.store.following import Forwarded


async def forward(work: Work, event: MatchForwarded) -> None:
    """Tell the porteur of a call that staff passed on, with what people wrote of it."""
    await store.take_turn(work)
    known = await following.forwarded(work.session, event.match_id)
    if known is not None and event.turn <= known.turn:
        return
    told = _track(event.track)
    key = event.track.call.key
    one = Forwarded(event.match_id, event.candidacy_id, key, event.turn, is_open=True, track=told, at=event.at)
    await following.save_forwarded(work.session, one)
    snapshot = await _snapshot(work, one)
    why = uuid5(event.match_id, f"transmis:{json.dumps(told, sort_keys=True)}")
    before = await store.delivery(
        work.session, deliveries.to_applicant(why, one.candidacy_id, "appel_transmis", {}, work.at).id
    )
    if before is not None and before.state is State.ANNULE:
        why = cause(work)  # it was called back before it left
    await _tell(work, one, "appel_transmis", snapshot, why)
    await appoint(work, one)


async def stop_following(work: Work, event: MatchRecalled | MatchAnswered) -> None:
    """The call was answered or called back: nothing more about it, and what waits does not leave."""
    await store.take_turn(work)
    known = await following.forwarded(work.session, event.match_id)
    if known is not None and event.turn <= known.turn:
        return
    over = known or Forwarded(event.match_id, event.candidacy_id, "", event.turn, is_open=False, track={}, at=event.at)
    await following.save_forwarded(work.session, replace(over, turn=event.turn, is_open=False, next_at=None))
    kinds: set[MessageKind] = {"rappel_echeance"}
    await _stop(work, over, kinds if isinstance(event, MatchAnswered) else kinds | {"appel_transmis"})


async def reconsider(work: Work, call_key: str) -> None:
    """A call changed: reminders follow its new deadline, and one of the old that waits does not leave."""
    for one in await following.of_call(work.session, call_key):
        await _stop(work, one, {"rappel_echeance"})
        await appoint(work, one)


async def remind(work: Work, event: ReminderDue) -> None:
    """The time of a reminder has come: told once for each deadline, where the call is still open to the porteur."""
    await store.take_turn(work)
    one = await following.forwarded(work.session, event.match_id)
    if one is None or not one.is_open or one.closes_on is None:
        return
    morning = hours.next_open(work.at)
    if morning > work.at and morning.astimezone(hours.PARIS).date() <= one.closes_on:
        await _set(work, replace(one, next_at=morning))
        return
    days = reminders.due(one.closes_on, one.at, work.at)
    if days is not None and not await following.is_muted(work.session, one.candidacy_id.hex, "rappels"):
        snapshot = await _snapshot(work, one)
        why = uuid5(one.match_id, f"rappel:{one.closes_on.isoformat()}:{days}")
        await _tell(work, one, "rappel_echeance", snapshot, why)
    await appoint(work, one)


async def appoint(work: Work, one: Forwarded) -> None:
    """Make the appointment of the next reminder, where there is one to come."""
    wanted = reminders.upcoming(one.closes_on, work.at) if one.closes_on and one.is_open else None
    await _set(work, replace(one, next_at=wanted))


async def _set(work: Work, one: Forwarded) -> None:
    await following.save_forwarded(work.session, one)
    if one.next_at is not None:
        work.later(ReminderDue(match_id=one.match_id), one.next_at, one.match_id.hex)


async def renew_reminders(work: Work) -> None:
    """Make every appointment again; those whose time passed while the broker was away come now."""
    for one in await following.awaited(work.session):
        renew(work, ReminderDue(match_id=one.match_id), one.next_at, one.match_id.hex)


async def learn_decoding(work: Work, event: CallDecoded) -> None:
    """Keep what people wrote of a call, for the mails about it."""
    await store.take_turn(work)
    await following.save_decoding(work.session, event.call_key, event.edition, event.decoding.model_dump())


async def _tell(work: Work, one: Forwarded, kind: MessageKind, snapshot: dict[str, Any], why: Any) -> None:
    await announce(work, deliveries.to_applicant(why, one.candidacy_id, kind, snapshot, work.at))
    await advance(work, one.candidacy_id)


async def _stop(work: Work, one: Forwarded, kinds: set[MessageKind]) -> None:
    for waiting in await store.unsent(work.session, one.candidacy_id):
        if waiting.kind in kinds and waiting.snapshot.get("match_id") == one.match_id.hex:
            await store.save(work.session, deliveries.withdrawn(waiting), work.at)


async def _snapshot(work: Work, one: Forwarded) -> dict[str, Any]:
    written = await following.decoding(work.session, one.call_key)
    return {"match_id": one.match_id.hex, "dossier": str(one.candidacy_id), "call": one.track, "decoding": written}


def _track(track: Track) -> dict[str, Any]:
    """A track as mails show it; every text is one harmless line."""
    call = track.call
    return {
        "title": one_line(call.title),
        "funders": [one_line(funder) for funder in call.funders],
        "url": web_address(call.url),
        "closes_on": call.closes_on.isoformat() if call.closes_on else None,
        "rate_max": call.rate_max,
        "amount_max": call.amount_max,
        "closed": False,
        "need": one_line(track.need),
        "verdict": track.verdict,
        "reason": one_line(track.reason),
        "words": one_line(track.words),
    }
