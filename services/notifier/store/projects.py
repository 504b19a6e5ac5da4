"""What subscriptions choose by and what matches show now: projects and calls, the latest word on each."""

from dataclasses import fields
from datetime import datetime
from uuid import UUID

from sqlalchemy import RowMapping, Table, false, func
from sqlalchemy import select as sa_select
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from kernel.contracts.funding_watch import CallSummary
from kernel.contracts.intake import Project as Declared
from notifier.domain.alert import Item
from notifier.domain.subscription import Project
from notifier.domain.words import one_line, web_address
from notifier.tables import AlertItemRow, DossierRow, MatchTurnRow, ProjectRow, WatchedCallRow

ITEMS: Table = AlertItemRow.__table__
CALLS: Table = WatchedCallRow.__table__
TURNS: Table = MatchTurnRow.__table__
_OF_CALL = ("title", "funders", "url", "closes_on", "rate_max", "amount_max", "closed", "at")


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
    withdrawn = select(DossierRow.candidacy_id).where(col(DossierRow.withdrawn).is_(True))
    of_item = [ITEMS.c[one.name] for one in fields(Item) if one.name in ITEMS.c]
    gone = func.coalesce(TURNS.c.gone, false()).label("gone")
    of_call = [CALLS.c[name].label(f"call_{name}") for name in _OF_CALL]
    statement = (
        sa_select(*of_item, gone, *of_call)
        .join(CALLS, CALLS.c.call_key == ITEMS.c.call_key, isouter=True)
        .join(TURNS, TURNS.c.match_id == ITEMS.c.match_id, isouter=True)
        .where(ITEMS.c.candidacy_id.not_in(withdrawn))
        .order_by(ITEMS.c.received_at, ITEMS.c.match_id)
    )
    if call_key is not None:
        statement = statement.where(ITEMS.c.call_key == call_key)
    return [_standing(row._mapping, len(of_item) + 1) for row in await (await session.connection()).execute(statement)]


def _standing(row: RowMapping, count: int) -> Item:
    """A match with the last word on its call; read below the ORM, since a digest reads them all."""
    values = dict(list(row.items())[:count])
    if row["call_at"] is not None and row["call_at"] >= row["at"]:
        values |= {name: row[f"call_{name}"] for name in _OF_CALL if name != "at"}
        values["changed_at"] = row["call_at"]
    return Item(**(values | {"funders": tuple(values["funders"])}))
