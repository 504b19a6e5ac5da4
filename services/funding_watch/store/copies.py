"""The archived copy of each call: what its source wrote, as it came, with the moment and a hash.

The rule kept here: the same words again are not written again, so an unchanged catalogue costs one question a batch.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from funding_watch.domain.call import FundingCall
from funding_watch.store.dialect import insert
from funding_watch.tables import CallCopyRow


@dataclass(frozen=True, slots=True)
class Copy:
    """What a source wrote of a call; `payload_hash` is its SHA-256."""

    fetched_at: datetime
    payload_hash: str
    payload: str

    @property
    def readable(self) -> str:
        """As people read it: a field a line; what is no JSON stays as it is."""
        try:
            return json.dumps(json.loads(self.payload), ensure_ascii=False, indent=1)
        except ValueError:
            return self.payload


async def keep(session: AsyncSession, calls: Sequence[FundingCall], at: datetime) -> None:
    """Keep what came with calls that are stored, where it says something else than the copy that is there."""
    found = {call.key: call.payload for call in calls if call.payload}
    kept = select(CallCopyRow.call_key, CallCopyRow.payload_hash).where(col(CallCopyRow.call_key).in_(found))
    known = dict((await session.exec(kept)).all())
    hashes = {key: hashlib.sha256(payload.encode()).hexdigest() for key, payload in found.items()}
    rows = [
        {"call_key": key, "fetched_at": at, "payload_hash": hashes[key], "payload": payload}
        for key, payload in found.items()
        if known.get(key) != hashes[key]
    ]
    if not rows:
        return
    statement = insert(session, CallCopyRow).values(rows)
    fresh = {name: statement.excluded[name] for name in ("fetched_at", "payload_hash", "payload")}
    await session.exec(statement.on_conflict_do_update(index_elements=["call_key"], set_=fresh))


async def made_at(session: AsyncSession, key: str) -> datetime | None:
    """When the copy of a call was made; None where there is none."""
    return (await session.exec(select(CallCopyRow.fetched_at).where(col(CallCopyRow.call_key) == key))).first()


async def one(session: AsyncSession, key: str) -> Copy | None:
    """The copy of a call; None for one that was last read before copies were kept."""
    query = select(CallCopyRow).where(col(CallCopyRow.call_key) == key)
    row = (await session.exec(query.execution_options(populate_existing=True))).first()
    return Copy(row.fetched_at, row.payload_hash, row.payload) if row else None
