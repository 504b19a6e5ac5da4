"""The known openings of all calls, for what is to be expected of those that are closed."""

from collections import defaultdict
from datetime import date, datetime

from sqlmodel import col, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession

from funding_watch.domain.forecast import Edition, Forecast, forecasts
from funding_watch.tables import CallChangeRow, CallRow


async def expected(session: AsyncSession, now: datetime) -> dict[str, Forecast]:
    """By key of a closed call, when it may open again."""
    turned = await _openings(session)
    opens = col(CallRow.record)["opens_on"]
    columns = (CallRow.key, CallRow.title, CallRow.funders, CallRow.presence, CallRow.first_seen_at, opens)
    editions = []
    for key, title, funders, presence, first_seen, opens_on in await session.exec(select(*columns)):  # type: ignore[call-overload]  # SQLModel types no more than four columns
        days = {*turned[key], date.fromisoformat(opens_on) if opens_on else first_seen.date()}
        editions.append(Edition(key, title, tuple(funders), tuple(sorted(days)), presence == "ferme"))
    return forecasts(editions, now.date())


async def _openings(session: AsyncSession) -> dict[str, set[date]]:
    """By key, the days on which a call opened, and those on which it was said to open."""
    lines = select(CallChangeRow).where(
        or_(col(CallChangeRow.kind).in_(("opened", "reopened")), CallChangeRow.field == "opens_on")
    )
    found: dict[str, set[date]] = defaultdict(set)
    for line in await session.exec(lines):
        if line.field != "opens_on":
            found[line.call_key].add(line.at.date())
        elif line.old and date.fromisoformat(line.old) <= line.at.date():  # it had opened by then
            found[line.call_key].add(date.fromisoformat(line.old))
    return found
