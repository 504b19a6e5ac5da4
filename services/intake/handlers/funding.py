"""The porteur's side of the watch: calls passed on are kept as they are heard, answers are told to the watch."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from intake.domain.funding import Changed, Heard, call_changed, check_answer
from intake.domain.funding import hear as heard
from intake.store import funding
from kernel.contracts.triage import CallDecoded, FundingAnswer, FundingAnswered, MatchReminded
from kernel.runtime.database import Work


async def hear(work: Work, event: Heard) -> None:
    """A call was passed on, called back or answered; in any order, any number of times."""
    known = await funding.claim(work.session, event.match_id, event.candidacy_id)
    await funding.save(work.session, heard(known, event))


async def hear_of_calls(work: Work, events: Sequence[Changed]) -> None:
    """Calls changed: those that were passed on are shown as they are now."""
    for known in await funding.about_calls(work.session, {event.call_key for event in events}):
        after = known
        for event in events:
            if known.track and event.call_key == known.track.call.key:
                after = call_changed(after, event)
        if after != known:
            await funding.save(work.session, after)


async def hear_decoding(work: Work, event: CallDecoded) -> None:
    """The team wrote about a call in plain words."""
    await funding.decode(work.session, event)


async def hear_reminder(work: Work, event: MatchReminded) -> None:
    """The day by which somebody wanted a call looked at has come, or it waits no more."""
    await funding.remind(work.session, event)


async def answer(
    work: Work, candidacy_id: UUID, match_id: UUID, said: FundingAnswer, *, amount: int | None, words: str, by: str
) -> None:
    """The porteur of a dossier says what becomes of a call.

    Raises LookupError where it was not passed on to this dossier, `Refused` where it cannot be answered so.
    """
    found = {one.match_id for one in await funding.of_dossier(work.session, candidacy_id) if one.is_shown}
    if match_id not in found:
        raise LookupError(f"match {match_id} was not passed on to {candidacy_id}")
    known = await funding.claim(work.session, match_id, candidacy_id)
    if known.said == said:
        return  # the same button pressed twice
    check_answer(known, said)
    await funding.save(work.session, replace(known, said=said, said_at=work.at))
    work.record(
        FundingAnswered(
            match_id=match_id,
            candidacy_id=candidacy_id,
            answer=said,
            amount=amount if said == "obtenu" else None,
            words=words,
            by=by,
            at=work.at,
        )
    )
