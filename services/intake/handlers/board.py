"""What-if selections are kept, changed and dropped; none of it changes a dossier, records an event or tells anybody."""

from collections.abc import Collection
from dataclasses import replace
from uuid import UUID, uuid4

from intake.domain.alternatives import Proposal
from intake.domain.board import Selection
from intake.store import board
from kernel.contracts.funding_watch import MatchProposed
from kernel.runtime.database import Work


class UnknownSelection(LookupError):
    """No what-if has this identifier."""


async def imagine(work: Work, wave_id: UUID, name: str, picks: Collection[UUID], by: str) -> Selection:
    """Staff try a selection under a name. Raises `Refused` where the wave has one of that name."""
    made = Selection(uuid4(), wave_id, name, by, frozenset(picks))
    await board.save_selection(work.session, made, work.at)
    return made


async def change(work: Work, selection_id: UUID, picks: Collection[UUID], by: str) -> None:
    """Staff try other dossiers under the same name. Raises `UnknownSelection`."""
    known = await board.selection(work.session, selection_id)
    if known is None:
        raise UnknownSelection(f"no selection {selection_id}: follow a link of the board")
    await board.save_selection(work.session, replace(known, picks=frozenset(picks), by=by), work.at)


async def drop(work: Work, selection_id: UUID) -> None:
    """Staff forget a what-if."""
    await board.drop_selection(work.session, selection_id)


async def hear_of_match(work: Work, event: MatchProposed) -> None:
    """The watch found a call for a need of a dossier: kept for the answer to those who are not kept."""
    call = event.call
    heard = Proposal(
        candidacy_id=event.candidacy_id,
        call_key=call.key,
        title=call.title,
        funders=tuple(call.funders),
        url=call.url,
        closes_on=call.closes_on,
        need=event.need,
        verdict=event.verdict,
        score=event.score,
        reason=event.reason,
        at=event.at,
    )
    await board.keep_proposal(work.session, heard)
