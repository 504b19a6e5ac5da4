"""The catalogue for whoever wants to check it: one line a call, one line a change.

The rule kept here: what is printed is what the watch established, as of its last look at each call, not what the
machine's clock would make of it now; so a replayed history reads as it was lived.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from funding_watch.domain.facts import STATUSES, UNCONFIRMED, facts, status_of
from funding_watch.store import calls as store
from funding_watch.store.calls import Change, KnownCall
from kernel.runtime.database import Database

__all__ = ["ALL_STATUSES", "changes", "facts", "known", "line"]

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
