"""Calls and needs side by side, so that what changed on one side is compared with the other, and nothing else.

The rule kept here: it holds copies. What it says of a call or a project is never taken as true before it was
compared with the database (`stale_calls`, `stale_projects`), so that a crash, a rollback or another process
cannot make it wrong, only slower.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from uuid import UUID

from funding_watch.domain.call import FundingCall
from funding_watch.domain.eligibility import Place
from funding_watch.domain.lessons import Lessons
from funding_watch.domain.matching import MOST, THRESHOLD, UNTAUGHT, Proposal, propose
from funding_watch.domain.postings import Postings
from funding_watch.domain.projects import Candidacy
from funding_watch.domain.relevance import Query, most_of, queries_of
from funding_watch.domain.stock import Index, Statistics, counts_of

NeedKey = tuple[UUID, int]
SMALL = 1_000
"""Calls under which words are measured again at every change: that is done sooner than it is told."""
GROWN = 0.2
"""Share of the stock that comes or goes before words are measured again, the same day."""


class Shelf:
    """One a process; see the module."""

    def __init__(self) -> None:
        self.index = Index()
        self.weighed_at: datetime | None = None
        self._versions: dict[str, str] = {}
        self._revisions: dict[UUID, tuple[int, int]] = {}
        self._queries: dict[NeedKey, Query] = {}
        self._of_need: Postings[NeedKey] = Postings()
        self._around: Postings[NeedKey] = Postings()

    def stale_calls(self, versions: Mapping[str, str]) -> list[str]:
        """Of the calls in the database (key → version), those to be read again; those that left are dropped."""
        for key in [key for key in self._versions if key not in versions]:
            del self._versions[key]
            self.index.drop(key)
        return [key for key, version in versions.items() if self._versions.get(key) != version]

    def learn_calls(self, calls: Iterable[FundingCall], versions: Mapping[str, str]) -> None:
        """Copy what was read; a call in quarantine is kept away from the projects."""
        for call in calls:
            self._versions[call.key] = versions[call.key]
            if call.quarantined:
                self.index.drop(call.key)
            else:
                self.index.put(call)

    @property
    def is_small(self) -> bool:
        """Whether words are measured at every change, and the measure not kept."""
        return len(self.index.entries) < SMALL

    def has_grown(self) -> bool:
        """Whether the stock is another than the one that was measured."""
        total = self.index.statistics.total
        return abs(len(self.index.entries) - total) > GROWN * total

    def weigh(self, statistics: Statistics, at: datetime | None = None) -> None:
        """Use this measure of what words tell; `at`: when it was kept, None where it is not."""
        self.weighed_at = at
        if statistics.version != self.index.statistics.version:
            self.index.weigh(statistics)

    def learn_projects(self, watched: Collection[Candidacy]) -> None:
        """Copy these projects, and forget all the others."""
        there = {one.candidacy_id for one in watched}
        for gone in [known for known in self._revisions if known not in there]:
            self._forget(gone)
        for one in watched:
            revision = (one.revision, self.index.statistics.version)
            if self._revisions.get(one.candidacy_id) != revision:
                self._forget(one.candidacy_id)
                self._learn(one, revision)

    def _learn(self, one: Candidacy, revision: tuple[int, int]) -> None:
        self._revisions[one.candidacy_id] = revision
        for query in queries_of(one.facts, self.index.statistics) if one.facts else ():
            key = (one.candidacy_id, query.need.number)
            share = query.weight / query.reachable
            self._queries[key] = query
            for rows, of_need in ((self._of_need, True), (self._around, False)):
                rows.put(key, {stem: gain * share for stem, gain in query.part(of_need=of_need).items()})

    def _forget(self, candidacy_id: UUID) -> None:
        self._revisions.pop(candidacy_id, None)
        for key in [key for key in self._queries if key[0] == candidacy_id]:
            del self._queries[key]
            self._of_need.drop(key)
            self._around.drop(key)

    def promises(self, call_key: str, place: Place) -> dict[UUID, float]:
        """Candidacy → the most that this call can score for it; those that it says nothing to are left out."""
        entry = self.index.entries.get(call_key)
        if entry is None:
            return {}
        weights = self._saturated(entry.call, entry.length)
        of_need, around = self._of_need.scores(weights)[:, 0], self._around.scores(weights)[:, 0]
        found: dict[UUID, list[float]] = {}
        for key, row in self._of_need.named(of_need > 0):
            whole = float(of_need[row] + around[row])
            found.setdefault(key[0], []).append(min(self._queries[key].weight, whole))
        return {candidacy_id: most_of(scores, entry.call, place) for candidacy_id, scores in found.items()}

    def _saturated(self, call: FundingCall, length: float) -> dict[str, float]:
        damping = self.index.statistics.damping(call.language, length)
        return {stem: self.index.postings.saturated(count, damping) for stem, count in counts_of(call).items()}

    def touched(self, call_keys: Iterable[str], shown: Mapping[UUID, Mapping[str, float]], place: Place) -> set[UUID]:
        """The projects whose best calls may be others now. `shown`: candidacy → its calls of today, scored."""
        keys = set(call_keys)
        found = {candidacy_id for candidacy_id, calls in shown.items() if keys & calls.keys()}
        for key in keys:
            for candidacy_id, promise in self.promises(key, place).items():
                calls = shown.get(candidacy_id, {})
                floor = min(calls.values()) if len(calls) >= MOST else THRESHOLD
                if promise >= floor:
                    found.add(candidacy_id)
        return found

    def proposals(self, one: Candidacy, place: Place, now: datetime, lessons: Lessons = UNTAUGHT) -> list[Proposal]:
        """The best calls for a project, best first, after what people said of its calls."""
        return propose(one.facts, self.index, place, now, lessons) if one.facts else []
