"""What pages work out on the spot, from a shelf of their own: nothing here writes, and no page waits for a handler.

The rule kept here: the shelf is brought to the committed state before each look, by one page at a time.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from funding_watch.domain.absence import Absence, explain
from funding_watch.domain.call import FundingCall
from funding_watch.domain.eligibility import Place
from funding_watch.domain.lessons import Lessons
from funding_watch.domain.money import Funding, Offer, funding_of
from funding_watch.domain.montage import Montage, plans
from funding_watch.domain.offers import Table, table
from funding_watch.domain.projects import Candidacy
from funding_watch.domain.shelf import Shelf
from funding_watch.domain.triage import Triage
from funding_watch.handlers.projects import refresh
from funding_watch.store import calls, duplicates, montages, projects, triage
from funding_watch.store.montages import Chosen
from kernel.contracts.intake import Need, Project
from kernel.runtime.database import Database


@dataclass(frozen=True, slots=True)
class Planned:
    """All that a montage page shows; `past` are calls of the chosen montage, whether or not they still fit."""

    candidacy: Candidacy
    table: Table
    funding: Funding
    plans: tuple[Montage, ...]
    chosen: Chosen | None
    past: Mapping[str, FundingCall]
    obtained: tuple[Triage, ...]

    @property
    def project(self) -> Project:
        if self.candidacy.facts is None:
            raise ValueError(f"candidacy {self.candidacy.candidacy_id} has no facts: it cannot be planned")
        return self.candidacy.facts

    @property
    def needs(self) -> tuple[Need, ...]:
        return self.project.needs

    @property
    def needs_cost(self) -> int:
        return sum(post.cost for post in self.funding.posts)

    @property
    def offers(self) -> list[Offer]:
        """What a montage may rest on, loans left out."""
        return self.table.offers

    def call(self, key: str) -> FundingCall | None:
        """A call that the page speaks of."""
        track = self.table.of(key)
        return track.call if track else self.past.get(key)


class Looking:
    """One a process; filled at its first look."""

    def __init__(self, database: Database, place: Place) -> None:
        self.database, self.place = database, place
        self._shelf = Shelf()
        self._turn = asyncio.Lock()

    @asynccontextmanager
    async def look(self) -> AsyncIterator[tuple[AsyncSession, Shelf]]:
        """A session that reads, and the shelf as of now."""
        async with self._turn, self.database.reading() as session:
            await refresh(session, self._shelf)
            yield session, self._shelf

    async def lessons(self, session: AsyncSession, candidacy_id: UUID) -> Lessons:
        """What people taught of a project."""
        return Lessons.of((await triage.set_aside(session, [candidacy_id])).get(candidacy_id, ()))

    async def absence(self, candidacy_id: UUID, key: str) -> Absence | None:
        """Why a call is not proposed to a project; None where either is unknown."""
        async with self.look() as (session, shelf):
            candidacy = await projects.one(session, candidacy_id)
            known = await calls.one(session, key)
            if known is None or candidacy is None or candidacy.facts is None or not candidacy.is_watched:
                return None
            shown = (await duplicates.hidden(session)).get(key)
            lessons = await self.lessons(session, candidacy_id)
            if shown and key not in lessons.aside:
                return Absence("doublon", others=(shown,))
            now = self.database.clock.now()
            return explain(known.call, candidacy.facts, shelf.index, self.place, now, lessons=lessons)

    async def plan(self, candidacy_id: UUID) -> Planned | None:
        """All that the montage page of a project shows; None where the project is not watched."""
        async with self.look() as (session, shelf):
            candidacy = await projects.one(session, candidacy_id)
            if candidacy is None or candidacy.facts is None or not candidacy.is_watched:
                return None
            touched = await triage.of_project(session, candidacy_id)
            settled = [one.call_key for one in touched if one.state in {"obtenu", "refuse"}]
            lessons, now = await self.lessons(session, candidacy_id), self.database.clock.now()
            had = await calls.known(session, [one.call_key for one in touched if one.state == "obtenu"])
            offered = table(
                candidacy.facts,
                shelf.index,
                self.place,
                now,
                lessons=lessons,
                settled=settled,
                obtained=[one.call for one in had.values()],
            )
            chosen = await montages.chosen(session, candidacy_id)
            known = await calls.known(session, [grant.key for grant in chosen.grants] if chosen else [])
        funding = funding_of(candidacy.facts)
        found = await asyncio.to_thread(plans, funding, offered.offers, offered.exclusive)
        obtained = tuple(one for one in touched if one.state == "obtenu")
        past = {key: one.call for key, one in known.items()}
        return Planned(candidacy, offered, funding, tuple(found), chosen, past, obtained)
