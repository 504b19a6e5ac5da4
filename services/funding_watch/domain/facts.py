"""A call as plain facts, the same for every program that reads the catalogue: command line, files, pages.

The rule kept here: what is said is what the watch established at its last look at the call.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol

from funding_watch.domain.call import FundingCall
from funding_watch.domain.presence import Life

STATUSES: Mapping[str, str] = {"a_venir": "forthcoming", "ouvert": "open", "permanent": "permanent", "clos": "closed"}
UNCONFIRMED = "unconfirmed"


class Kept(Protocol):
    """A call as the watch keeps it."""

    @property
    def call(self) -> FundingCall:
        """What its source shows."""

    @property
    def life(self) -> Life:
        """What the watch believes of it."""

    @property
    def first_seen_at(self) -> datetime:
        """When it was discovered."""

    @property
    def last_seen_at(self) -> datetime:
        """When its source last showed it."""

    @property
    def last_changed_at(self) -> datetime:
        """When an applicant last had something to learn."""


def status_of(one: Kept, now: datetime) -> str:
    """What the watch believes of a call."""
    if one.life.presence == "non_confirme":
        return UNCONFIRMED
    return STATUSES[one.life.phase or one.call.status_at(now)] if one.life.presence != "ferme" else "closed"


def facts(one: Kept, now: datetime) -> dict[str, Any]:
    """One call. Deadlines are days where the funder sits, amounts whole euros, rates percents."""
    call = one.call
    return {
        "source": call.source,
        "source_ref": call.reference,
        "title": call.title,
        "status": status_of(one, now),
        "opens": call.opens_on.isoformat() if call.opens_on else None,
        "deadlines": deadlines(call),
        "funders": list(call.funders),
        "programme": call.programme,
        "audiences": list(call.audiences),
        "perimeter": {"scale": call.perimeter_scale, "codes": list(call.perimeter_codes), "name": call.perimeter_name},
        "kinds": list(call.kinds),
        "expenses": list(call.expenses),
        "themes": list(call.themes),
        "recurrence": call.recurrence,
        "amount_min": call.amount_min,
        "amount_max": call.amount_max,
        "rate_min": call.rate_min,
        "rate_max": call.rate_max,
        "envelope": call.envelope,
        "language": call.language,
        "url": call.url,
        "first_seen": one.first_seen_at.isoformat(),
        "last_seen": one.last_seen_at.isoformat(),
        "quarantined": call.quarantined,
    }


def deadlines(call: FundingCall) -> list[str]:
    """Every dated step of a call, as days where the funder sits."""
    moments = {*call.cut_offs, *([call.closes_at] if call.closes_at else [])}
    return sorted({call.local_day(at).isoformat() for at in moments})
