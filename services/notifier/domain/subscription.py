"""What a person of the team asked to be told of, and what is to be told: only what they were not told, field by field.

What was told is what a mail server took, never what was written: a mail that failed has told nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Literal, get_args
from uuid import UUID, uuid5

from kernel.contracts.notifier import MessageKind
from notifier.domain.alert import Item
from notifier.domain.hours import Rhythm, next_open, next_slot

Subject = Literal["tout", "mes_projets", "themes", "agglomerations"]
SUBJECTS: tuple[Subject, ...] = get_args(Subject)
RHYTHMS: tuple[Rhythm, ...] = get_args(Rhythm)
Answer = Literal["transmettre", "a_etudier", "pas_pour_moi"]
ANSWERS: tuple[Answer, ...] = get_args(Answer)
Optional = Literal["rappels", "veille"]
OPTIONAL: tuple[Optional, ...] = get_args(Optional)
"""What may be unsubscribed besides subscriptions; everything else is due by law or asked for."""
DIGESTS: Mapping[str, MessageKind] = {"staff": "digest", "partner": "veille_partenaires"}
"""The mail of a subscription, by the role of its person; others have none."""
PARTNERS: tuple[int, int] = (9, 3)
"""Hour and weekday of the partners' watch of the week, until they choose otherwise: Thursday at nine."""
EXCELLENT = 8.0
"""Score from which an eligible match is told at once to those who asked for it."""
DANGER = timedelta(days=14)
"""A deadline nearer than this is in danger."""
LATE = timedelta(minutes=5)
"""An appointment that is so late was lost; the next match makes another."""
Told = Mapping[str, Any]
"""The fields of a match as a mail showed them, JSON values."""


@dataclass(frozen=True, slots=True)
class Project:
    """What subscriptions choose by. `follower` is who of the team follows it."""

    candidacy_id: UUID
    themes: tuple[str, ...] = ()
    epci_code: str = ""
    follower: UUID | None = None


@dataclass(frozen=True, slots=True)
class Subscription:
    """One subject of one person. `since`: nothing older is told; `next_at`: the appointment that stands."""

    id: UUID
    person_id: UUID
    subject: Subject
    values: tuple[str, ...]
    rhythm: Rhythm
    hour: int
    weekday: int
    at_once: bool
    since: datetime
    paused_until: datetime | None = None
    next_at: datetime | None = None

    def concerns(self, project: Project) -> bool:
        """Whether this person asked for this project."""
        match self.subject:
            case "tout":
                return True
            case "mes_projets":
                return project.follower == self.person_id
            case "themes":
                return not set(self.values).isdisjoint(project.themes)
            case "agglomerations":
                return project.epci_code in self.values


def of_partner(person_id: UUID, at: datetime) -> Subscription:
    """What a partner is told of from the first day: every project, once a week."""
    hour, weekday = PARTNERS
    return Subscription(
        uuid5(person_id, "tout"), person_id, "tout", (), "hebdomadaire", hour, weekday, at_once=False, since=at
    )


def is_pressing(item: Item, at: datetime) -> bool:
    """An excellent match, or a deadline in danger."""
    if item.closed or item.verdict == "non":
        return False
    in_danger = item.closes_on is not None and timedelta(0) <= item.closes_on - at.date() <= DANGER
    return in_danger or (item.verdict == "eligible" and item.score >= EXCELLENT)


def due(subscription: Subscription, item: Item, at: datetime, delay: timedelta) -> datetime | None:
    """When `item` is to be told to this subscription; None where it writes never."""
    if subscription.rhythm == "jamais":
        return None
    from_ = max(at, subscription.paused_until or at)
    if subscription.rhythm == "immediat" or (subscription.at_once and is_pressing(item, at)):
        return next_open(from_ + delay)
    return next_slot(subscription.rhythm, from_, subscription.hour, subscription.weekday)


def appointment(subscription: Subscription, wanted: datetime | None, at: datetime) -> Subscription | None:
    """The subscription with its appointment moved to `wanted`; None where the one that stands is as early."""
    if wanted is None:
        return None
    standing = subscription.next_at
    if standing is not None and standing <= wanted and at <= standing + LATE:
        return None
    return replace(subscription, next_at=wanted)


def shown(item: Item) -> dict[str, Any]:
    """The fields whose change is told again."""
    return {
        "verdict": item.verdict,
        "closes_on": item.closes_on.isoformat() if item.closes_on else None,
        "amount_max": item.amount_max,
        "rate_max": item.rate_max,
        "title": item.title,
        "closed": item.closed,
    }


def changes(told: Told, item: Item) -> list[dict[str, Any]]:
    """What changed since this recipient was told: field, old, new; a field that was not told is no change."""
    now = shown(item)
    return [
        {"field": name, "old": told[name], "new": value}
        for name, value in now.items()
        if name in told and told[name] != value
    ]


@dataclass(frozen=True, slots=True)
class Telling:
    """What one person was told of one match, and the mail that is about to tell more, if any."""

    match_id: UUID
    told: Told | None = None
    delivery_id: UUID | None = None


def to_tell(
    subscription: Subscription,
    items: Sequence[Item],
    projects: Mapping[UUID, Project],
    known: Mapping[UUID, Telling],
    waiting: UUID | None,
) -> list[Item]:
    """What a mail of this subscription says now; `waiting` is a mail not handed over yet, which says it all again."""
    return [
        item
        for item in items
        if _is_to_tell(item, known.get(item.match_id), subscription, waiting)
        and (
            subscription.concerns(projects.get(item.candidacy_id, Project(item.candidacy_id)))
            or (waiting is not None and item.match_id in known and known[item.match_id].delivery_id == waiting)
        )
    ]


def _is_to_tell(item: Item, known: Telling | None, subscription: Subscription, waiting: UUID | None) -> bool:
    if known is not None and known.delivery_id is not None and known.delivery_id != waiting:
        return False
    if known is None:
        return not item.gone and _is_new(item, subscription)
    if known.told is None:  # it is in the mail that waits, and stays in it
        return _is_new(item, subscription)
    return bool(changes(known.told, item))


def _is_new(item: Item, subscription: Subscription) -> bool:
    return not item.closed and max(item.received_at, item.changed_at) >= subscription.since
