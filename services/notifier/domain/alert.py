"""What the staff are told of matches: everything not told yet, once, grouped by project, the best first.

An alert is never empty, and what it says is a copy: a call that changes later does not change a sent mail.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from kernel.contracts.funding_watch import MatchProposed, Verdict
from notifier.domain.delivery import Snapshot
from notifier.domain.dossier import Dossier
from notifier.domain.words import one_line, web_address

NEVER = datetime.min.replace(tzinfo=UTC)
OVERDUE = timedelta(minutes=5)
"""An alert that is so late had its appointment lost; the next match makes another."""


@dataclass(frozen=True, slots=True)
class Item:
    """A match to be told. `received_at`: since when it waits; `at`: when it was proposed.

    `closed`, `changed_at`: whether its call is over, and when what is known of it last changed. `gone`: it is
    proposed no more.
    """

    match_id: UUID
    candidacy_id: UUID
    project: str
    need: str
    call_key: str
    title: str
    funders: tuple[str, ...]
    url: str
    closes_on: date | None
    rate_max: int | None
    amount_max: int | None
    verdict: Verdict
    score: float
    reason: str
    at: datetime
    received_at: datetime
    closed: bool = False
    changed_at: datetime = NEVER
    gone: bool = False


def item(event: MatchProposed, received_at: datetime) -> Item:
    """The match as the alert will show it; every text becomes one harmless line."""
    call = event.call
    return Item(
        match_id=event.match_id,
        candidacy_id=event.candidacy_id,
        project=one_line(event.project_title),
        need=one_line(event.need),
        call_key=call.key,
        title=one_line(call.title),
        funders=tuple(one_line(funder) for funder in call.funders),
        url=web_address(call.url),
        closes_on=call.closes_on,
        rate_max=call.rate_max,
        amount_max=call.amount_max,
        verdict=event.verdict,
        score=event.score,
        reason=one_line(event.reason),
        at=event.at,
        received_at=received_at,
    )


def newer(known: Item, event: MatchProposed) -> Item | None:
    """What a second word on a known match changes: nothing when it is older news."""
    return item(event, known.received_at) if event.at > known.at else None


def appointment(waiting_since: datetime | None, at: datetime, delay: timedelta) -> datetime | None:
    """When to tell, where no appointment is pending; None where one is.

    `waiting_since` is the arrival of the oldest match not told yet, before the one that has just come.
    """
    if waiting_since is not None and at <= waiting_since + delay + OVERDUE:
        return None
    return at + delay


@dataclass(frozen=True, slots=True)
class Reading:
    """What the watch said of a source at one moment; `reason` where it could not be trusted."""

    id: UUID
    source: str
    title: str
    at: datetime
    calls: int | None
    reason: str | None
    told: bool

    @property
    def degraded(self) -> bool:
        return self.reason is not None


def to_tell(readings: Sequence[Reading]) -> list[Reading]:
    """The degraded readings of one source that need a mail: one for each episode that has none yet.

    An episode is a run of degraded readings in the order of their times, so a reading that arrives late may
    join an episode, or cut it in two; either way each is told once.
    """
    wanted: list[Reading] = []
    episode: list[Reading] = []
    for reading in [*sorted(readings, key=lambda r: (r.at, r.degraded, r.id)), None]:
        if reading is not None and reading.degraded:
            episode.append(reading)
            continue
        if episode and not any(one.told for one in episode):
            wanted.append(episode[0])
        episode = []
    return wanted


def source_snapshot(reading: Reading, last_good: Reading | None, *, blind: bool = False) -> Snapshot:
    """What the mail about a degraded source needs; `blind` when it will not mend by itself."""
    return {
        "blind": blind,
        "source": one_line(reading.title),
        "reason": one_line(reading.reason or ""),
        "at": reading.at.isoformat(),
        "last_good_at": last_good.at.isoformat() if last_good else None,
    }


Changes = Mapping[UUID, Sequence[Mapping[str, Any]]]
"""By match, what changed since its recipient was told: field, old, new."""


def alert_snapshot(
    items: Sequence[Item],
    dossiers: Mapping[UUID, Dossier],
    sources: Iterable[Reading],
    changes: Changes | None = None,
) -> Snapshot:
    """What an alert needs. Raises ValueError without items: an empty mail is never sent."""
    if not items:
        raise ValueError("an alert needs at least one match: nothing waits to be told")
    by_project: dict[UUID, list[Item]] = {}
    for one in sorted(items, key=_best_first):
        by_project.setdefault(one.candidacy_id, []).append(one)
    return {
        "count": len(items),
        "projects": [
            _project(group, dossiers.get(candidacy), changes or {}) for candidacy, group in by_project.items()
        ],
        "sources": [_source(reading) for reading in sorted(sources, key=lambda r: r.title)],
    }


def _best_first(one: Item) -> tuple[float, date, str]:
    return (-one.score, one.closes_on or date.max, one.title)


def _project(items: Sequence[Item], dossier: Dossier | None, changes: Changes) -> dict[str, Any]:
    known = dossier or Dossier()
    return {
        "title": items[0].project,
        "porteur": one_line(known.porteur or ""),
        "number": one_line(known.number or ""),
        "matches": [{**_match(one), "changes": list(changes.get(one.match_id, ()))} for one in items],
    }


def _match(one: Item) -> dict[str, Any]:
    return {
        "match_id": one.match_id.hex,
        "closed": one.closed,
        "title": one.title,
        "need": one.need,
        "funders": list(one.funders),
        "url": one.url,
        "closes_on": one.closes_on.isoformat() if one.closes_on else None,
        "rate_max": one.rate_max,
        "amount_max": one.amount_max,
        "verdict": one.verdict,
        "reason": one.reason,
    }


def _source(reading: Reading) -> dict[str, Any]:
    return {"title": one_line(reading.title), "at": reading.at.isoformat(), "degraded": reading.degraded}
