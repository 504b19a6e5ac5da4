"""Matches: one row a project and call for ever, so that a call is proposed to a project once."""

import uuid
from collections.abc import Collection, Mapping, Sequence
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


@dataclass(frozen=True, slots=True)
class Turns:
    """The matches that came among a project's of today and those that left them, each with its turn."""

    came: list[tuple[Proposal, int]]
    left: list[tuple[UUID, int]]


async def keep(session: AsyncSession, candidacy_id: UUID, proposals: Sequence[Proposal], at: datetime) -> Turns:
    """Make `proposals`, best first, the project's matches of today."""
    query = select(MatchRow).where(MatchRow.candidacy_id == candidacy_id)
    rows: dict[str, MatchRow] = {row.call_key: row for row in await session.exec(query)}
    stay = {proposal.call_key for proposal in proposals}
    turns = Turns([], _leave(rows, stay))
    for rank, proposal in enumerate(proposals, 1):
        key = proposal.call_key
        row = rows.get(key) or MatchRow(
            id=match_id(candidacy_id, key), candidacy_id=candidacy_id, call_key=key, turn=-1, proposed_at=at
        )
        if row.rank is None:
            row.turn += 1
            turns.came.append((proposal, row.turn))
        row.rank = rank
        _write(row, proposal)
        session.add(row)
    await session.flush()
    return turns


def _leave(rows: Mapping[str, MatchRow], stay: Collection[str]) -> list[tuple[UUID, int]]:
    """Take their rank from the matches that do not stay."""
    gone = [row for key, row in rows.items() if row.rank is not None and key not in stay]
    for row in gone:
        row.rank, row.turn = None, row.turn + 1
    return [(row.id, row.turn) for row in gone]


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
