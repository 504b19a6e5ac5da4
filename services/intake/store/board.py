"""What the preselection board reads and keeps: the candidacies of a wave, what-if selections, proposed calls."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import cast
from uuid import UUID

from sqlalchemy import delete
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from intake.domain.alternatives import Proposal
from intake.domain.board import Selection
from intake.domain.dossier import Candidacy
from intake.store.candidacies import loaded
from intake.store.constraints import spoken
from intake.tables import CandidacyRow, PickRow, ProposalRow, SelectionRow
from kernel.contracts.funding_watch import Verdict


async def of_wave(session: AsyncSession, wave_id: UUID) -> list[Candidacy]:
    """The candidacies of a wave that were not taken back, by number."""
    query = select(CandidacyRow).where(CandidacyRow.wave_id == wave_id, CandidacyRow.state != "retire")
    return [loaded(row) for row in await session.exec(query.order_by(col(CandidacyRow.number)))]


async def of_ids(session: AsyncSession, ids: Collection[UUID]) -> list[Candidacy]:
    """The candidacies that have these identifiers, by number."""
    query = select(CandidacyRow).where(col(CandidacyRow.id).in_(ids)).order_by(col(CandidacyRow.number))
    return [loaded(row) for row in await session.exec(query)]


async def selections(session: AsyncSession, wave_id: UUID) -> list[Selection]:
    """The what-if selections of a wave, by name."""
    rows = list(await session.exec(select(SelectionRow).where(SelectionRow.wave_id == wave_id)))
    picks: dict[UUID, set[UUID]] = {row.id: set() for row in rows}
    for pick in await session.exec(select(PickRow).where(col(PickRow.selection_id).in_(list(picks)))):
        picks[pick.selection_id].add(pick.candidacy_id)
    found = [Selection(row.id, row.wave_id, row.name, row.by, frozenset(picks[row.id])) for row in rows]
    return sorted(found, key=lambda one: (one.name.casefold(), one.id))


async def selection(session: AsyncSession, selection_id: UUID) -> Selection | None:
    """A what-if selection, to be shown or changed."""
    row = await session.get(SelectionRow, selection_id)
    if row is None:
        return None
    return next(one for one in await selections(session, row.wave_id) if one.id == selection_id)


async def save_selection(session: AsyncSession, kept: Selection, at: datetime) -> None:
    """Write a selection and its dossiers. Raises `Refused` where another of the wave has its name."""
    async with spoken():
        await session.merge(SelectionRow(id=kept.id, wave_id=kept.wave_id, name=kept.name, by=kept.by, at=at))
        await session.flush()
    await session.exec(delete(PickRow).where(col(PickRow.selection_id) == kept.id))
    known = select(CandidacyRow.id).where(
        CandidacyRow.wave_id == kept.wave_id, col(CandidacyRow.id).in_(list(kept.picks))
    )
    found = list(await session.exec(known))
    session.add_all(PickRow(selection_id=kept.id, candidacy_id=one) for one in found)
    await session.flush()


async def drop_selection(session: AsyncSession, selection_id: UUID) -> None:
    """Forget a what-if."""
    await session.exec(delete(PickRow).where(col(PickRow.selection_id) == selection_id))
    await session.exec(delete(SelectionRow).where(col(SelectionRow.id) == selection_id))


async def keep_proposal(session: AsyncSession, heard: Proposal) -> None:
    """Keep a call that was proposed; an older word than the one that is known changes nothing."""
    known = await session.get(ProposalRow, (heard.candidacy_id, heard.call_key))
    if known is not None and known.at > heard.at:
        return
    await session.merge(
        ProposalRow(
            candidacy_id=heard.candidacy_id,
            call_key=heard.call_key,
            title=heard.title,
            funders=list(heard.funders),
            url=heard.url,
            closes_on=heard.closes_on,
            need=heard.need,
            verdict=heard.verdict,
            score=heard.score,
            reason=heard.reason,
            at=heard.at,
        )
    )


async def proposals(session: AsyncSession, ids: Sequence[UUID]) -> dict[UUID, list[Proposal]]:
    """The calls proposed to each of these dossiers."""
    found: dict[UUID, list[Proposal]] = {one: [] for one in ids}
    for row in await session.exec(select(ProposalRow).where(col(ProposalRow.candidacy_id).in_(ids))):
        found[row.candidacy_id].append(_proposal(row))
    return found


def _proposal(row: ProposalRow) -> Proposal:
    verdict = cast("Verdict", row.verdict)  # the table's CHECK has no other
    return Proposal(
        row.candidacy_id,
        row.call_key,
        row.title,
        tuple(row.funders),
        row.url,
        row.closes_on,
        row.need,
        verdict,
        row.score,
        row.reason,
        row.at,
    )
