"""What the pages read: calls beside their matches, projects beside their calls."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from funding_watch.domain.call import FundingCall
from funding_watch.domain.forecast import Forecast
from funding_watch.domain.listing import Line
from funding_watch.domain.precedents import Precedent, alike
from funding_watch.domain.projects import Candidacy
from funding_watch.domain.reasons import headline
from funding_watch.store import calls, copies, duplicates, forecasts, matches, precedents, projects
from funding_watch.store.calls import Change, KnownCall
from funding_watch.store.duplicates import Pair
from funding_watch.store.matches import Match

AT_ONCE = 500
"""Keys in one statement."""


@dataclass(frozen=True, slots=True)
class MatchedCall:
    """A match of a project with its call."""

    match: Match
    known: KnownCall


@dataclass(frozen=True, slots=True)
class MatchedProject:
    """A match of a call with its project."""

    match: Match
    candidacy: Candidacy


@dataclass(frozen=True, slots=True)
class CallPage:
    """A call, the projects that it was proposed to and what changed in it."""

    known: KnownCall
    matched: tuple[MatchedProject, ...]
    history: tuple[Change, ...]
    shown_as: str | None = None
    """The call that is shown for this one, where a person found that they are one."""
    twins: tuple[FundingCall, ...] = ()
    """The calls that this one is shown for."""
    to_compare: int = 0
    """How many others look like it, undecided."""
    forecast: Forecast | None = None
    """When it may open again, where it is closed."""
    copied_at: datetime | None = None
    """When the archived copy of what its source wrote was made."""
    precedents: tuple[Precedent, ...] = ()
    """Who obtained such an aid."""


@dataclass(frozen=True, slots=True)
class Expected:
    """A closed call that may open again."""

    known: KnownCall
    forecast: Forecast


@dataclass(frozen=True, slots=True)
class Twins:
    """Two calls that look like one, side by side."""

    pair: Pair
    first: KnownCall
    second: KnownCall


async def lines(session: AsyncSession, now: datetime) -> list[Line]:
    """Every call that is shown for itself, with the best of its matches of today."""
    titles = {one.candidacy_id: one.facts.title for one in await projects.watched(session) if one.facts}
    found: dict[str, list[Match]] = {}
    for match in await matches.current(session):
        if match.candidacy_id in titles:
            found.setdefault(match.proposal.call_key, []).append(match)
    hidden = await duplicates.hidden(session)
    shown = (known for known in await calls.listed(session) if known.call.key not in hidden)
    return [_line(known, found.get(known.call.key, []), titles, now) for known in shown]


def _line(known: KnownCall, found: list[Match], titles: dict[UUID, str], now: datetime) -> Line:
    status = known.call.status_at(now)
    if not found:
        return Line(known.call, status, changed_at=known.last_changed_at)
    best = min(found, key=lambda match: (match.proposal.verdict != "eligible", -match.proposal.score))
    named = tuple(sorted(titles[match.candidacy_id] for match in found))
    reason = headline(best.proposal.reason)
    return Line(known.call, status, best.proposal.verdict, reason, named, known.last_changed_at)


async def call_page(session: AsyncSession, key: str, now: datetime) -> CallPage | None:
    """A call to show; None when the watch never saw it."""
    known = await calls.one(session, key)
    if known is None:
        return None
    found = await matches.of_call(session, key)
    watched = {one.candidacy_id: one for one in await projects.watched(session)}
    matched = (MatchedProject(match, watched[match.candidacy_id]) for match in found if match.candidacy_id in watched)
    hidden = await duplicates.hidden(session)
    twins = await calls.known(session, [other for other, shown in hidden.items() if shown == key])
    waiting = sum(pair.state == "propose" for pair in await duplicates.of_call(session, key))
    return CallPage(
        known,
        tuple(matched),
        told_once(await calls.history(session, key)),
        hidden.get(key),
        tuple(one.call for one in twins.values()),
        waiting,
        (await forecasts.expected(session, now)).get(key) if known.life.presence == "ferme" else None,
        await copies.made_at(session, key),
        tuple(alike(known.call, await precedents.every(session))),
    )


def told_once(history: Sequence[Change]) -> tuple[Change, ...]:
    """A history as it is shown: the only filing date of a call is its deadline, and moves in one line."""
    deadlines = {(one.at, one.old, one.new) for one in history if one.field == "closes_at"}
    return tuple(one for one in history if one.field != "cut_offs" or (one.at, one.old, one.new) not in deadlines)


async def expected(session: AsyncSession, now: datetime) -> list[Expected]:
    """The closed calls that may open again, the soonest first."""
    hidden = await duplicates.hidden(session)
    found = {key: one for key, one in (await forecasts.expected(session, now)).items() if key not in hidden}
    known = {one.call.key: one for one in await calls.listed(session) if one.call.key in found}
    lines = [Expected(known[key], one) for key, one in found.items()]
    return sorted(lines, key=lambda line: (line.forecast.expected, line.known.call.key))


async def twins(session: AsyncSession) -> list[Twins]:
    """The pairs of calls that look like one, with both calls, the likest first."""
    pairs = await duplicates.every(session)
    keys = list({key for pair in pairs for key in (pair.first, pair.second)})
    known: dict[str, KnownCall] = {}
    for start in range(0, len(keys), AT_ONCE):
        known |= await calls.known(session, keys[start : start + AT_ONCE])
    return [Twins(pair, known[pair.first], known[pair.second]) for pair in pairs]


async def watched(session: AsyncSession) -> list[tuple[Candidacy, list[MatchedCall]]]:
    """The watched projects with their matches of today, best first."""
    known = {one.call.key: one for one in await calls.listed(session)}
    found: dict[UUID, list[MatchedCall]] = {}
    for match in await matches.current(session):
        found.setdefault(match.candidacy_id, []).append(MatchedCall(match, known[match.proposal.call_key]))
    return [(one, found.get(one.candidacy_id, [])) for one in await projects.watched(session)]


async def project_page(session: AsyncSession, candidacy_id: UUID) -> tuple[Candidacy, list[MatchedCall]] | None:
    """A watched project with all that was ever proposed to it; None when it is not watched."""
    candidacy = await projects.one(session, candidacy_id)
    if candidacy is None or not candidacy.is_watched:
        return None
    known = {one.call.key: one for one in await calls.listed(session)}
    found = await matches.of_project(session, candidacy_id)
    return candidacy, [MatchedCall(match, known[match.proposal.call_key]) for match in found]
