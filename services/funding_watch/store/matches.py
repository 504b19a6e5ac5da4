"""Matches: one row a project and call for ever, so that a call is proposed to a project once."""

import uuid
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import cast
from uuid import UUID

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from funding_watch.domain.eligibility import Check
from funding_watch.domain.matching import Proposal
from funding_watch.tables import MatchRow
from kernel.contracts.funding_watch import Verdict

NAMESPACE = uuid.UUID("6d1f3a52-7f0b-5a43-9c1e-2f7d1b8c4e90")
"""Of match ids: the same project and call have the same id, whoever finds it first."""


@dataclass(frozen=True, slots=True)
class Match:
    """A match to show; `rank` is None once better calls took its place or it no longer fits."""

    match_id: UUID
    candidacy_id: UUID
    proposal: Proposal
    rank: int | None
    proposed_at: datetime


def match_id(candidacy_id: UUID, call_key: str) -> UUID:
    """The identity of a match."""
    return uuid.uuid5(NAMESPACE, f"{candidacy_id}:{call_key}")


async def keep(
    session: AsyncSession, candidacy_id: UUID, proposals: Sequence[Proposal], at: datetime
) -> list[Proposal]:
    """Make `proposals`, best first, the project's matches of today; returns those never proposed before."""
    query = select(MatchRow).where(MatchRow.candidacy_id == candidacy_id)
    rows: dict[str, MatchRow] = {row.call_key: row for row in await session.exec(query)}
    places = {proposal.call_key: rank for rank, proposal in enumerate(proposals, 1)}
    for key, row in rows.items():
        row.rank = places.get(key)
    new: list[Proposal] = []
    for proposal in proposals:
        if proposal.call_key not in rows:
            rows[proposal.call_key] = MatchRow(
                id=match_id(candidacy_id, proposal.call_key),
                candidacy_id=candidacy_id,
                call_key=proposal.call_key,
                rank=places[proposal.call_key],
                proposed_at=at,
            )
            new.append(proposal)
        row = rows[proposal.call_key]
        _write(row, proposal)
        session.add(row)
    await session.flush()
    return new


def _write(row: MatchRow, proposal: Proposal) -> None:
    """The ORM leaves out what is equal to what it read, so an unchanged match costs no write."""
    row.need_number, row.verdict = proposal.need_number, proposal.verdict
    row.score, row.reason = proposal.score, proposal.reason
    row.checks = [asdict(check) for check in proposal.checks]


async def one(session: AsyncSession, identity: UUID) -> Match | None:
    """A match by its identity, of today or not."""
    row = await session.get(MatchRow, identity)
    return _match(row) if row else None


async def some(session: AsyncSession, identities: Sequence[UUID]) -> dict[UUID, Match]:
    """Those of these matches that there are."""
    found: dict[UUID, Match] = {}
    for start in range(0, len(identities), 500):
        query = select(MatchRow).where(col(MatchRow.id).in_(identities[start : start + 500]))
        found |= {row.id: _match(row) for row in await session.exec(query)}
    return found


async def current(session: AsyncSession) -> list[Match]:
    """The matches of today, of all projects, best first in each."""
    query = select(MatchRow).where(col(MatchRow.rank).is_not(None))
    return [_match(row) for row in await session.exec(query.order_by(col(MatchRow.rank), col(MatchRow.id)))]


async def shown(session: AsyncSession) -> dict[UUID, dict[str, float]]:
    """Candidacy → its calls of today, by key, with their scores."""
    query = select(MatchRow.candidacy_id, MatchRow.call_key, MatchRow.score).where(col(MatchRow.rank).is_not(None))
    found: dict[UUID, dict[str, float]] = {}
    for candidacy_id, key, score in await session.exec(query):
        found.setdefault(candidacy_id, {})[key] = score
    return found


async def of_project(session: AsyncSession, candidacy_id: UUID) -> list[Match]:
    """The matches of a project: those of today by rank, then those that left."""
    query = select(MatchRow).where(MatchRow.candidacy_id == candidacy_id)
    found = [_match(row) for row in await session.exec(query)]
    return sorted(found, key=_best_first)


async def of_call(session: AsyncSession, key: str) -> list[Match]:
    """The projects that a call was proposed to, the best first."""
    query = select(MatchRow).where(MatchRow.call_key == key)
    found = [_match(row) for row in await session.exec(query)]
    return sorted(found, key=lambda match: (match.rank is None, -match.proposal.score, match.match_id))


def _best_first(match: Match) -> tuple[bool, int, float, UUID]:
    return (match.rank is None, match.rank or 0, -match.proposal.score, match.match_id)


def _match(row: MatchRow) -> Match:
    proposal = Proposal(
        call_key=row.call_key,
        need_number=row.need_number,
        verdict=cast("Verdict", row.verdict),
        score=row.score,
        reason=row.reason,
        checks=tuple(Check(**check) for check in row.checks),
    )
    return Match(row.id, row.candidacy_id, proposal, row.rank, row.proposed_at)
