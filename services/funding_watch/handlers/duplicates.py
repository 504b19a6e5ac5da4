"""Calls that are one: suggested whenever calls come or change, reunited and parted by people alone."""

from collections.abc import Collection
from dataclasses import replace
from uuid import UUID

from funding_watch.domain import catalogue
from funding_watch.domain.duplicates import suggest
from funding_watch.store import calls
from funding_watch.store import duplicates as store
from funding_watch.store.duplicates import Pair
from kernel.contracts.funding_watch import CallAmended, FieldChange
from kernel.runtime.database import Work


class UnknownPair(Exception):
    """The watch has no such pair of calls."""


async def suggest_duplicates(work: Work, keys: Collection[str]) -> int:
    """These calls came or changed: what they look like now; how many suggestions are new."""
    if not keys:
        return 0
    found = suggest(await store.faces(work.session), set(keys))
    return await store.keep(work.session, found, set(keys), work.at)


async def reunite(work: Work, pair_id: UUID, *, first: bool, by: str, reason: str) -> None:
    """A person says that two calls are one, and that the `first` of them, or the other, is shown for both.

    Raises `UnknownPair`, ValueError when the one to show is itself shown under another.
    """
    pair = await _pair(work, pair_id)
    kept = pair.first if first else pair.second
    instead = (await store.hidden(work.session)).get(kept)
    if instead and pair.state != "meme":
        raise ValueError(f"{kept} is already shown as {instead}: keep the other one")
    await _write(work, replace(pair, state="meme", kept=kept), by=by, reason=reason)


async def part(work: Work, pair_id: UUID, *, by: str, reason: str) -> None:
    """A person says that two calls are not one. Raises `UnknownPair`."""
    pair = await _pair(work, pair_id)
    await _write(work, replace(pair, state="distinct", kept=None), by=by, reason=reason)


async def undo(work: Work, pair_id: UUID, *, by: str, reason: str) -> None:
    """A decision is taken back: both calls are shown again, and the pair is to be decided. Raises `UnknownPair`."""
    pair = await _pair(work, pair_id)
    if pair.state != "propose":
        await _write(work, replace(pair, state="propose", kept=None), by=by, reason=reason)


async def _write(work: Work, pair: Pair, *, by: str, reason: str) -> None:
    """Keep a decision and tell it of both calls: which of them is proposed may change."""
    before = await _pair(work, pair.pair_id)
    await store.write(work.session, pair, work.at, by=by, reason=reason)
    known = await calls.known(work.session, [pair.first, pair.second])
    for one in known.values():
        change = FieldChange(field="duplicate", old=before.state, new=pair.state)
        about = catalogue.summary(one.call)
        work.record(CallAmended(call_key=one.call.key, call=about, changes=[change], at=work.at))


async def _pair(work: Work, pair_id: UUID) -> Pair:
    pair = await store.one(work.session, pair_id)
    if pair is None:
        raise UnknownPair(str(pair_id))
    return pair
