"""The catalogue for whoever wants to check it: one line a call, one line a change.

The rule kept here: what is printed is what the watch established, as of its last look at each call, not what the
machine's clock would make of it now; so a replayed history reads as it was lived.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from funding_watch.domain.call import FundingCall
from funding_watch.store import calls as store
from funding_watch.store.calls import Change, KnownCall
from kernel.runtime.database import Database

STATUSES: Mapping[str, str] = {"a_venir": "forthcoming", "ouvert": "open", "permanent": "permanent", "clos": "closed"}
UNCONFIRMED = "unconfirmed"
TURNS: Mapping[str, tuple[str | None, str | None]] = {
    "opened": ("forthcoming", "open"),
    "reopened": ("closed", "open"),
    "closing": ("open", "closing"),
    "absent": ("open", UNCONFIRMED),
    "confirmed": (UNCONFIRMED, "open"),
    "closed": ("open", "closed"),
    "cleared": ("quarantined", "open"),
}
ALL_STATUSES = (*STATUSES.values(), UNCONFIRMED)


async def known(database: Database, status: str | None = None) -> list[KnownCall]:
    """The calls that the watch knows, in the order of their keys; only those of that status where it is given."""
    async with database.reading() as session:
        found = await store.listed(session)
    now = database.clock.now()
    return [one for one in found if status is None or status_of(one, now) == status]


def status_of(one: KnownCall, now: Any) -> str:
    """What the watch believes of a call."""
    if one.life.presence == "non_confirme":
        return UNCONFIRMED
    return STATUSES[one.life.phase or one.call.status_at(now)] if one.life.presence != "ferme" else "closed"


def facts(one: KnownCall, now: Any) -> dict[str, Any]:
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


def line(found: Mapping[str, Any]) -> str:
    """One call, for a person."""
    until = f", jusqu’au {found['deadlines'][-1]}" if found["deadlines"] else ""
    return f"{found['status']:<12} {found['source']}:{found['source_ref']}  {found['title']}{until}"


async def changes(database: Database, since: Any) -> Iterator[dict[str, Any]]:
    """One change a line, the oldest first: discoveries, changed fields and the turns of each call's life."""
    async with database.reading() as session:
        lines = await store.changes_since(session, since)
        found = await store.listed(session)
    discovered = [
        (one.call.key, Change(one.first_seen_at, "", None, None, kind="discovered"))
        for one in found
        if since is None or one.first_seen_at >= since
    ]
    ordered = sorted([*discovered, *lines], key=lambda pair: (pair[1].at, pair[1].kind != "discovered"))
    return (_change(key, change) for key, change in ordered)


def _change(key: str, change: Change) -> dict[str, Any]:
    source, _, reference = key.partition(":")
    old, new = TURNS.get(change.kind, (change.old, change.new))
    return {
        "at": change.at.isoformat(),
        "source": source,
        "source_ref": reference,
        "kind": change.kind,
        "field": "status" if change.kind in TURNS else change.field or None,
        "old": old,
        "new": new,
        "why": change.new if change.kind in TURNS else None,
        "by": change.by,
        "reason": change.reason,
    }
