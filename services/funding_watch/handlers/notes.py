"""The décryptage of a call is written by people, version after version; porteurs read the last."""

from funding_watch.store import calls
from funding_watch.store import notes as store
from funding_watch.store.notes import Note
from kernel.contracts.triage import CallDecoded, Decoding
from kernel.runtime.database import Work


class Overtaken(ValueError):
    """Somebody wrote another version meanwhile; its number is the text."""


async def decode_call(work: Work, key: str, decoding: Decoding, *, seen: int, by: str) -> Note:
    """Write the next version, by somebody who had `seen` the last (0: none). Raises LookupError, `Overtaken`.

    The same words again write nothing.
    """
    known = await calls.one(work.session, key)
    if known is None:
        raise LookupError(key)
    last = (await store.latest(work.session, [key])).get(key)
    if last is not None and last.decoding == decoding:
        return last
    version = last.version if last else 0
    if version != seen:
        raise Overtaken(str(version))
    note = Note(key, version + 1, decoding, by, work.at)
    await store.add(work.session, note)
    work.record(CallDecoded(call_key=key, edition=note.version, decoding=decoding, by=by, at=work.at))
    return note
