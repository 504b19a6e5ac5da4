"""What becomes of calls between two readings: seen, missed, asked for, touched by time, decided by a person."""

from collections.abc import Mapping, Sequence

from funding_watch.domain import catalogue, presence
from funding_watch.domain.call import FundingCall
from funding_watch.domain.catalogue import Reading
from funding_watch.domain.presence import Answer
from funding_watch.store import calls
from funding_watch.store import lives as store
from funding_watch.store.calls import KnownCall
from funding_watch.store.lives import Lived
from kernel.contracts.funding_watch import CallAmended, FieldChange
from kernel.runtime.database import Work

AT_ONCE = 200
"""Calls that one transaction looks at, so that pages are served in between."""


class UnknownCall(Exception):
    """The watch has no call of this key."""


async def see(work: Work, readings: Sequence[Reading], known: Mapping[str, KnownCall]) -> int:
    """A crawl showed these calls; how many came back to life."""
    lived = [_seen(reading, known.get(reading.call.key), work) for reading in readings]
    told = [one for one in lived if one]
    await keep(work, told)
    return sum(turn.kind == "reopened" for one in told for turn in one.turns)


def _seen(reading: Reading, before: KnownCall | None, work: Work) -> Lived | None:
    if before is None:
        return Lived(reading.call, presence.begun(reading.call, work.at))
    life, back = presence.seen(reading.call, before.life, work.at)
    life, passed = presence.settled(reading.call, life, work.at)
    if life == before.life and not reading.changes:
        return None
    return Lived(reading.call, life, (*back, *passed))


async def miss(work: Work, absent: Sequence[KnownCall]) -> int:
    """A complete crawl did not show these calls; how many are unconfirmed from now on."""
    lived = []
    for one in absent:
        life, turns = presence.missed(one.life)
        lived.append(Lived(one.call, life, turns, one.last_seen_at))
    await keep(work, lived)
    return sum(bool(one.turns) for one in lived)


async def settle(work: Work) -> tuple[int, int]:
    """Look at the calls that time has touched, at most `AT_ONCE`; (how many, how many of them closed)."""
    touched = await store.due(work.session, work.at, AT_ONCE)
    lived = []
    for one in touched:
        life, turns = presence.settled(one.call, one.life, work.at)
        lived.append(Lived(one.call, life, turns, one.last_seen_at))
    await keep(work, lived)
    return len(lived), _closed(lived)


async def settle_all(work: Work) -> None:
    """Look at every call that time has touched, in one transaction: few a day, all of them after a migration."""
    while (await settle(work))[0] == AT_ONCE:
        pass


async def hear_answers(work: Work, answers: Mapping[str, Answer], reread: Mapping[str, FundingCall]) -> int:
    """What a source said of its unconfirmed calls, by key, and those that it gave whole; how many closed."""
    today = work.at.date()
    await store.asked(work.session, list(answers), today)
    known = await calls.known(work.session, list(answers))
    lived = []
    for key, answer in answers.items():
        if key not in known:
            continue
        life, turns = presence.answered(known[key].life, answer, known[key].call.local_day(work.at))
        lived.append(Lived(known[key].call, life, turns, work.at if answer == "there" else known[key].last_seen_at))
    await keep(work, lived)
    await _reread(work, [call for key, call in reread.items() if answers.get(key) == "there"], known)
    return _closed(lived)


async def _reread(work: Work, found: Sequence[FundingCall], known: Mapping[str, KnownCall]) -> None:
    """A call that its source gave when asked for it may say something new as well; it is still not listed."""
    readings = [catalogue.compare(known[call.key].call, call) for call in found if call.key in known]
    changed = [reading for reading in readings if reading.novelty != "same"]
    if not changed:
        return
    await calls.keep(work.session, changed, work.at)
    work.record(*(event for reading in changed for event in catalogue.told(reading, work.at)))
    after = await calls.known(work.session, [reading.call.key for reading in changed])
    unlisted = [Lived(one.call, presence.unlisted(one.life), (), work.at) for one in after.values()]
    await keep(work, unlisted)


async def decide_call(work: Work, key: str, *, still_open: bool, by: str, reason: str) -> None:
    """A person says whether an unconfirmed call is open. Raises `UnknownCall`, ValueError when it is not in doubt."""
    known = (await calls.known(work.session, [key])).get(key)
    if known is None:
        raise UnknownCall(key)
    life, turns = presence.decided(known.call, known.life, still_open, work.at)
    await keep(work, [Lived(known.call, life, turns, known.last_seen_at, by, reason)])


async def clear_call(work: Work, key: str, *, by: str, reason: str) -> None:
    """A person looked at a call in quarantine and found it right: it may be proposed again.

    Raises `UnknownCall`, ValueError when nothing of it is in doubt.
    """
    known = (await calls.known(work.session, [key])).get(key)
    if known is None:
        raise UnknownCall(key)
    if not known.doubts:
        raise ValueError(f"{key} is not in quarantine: nothing is to be cleared")
    await calls.clear(work.session, known, work.at, by, reason)
    change = FieldChange(field="quarantined", old="oui", new="non")
    summary = catalogue.summary(known.call)
    work.record(CallAmended(call_key=key, call=summary, changes=[change], at=work.at))


async def keep(work: Work, lived: Sequence[Lived]) -> None:
    """Write how calls live on, and tell their turns."""
    await store.keep(work.session, lived, work.at)
    events = (catalogue.turned(_now(one), turn, work.at) for one in lived for turn in one.turns)
    work.record(*(event for event in events if event))


def _now(one: Lived) -> FundingCall:
    return one.call.model_copy(update={"presence": one.life.presence})


def _closed(lived: Sequence[Lived]) -> int:
    return sum(turn.kind == "closed" for one in lived for turn in one.turns)
