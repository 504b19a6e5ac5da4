"""A person enters a call, amends it, takes it back, and may undo that; it is told and matched like any other."""

from funding_watch.domain import catalogue, entered, presence
from funding_watch.domain.call import FundingCall
from funding_watch.handlers import lives
from funding_watch.handlers.lives import UnknownCall
from funding_watch.store import calls
from funding_watch.store.calls import KnownCall
from funding_watch.store.lives import Lived
from kernel.runtime.database import Work


class Changed(ValueError):
    """Somebody wrote the call meanwhile: what was seen is no longer what is there."""


async def enter_call(work: Work, call: FundingCall, *, by: str, reason: str) -> None:
    """Know a call that no source shows; `reason` says how it was heard of. Raises `Changed` if there is another.

    The same form sent again writes nothing.
    """
    if await calls.introduce(work.session, call, work.at):
        await _write(work, call, None, by, reason)
        await calls.note(work.session, call.key, "entered", work.at, by=by, reason=reason)
        return
    known = await calls.claim(work.session, call.key)
    if known is None or known.call.content_hash() != call.content_hash():
        raise Changed(call.key)


async def amend_call(work: Work, call: FundingCall, *, seen: str, by: str, reason: str) -> None:
    """Write an entered call anew, by somebody who had `seen` that content hash. Raises `UnknownCall`, `Changed`.

    A closed one opens again where its dates let it.
    """
    known = await _entered(work, call.key)
    if known.call.content_hash() not in {seen, call.content_hash()}:
        raise Changed(call.key)
    await _write(work, call, known, by, reason)


async def withdraw_call(work: Work, key: str, *, by: str, reason: str) -> None:
    """Take an entered call back: it is closed. Raises `UnknownCall`, ValueError when it is closed already."""
    known = await _entered(work, key)
    life, turns = presence.withdrawn(known.life)
    await lives.keep(work, [Lived(known.call, life, turns, known.last_seen_at, by, reason)])


async def restore_call(work: Work, key: str, *, by: str) -> None:
    """Undo that it was taken back. Raises `UnknownCall`, ValueError when it is open, or over by its dates."""
    known = await _entered(work, key)
    life, turns = presence.restored(known.call, known.life, work.at)
    await lives.keep(work, [Lived(known.call, life, turns, known.last_seen_at, by, "retrait annulé")])


async def _entered(work: Work, key: str) -> KnownCall:
    known = await calls.claim(work.session, key)
    if known is None or not entered.is_entered(known.call):
        raise UnknownCall(key)
    return known


async def _write(work: Work, call: FundingCall, known: KnownCall | None, by: str, reason: str) -> None:
    reading = catalogue.compare(known.call if known else None, call)
    if reading.novelty == "same":
        return
    await calls.keep(work.session, [reading], work.at, by=by, reason=reason)
    work.record(*catalogue.told(reading, work.at))
    await lives.see(work, [reading], {call.key: known} if known else {})
