"""What a reading of a call means against what is known of it: new, amended, reworded, or the same.

The rule kept here: an event is told once. A call read again with the same content tells nothing, whatever
else its source rewrote; a call that is missing from a reading is not touched at all.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from funding_watch.domain.call import FundingCall, changes
from funding_watch.domain.presence import ABSENCES, Turn
from kernel.contracts.funding_watch import (
    CallAbsent,
    CallAmended,
    CallClosed,
    CallClosing,
    CallDeadlineMoved,
    CallDiscovered,
    CallOpened,
    CallReopened,
    CallSummary,
    FieldChange,
)

Novelty = Literal["new", "amended", "reworded", "same"]
Told = CallDiscovered | CallAmended | CallDeadlineMoved
Turned = CallOpened | CallReopened | CallClosing | CallAbsent | CallClosed


@dataclass(frozen=True, slots=True)
class Reading:
    """A call as just read. `changes` are what an applicant must know, empty unless it was amended."""

    call: FundingCall
    novelty: Novelty
    changes: tuple[FieldChange, ...] = ()


def compare(known: FundingCall | None, read: FundingCall) -> Reading:
    """What `read` adds to what is known of the same call."""
    if known is None:
        return Reading(read, "new")
    if known.content_hash() != read.content_hash():
        return Reading(read, "amended", tuple(changes(known, read)))
    ours = {name: getattr(read, name) for name in ("presence", "quarantined", "payload")}
    as_read = known.model_copy(update=ours)
    return Reading(read, "same" if as_read == read else "reworded")


DATES = frozenset(["closes_at", "cut_offs"])
"""Fields that change with the deadline; a change of the deadline is told as such."""


def told(reading: Reading, at: datetime) -> list[Told]:
    """The events of a reading; none when there is nothing to tell."""
    call = reading.call
    if reading.novelty == "new":
        return [CallDiscovered(call_key=call.key, call=summary(call), at=at)]
    events: list[Told] = []
    moved = next((change for change in reading.changes if change.field == "closes_at"), None)
    if moved:
        events.append(_deadline_moved(call, moved, at))
    others = [change for change in reading.changes if told_as(reading, change) == "amended"]
    if others:
        events.append(CallAmended(call_key=call.key, call=summary(call), changes=others, at=at))
    return events


def told_as(reading: Reading, change: FieldChange) -> Literal["deadline_moved", "amended"]:
    """Under which event a change of a reading is told."""
    moved = any(one.field == "closes_at" for one in reading.changes)
    return "deadline_moved" if moved and change.field in DATES else "amended"


def _deadline_moved(call: FundingCall, moved: FieldChange, at: datetime) -> CallDeadlineMoved:
    old, new = (date.fromisoformat(day) if day else None for day in (moved.old, moved.new))
    days = (new - old).days if old and new else None
    return CallDeadlineMoved(call_key=call.key, call=summary(call), old=old, new=new, days=days, at=at)


def turned(call: FundingCall, turn: Turn, at: datetime) -> Turned | None:
    """The event of a turn in a call's life; none for a doubt that was lifted, which changes nothing for anybody."""
    about: dict[str, Any] = {"call_key": call.key, "call": summary(call), "at": at}
    match turn.kind:
        case "opened":
            return CallOpened(**about)
        case "reopened":
            return CallReopened(**about)
        case "closing":
            closes_on = call.closes_on or call.local_day(at)
            return CallClosing(**about, days=(closes_on - call.local_day(at)).days)
        case "absent":
            return CallAbsent(**about, absences=ABSENCES)
        case "closed":
            return CallClosed(**about, why=turn.why or "source")
        case "confirmed":
            return None


def summary(call: FundingCall) -> CallSummary:
    """What other services may show of a call."""
    return CallSummary(
        key=call.key,
        title=call.title,
        funders=list(call.funders),
        url=call.url,
        closes_on=call.closes_on,
        rate_max=call.rate_max,
        amount_max=call.amount_max,
        unconfirmed=call.presence == "non_confirme",
    )
