"""A project's calls for whoever holds its secret address: an Atom feed and a diary with alarms.

The rule kept here: an address that is unknown, revoked, or of a project that is no longer watched answers the same 404,
and nothing of an answer is kept by caches or search engines.
"""

from datetime import datetime

from fastapi import APIRouter
from sqlmodel.ext.asyncio.session import AsyncSession
from starlette.exceptions import HTTPException
from starlette.responses import Response

from funding_watch.domain import feeds
from funding_watch.domain.eligibility import Place
from funding_watch.domain.opportunity_search import Candidate
from funding_watch.domain.reasons import headline
from funding_watch.domain.retroplanning import Milestone, retroplanning
from funding_watch.domain.wording import VERDICT_WORDS
from funding_watch.store import calls, montages, projects
from funding_watch.store import feeds as store
from funding_watch.store import pages as reading
from kernel.runtime.database import Database

PRIVATE = {"Cache-Control": "private, no-store", "X-Robots-Tag": "noindex"}


def add_project_feeds(router: APIRouter, database: Database, public_url: str, place: Place) -> None:
    """The two forms of a secret address."""

    @router.get("/flux/{key}.atom")
    async def atom(key: str) -> Response:
        title, calls, notes = await _followed(database, key)
        now: datetime = database.clock.now()
        address = f"{public_url}/veille/flux/{key}.atom"
        body = feeds.atom(calls, title=title, address=address, now=now, notes=notes)
        return Response(body, media_type="application/atom+xml", headers=PRIVATE)

    @router.get("/flux/{key}.ics")
    async def calendar(key: str) -> Response:
        title, calls, notes = await _followed(database, key)
        planned = await _planned(database, key, place)
        body = feeds.calendar(calls, title=title, now=database.clock.now(), notes=notes, planned=planned)
        return Response(body, media_type="text/calendar", headers=PRIVATE)


async def _planned(database: Database, key: str, place: Place) -> list[tuple[Candidate, list[Milestone]]]:
    """What is to be done before the deadlines of the calls of the montage that was chosen."""
    async with database.reading() as session:
        candidacy_id = await store.project_of(session, key)
        candidacy = await projects.one(session, candidacy_id) if candidacy_id else None
        chosen = await montages.chosen(session, candidacy_id) if candidacy_id else None
        if chosen is None or candidacy is None or candidacy.facts is None:
            return []
        known = await calls.known(session, list(dict.fromkeys(grant.key for grant in chosen.grants)))
    now = database.clock.now()
    return [
        (Candidate(one.call, one.first_seen_at, chosen.at), retroplanning(one.call, candidacy.facts, place, now))
        for _, one in sorted(known.items())
    ]


async def _followed(database: Database, key: str) -> tuple[str, list[Candidate], dict[str, str]]:
    """The title, the calls proposed today, and by key of the call why; 404 for a key that opens nothing."""
    async with database.reading() as session:
        return await _read(session, key)


async def _read(session: AsyncSession, key: str) -> tuple[str, list[Candidate], dict[str, str]]:
    candidacy_id = await store.project_of(session, key)
    found = await reading.project_page(session, candidacy_id) if candidacy_id else None
    if found is None or found[0].facts is None:
        raise HTTPException(404)
    candidacy, matched = found
    today = [one for one in matched if one.match.rank]
    shown = [Candidate(one.known.call, one.known.first_seen_at, one.known.last_changed_at) for one in today]
    notes = {
        one.known.call.key: f"{VERDICT_WORDS[one.match.proposal.verdict]}\u202f: {headline(one.match.proposal.reason)}"
        for one in today
    }
    return f"{candidacy.facts.title if candidacy.facts else ''} – financements possibles", shown, notes
