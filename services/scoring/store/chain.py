"""The chain of decision of each dossier, and the votes of the Grand forum. Dossiers are locked by their own rows."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from kernel.contracts.scoring import Outcome
from scoring.domain.chain import Ruling, Said, Stage
from scoring.domain.feedback import Feedback
from scoring.domain.feedback import read as read_feedback
from scoring.domain.votes import Vote
from scoring.tables import DossierRow, ForumItemRow, ForumVoteRow, RulingRow


async def ruling(session: AsyncSession, candidacy_id: UUID) -> Ruling:
    """The chain of a dossier, at its beginning where nothing is kept."""
    row = await session.get(RulingRow, candidacy_id)
    return _ruling(row) if row else Ruling(candidacy_id)


async def of_wave(session: AsyncSession, wave_id: UUID) -> dict[UUID, Ruling]:
    """The chains that were begun on the dossiers of a wave."""
    statement = (
        select(RulingRow)
        .join(DossierRow, col(DossierRow.candidacy_id) == col(RulingRow.candidacy_id))
        .where(col(DossierRow.wave_id) == wave_id)
    )
    return {row.candidacy_id: _ruling(row) for row in (await session.exec(statement)).all()}


async def by_key(session: AsyncSession, key: str) -> tuple[Ruling, Feedback] | None:
    """The notified chain that this key opens, with the feedback as it was released."""
    row = (await session.exec(select(RulingRow).where(col(RulingRow.key) == key))).one_or_none()
    return (_ruling(row), read_feedback(row.feedback)) if row and row.feedback else None


async def save(session: AsyncSession, ruling: Ruling, feedback: Feedback | None = None) -> None:
    """Write the chain of a locked dossier; `feedback` is frozen when it is notified."""
    proposal, decision = ruling.proposal, ruling.decision
    if proposal is None:
        raise ValueError(f"the chain of {ruling.candidacy_id} begins with a proposal")
    row = RulingRow(
        candidacy_id=ruling.candidacy_id,
        stage=ruling.stage.value,
        proposed=proposal.outcome,
        proposed_reason=proposal.reason,
        proposed_maturing=proposal.maturing,
        proposed_by=proposal.by,
        proposed_at=proposal.at,
        outcome=decision and decision.outcome,
        reason=decision and decision.reason,
        maturing=decision.maturing if decision else None,
        by=decision and decision.by,
        at=decision and decision.at,
        vote_id=ruling.vote_id,
        held=ruling.held,
        hidden=sorted(ruling.hidden),
        key=ruling.key,
        feedback=feedback and feedback.as_data(),
    )
    await session.merge(row)
    await session.flush()


async def add_vote(session: AsyncSession, vote: Vote, items: Mapping[UUID, Outcome]) -> None:
    """Write a vote and what it was about."""
    session.add(
        ForumVoteRow(
            id=vote.id,
            wave_id=vote.wave_id,
            held_on=vote.held_on,
            place=vote.place,
            chaired_by=vote.chaired_by,
            present=vote.present,
            in_favour=vote.in_favour,
            against=vote.against,
            abstained=vote.abstained,
            approved=vote.approved,
            note=vote.note,
            by=vote.by,
            at=vote.at,
        )
    )
    await session.flush()
    session.add_all(
        ForumItemRow(vote_id=vote.id, candidacy_id=candidacy_id, outcome=outcome)
        for candidacy_id, outcome in items.items()
    )
    await session.flush()


async def votes(session: AsyncSession, wave_id: UUID) -> list[tuple[Vote, dict[UUID, Outcome]]]:
    """The votes on a wave, the oldest first, each with what it was about."""
    statement = select(ForumVoteRow).where(col(ForumVoteRow.wave_id) == wave_id)
    rows = (await session.exec(statement.order_by(col(ForumVoteRow.at), col(ForumVoteRow.id)))).all()
    items = await _items(session, [row.id for row in rows])
    return [(_vote(row), items.get(row.id, {})) for row in rows]


async def _items(session: AsyncSession, ids: Iterable[UUID]) -> dict[UUID, dict[UUID, Outcome]]:
    found: dict[UUID, dict[UUID, Outcome]] = {}
    rows: Iterable[Any] = (
        await session.exec(select(ForumItemRow).where(col(ForumItemRow.vote_id).in_(list(ids))))
    ).all()
    for row in rows:
        found.setdefault(row.vote_id, {})[row.candidacy_id] = row.outcome
    return found


def _vote(row: Any) -> Vote:
    return Vote(
        row.id,
        row.wave_id,
        row.held_on,
        row.place,
        row.chaired_by,
        row.present,
        row.in_favour,
        row.against,
        row.abstained,
        row.approved,
        row.note,
        row.by,
        row.at,
    )


def _ruling(row: Any) -> Ruling:
    """The chain of a row, whose codes the database keeps to the domain's lists."""
    decision = None
    if row.outcome is not None:
        decision = Said(row.outcome, row.reason, row.maturing, row.by, row.at)
    return Ruling(
        candidacy_id=row.candidacy_id,
        stage=Stage(row.stage),
        proposal=Said(row.proposed, row.proposed_reason, row.proposed_maturing, row.proposed_by, row.proposed_at),
        decision=decision,
        vote_id=row.vote_id,
        held=row.held,
        hidden=frozenset(row.hidden),
        key=row.key,
    )
