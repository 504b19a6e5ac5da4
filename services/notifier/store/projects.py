"""What subscriptions choose by and what matches show now: projects and calls, the latest word on each."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from kernel.contracts.funding_watch import CallSummary
from kernel.contracts.intake import Project as Declared
from notifier.domain.alert import Item
from notifier.domain.subscription import Project
from notifier.domain.words import one_line, web_address
from notifier.store.watch import read_item
from notifier.tables import AlertItemRow, DossierRow, ProjectRow, WatchedCallRow


async def know_project(session: AsyncSession, candidacy_id: UUID, revision: int, facts: Declared) -> None:
    """Keep what a project is about, unless a later revision said it."""
    row = await _project(session, candidacy_id)
    if revision > row.revision:
        row.revision, row.themes, row.epci_code = revision, list(facts.themes), facts.epci_code
        session.add(row)


async def know_follower(session: AsyncSession, candidacy_id: UUID, follower: UUID | None, at: datetime) -> None:
    """Keep who follows a project, unless a later word said it."""
    row = await _project(session, candidacy_id)
    if row.followed_at is None or at > row.followed_at:
        row.follower, row.followed_at = follower, at
        session.add(row)


async def _project(session: AsyncSession, candidacy_id: UUID) -> ProjectRow:
    return await session.get(ProjectRow, candidacy_id) or ProjectRow(candidacy_id=candidacy_id, themes=[])


async def project(session: AsyncSession, candidacy_id: UUID) -> Project:
    """What subscriptions choose by, of one project."""
    row = await session.get(ProjectRow, candidacy_id)
    return _read(row) if row else Project(candidacy_id)


async def projects(session: AsyncSession) -> dict[UUID, Project]:
    """The same of every project that is known."""
    return {row.candidacy_id: _read(row) for row in await session.exec(select(ProjectRow))}


def _read(row: ProjectRow) -> Project:
    return Project(row.candidacy_id, tuple(row.themes), row.epci_code, row.follower)


async def know_call(session: AsyncSession, call: CallSummary, at: datetime, *, closed: bool) -> bool:
    """Keep the last word on a call; whether it was news."""
    row = await session.get(WatchedCallRow, call.key)
    if row is not None and at <= row.at:
        return False
    values = {
        "call_key": call.key,
        "title": one_line(call.title),
        "funders": [one_line(funder) for funder in call.funders],
        "url": web_address(call.url),
        "closes_on": call.closes_on,
        "rate_max": call.rate_max,
        "amount_max": call.amount_max,
    }
    await session.merge(WatchedCallRow(**values, closed=closed, at=at))
    await session.flush()
    return True


async def items(session: AsyncSession, call_key: str | None = None) -> list[Item]:
    """The matches of dossiers that were not withdrawn, as their calls stand now; of one call where it is named."""
    gone = select(DossierRow.candidacy_id).where(col(DossierRow.withdrawn).is_(True))
    statement = (
        select(AlertItemRow, WatchedCallRow)
        .join(WatchedCallRow, col(WatchedCallRow.call_key) == col(AlertItemRow.call_key), isouter=True)
        .where(col(AlertItemRow.candidacy_id).not_in(gone))
        .order_by(col(AlertItemRow.received_at), col(AlertItemRow.match_id))
    )
    if call_key is not None:
        statement = statement.where(col(AlertItemRow.call_key) == call_key)
    return as_they_stand((await session.exec(statement)).all())


def as_they_stand(rows: Sequence[tuple[AlertItemRow, WatchedCallRow | None]]) -> list[Item]:
    """Matches with the last word on their calls."""
    return [_standing(read_item(row), call) for row, call in rows]


def _standing(item: Item, call: WatchedCallRow | None) -> Item:
    if call is None or call.at < item.at:
        return item
    return replace(
        item,
        title=call.title,
        funders=tuple(call.funders),
        url=call.url,
        closes_on=call.closes_on,
        rate_max=call.rate_max,
        amount_max=call.amount_max,
        closed=call.closed,
        changed_at=call.at,
    )
