"""What a reading of a call means against what is known of it: new, amended, reworded, or the same.

The rule kept here: an event is told once. A call read again with the same content tells nothing, whatever
else its source rewrote; a call that is missing from a reading is not touched at all.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from funding_watch.domain.call import FundingCall, changes
from kernel.contracts.funding_watch import CallAmended, CallDiscovered, CallSummary, FieldChange

Novelty = Literal["new", "amended", "reworded", "same"]


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
    return Reading(read, "same" if known == read else "reworded")


def told(reading: Reading, at: datetime) -> CallDiscovered | CallAmended | None:
    """The event of a reading; None when there is nothing to tell."""
    call = reading.call
    if reading.novelty == "new":
        return CallDiscovered(call_key=call.key, call=summary(call), at=at)
    if reading.novelty == "amended":
        return CallAmended(call_key=call.key, call=summary(call), changes=list(reading.changes), at=at)
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
    )
