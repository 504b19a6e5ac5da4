"""What the board reads: matches of today and all that people touched, each beside its project and its call."""

from collections.abc import Collection, Iterable
from uuid import UUID

from sqlalchemy import text
from sqlmodel.ext.asyncio.session import AsyncSession

from funding_watch.domain.board import Row
from funding_watch.domain.projects import Candidacy
from funding_watch.domain.triage import Triage
from funding_watch.store import calls, duplicates, matches, projects
from funding_watch.store import triage as store
from funding_watch.store.calls import KnownCall
from funding_watch.store.matches import Match

AT_ONCE = 500
"""Keys in one statement."""


async def rows(session: AsyncSession) -> list[Row]:
    """All that is on the board: what is proposed today and was not touched, and all that was touched."""
    touched = await store.every(session)
    hidden = await duplicates.hidden(session)
    current = {match.match_id: match for match in await matches.current(session)}
    fresh = [match for match in current.values() if match.proposal.call_key not in hidden]
    standing = dict(touched)
    for match in fresh:
        standing.setdefault(match.match_id, _fresh(match))
    watched = {one.candidacy_id: one for one in await projects.watched(session)}
    found = [one for one in standing.values() if one.candidacy_id in watched]
    return await _beside(session, found, watched)


async def row(session: AsyncSession, match_id: UUID) -> Row | None:
    """One match; None where there is none, or its project is watched no more."""
    triage = await store.one(session, match_id)
    candidacy = await projects.one(session, triage.candidacy_id) if triage else None
    if triage is None or candidacy is None or not candidacy.is_watched:
        return None
    return next(iter(await _beside(session, [triage], {candidacy.candidacy_id: candidacy})), None)


async def some(session: AsyncSession, match_ids: Iterable[UUID]) -> list[Row]:
    """Those of these matches that there are, in the order asked for, each once."""
    found = [await row(session, match_id) for match_id in dict.fromkeys(match_ids)]
    return [one for one in found if one]


async def people(session: AsyncSession) -> list[tuple[str, str]]:
    """(id, function) of those of the team and its partners who signed in of late, by function."""
    query = "SELECT DISTINCT person, name FROM session WHERE role IN ('staff', 'partner') AND person <> ''"
    connection = await session.connection()
    found = [(str(person), str(name)) for person, name in await connection.execute(text(query))]
    return sorted(dict(found).items(), key=lambda pair: (pair[1].casefold(), pair[0]))


async def _beside(session: AsyncSession, found: Collection[Triage], watched: dict[UUID, Candidacy]) -> list[Row]:
    known = await _calls(session, {one.call_key for one in found})
    told = await matches.some(session, [one.match_id for one in found])
    return [_row(one, watched[one.candidacy_id], known[one.call_key], told.get(one.match_id)) for one in found]


async def _calls(session: AsyncSession, keys: Collection[str]) -> dict[str, KnownCall]:
    ordered, known = sorted(keys), dict[str, KnownCall]()
    for start in range(0, len(ordered), AT_ONCE):
        known |= await calls.known(session, ordered[start : start + AT_ONCE])
    return known


def _row(triage: Triage, candidacy: Candidacy, known: KnownCall, match: Match | None) -> Row:
    proposal, rank = (match.proposal, match.rank) if match else (None, None)
    return Row(triage, candidacy, known.call, proposal, rank)


def _fresh(match: Match) -> Triage:
    return Triage(match.match_id, match.candidacy_id, match.proposal.call_key)
