"""What is known of the candidacies. One that is going to change is claimed: its row exists and is locked."""

from collections.abc import Collection
from typing import cast
from uuid import UUID

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from funding_watch.domain.projects import FAVOURABLE, Candidacy
from funding_watch.store.dialect import insert
from funding_watch.tables import ProjectRow
from kernel.contracts.intake import Project
from kernel.contracts.scoring import Outcome


async def claim(session: AsyncSession, candidacy_id: UUID) -> Candidacy:
    """The candidacy, made where nothing was known of it, locked until the end of the transaction."""
    values = {"candidacy_id": candidacy_id, "withdrawn": False, "revision": 0}
    await session.exec(insert(session, ProjectRow).values(values).on_conflict_do_nothing())
    query = select(ProjectRow).where(ProjectRow.candidacy_id == candidacy_id).with_for_update()
    return _candidacy((await session.exec(query)).one())


async def save(session: AsyncSession, candidacy: Candidacy) -> None:
    """Write what is known of a claimed candidacy."""
    row = await session.get_one(ProjectRow, candidacy.candidacy_id)
    row.number = candidacy.number
    row.facts = candidacy.facts.model_dump(mode="json") if candidacy.facts else None
    row.outcome, row.decided_at = candidacy.outcome, candidacy.decided_at
    row.withdrawn, row.revision = candidacy.withdrawn, candidacy.revision
    await session.flush()


async def claim_watched(session: AsyncSession) -> list[Candidacy]:
    """Every watched project, locked in the order of their ids, so that two matchings take turns."""
    query = select(ProjectRow).where(col(ProjectRow.outcome).in_(FAVOURABLE), col(ProjectRow.withdrawn).is_(False))
    rows = await session.exec(query.order_by(col(ProjectRow.candidacy_id)).with_for_update())
    return [known for known in map(_candidacy, rows) if known.is_watched]


async def one(session: AsyncSession, candidacy_id: UUID) -> Candidacy | None:
    """A candidacy to show."""
    row = await session.get(ProjectRow, candidacy_id)
    return _candidacy(row) if row else None


async def watched(session: AsyncSession, only: Collection[UUID] | None = None) -> list[Candidacy]:
    """Watched projects to show, by title; `only` restricts them."""
    query = select(ProjectRow).where(col(ProjectRow.outcome).in_(FAVOURABLE))
    if only is not None:
        query = query.where(col(ProjectRow.candidacy_id).in_(only))
    found = [known for known in map(_candidacy, await session.exec(query)) if known.is_watched]
    return sorted(found, key=lambda known: (known.facts.title if known.facts else "", known.candidacy_id))


def _candidacy(row: ProjectRow) -> Candidacy:
    return Candidacy(
        candidacy_id=row.candidacy_id,
        number=row.number,
        facts=Project.model_validate(row.facts) if row.facts else None,
        outcome=cast("Outcome | None", row.outcome),
        decided_at=row.decided_at,
        withdrawn=row.withdrawn,
        revision=row.revision,
    )
