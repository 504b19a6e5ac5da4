"""How a source fares, by its last readings: healthy, late, thin or blind, and in French why.

The rule kept here: a source is compared with its own past. What it usually shows is the median of its last good
readings, so that one odd day moves nothing; one that stops answering, that refuses our key or that lost its landmarks
is blind, and says so at once.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from statistics import median

from funding_watch.domain.sources import LEAST_SHARE
from kernel.contracts.funding_watch import Health

COMPARED = 10
"""Good readings that make the usual."""
THIN_BELOW = 0.9
"""Share of the usual count under which a believed reading is thin; under LEAST_SHARE it is not believed at all."""
FILL_LOST = 0.3
"""Fall of the share of calls that have a field, against its usual, from which the field counts as lost: our choice."""
BLIND_AFTER = 3
"""Refused readings in a row after which a source is blind whatever the reason."""
LATE_AFTER = 1.5
"""Periods of its schedule without a good reading, after which a source is late."""
EYES = ("token", "fields are gone", "any more: the portal changed", "answered 401", "answered 403", "nothing found")
"""Words of our own errors that mean: it will not mend by itself."""

FILLED: Mapping[str, str] = {
    "description": "description",
    "eligibility_text": "conditions",
    "audiences": "bénéficiaires",
    "perimeter_codes": "périmètre",
    "kinds": "nature de l’aide",
    "closes_at": "date limite",
}
HEALTH_WORDS: Mapping[Health, str] = {
    "healthy": "En bonne santé",
    "late": "En retard",
    "thin": "Appauvrie",
    "blind": "Aveugle",
}


@dataclass(frozen=True, slots=True)
class ReadingFacts:
    """What one reading of a source came to; `filled` is the share of calls (0 to 1) that have each field."""

    at: datetime
    items: int
    believed: bool
    seconds: float = 0.0
    pages: int = 0
    unchanged: bool = False
    filled: Mapping[str, float] = field(default_factory=dict)
    errors: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Judged:
    """The health of a source and what makes it so; no health for one that was never read."""

    health: Health | None
    reasons: tuple[str, ...] = ()
    usual: int | None = None


def shares(counts: Mapping[str, int], total: int) -> dict[str, float]:
    """The share of `total` calls that have each of the fields that we watch, of how many have it."""
    return {name: round(counts.get(name, 0) / total, 3) for name in FILLED} if total else {}


def judge(readings: Sequence[ReadingFacts], period: timedelta, now: datetime) -> Judged:
    """The health of a source by its readings, the newest first."""
    if not readings:
        return Judged(None)
    good = [one for one in readings if one.believed]
    usual = round(median(one.items for one in good[:COMPARED])) if good else None
    for health, reasons in (
        ("blind", _blindness(readings)),
        ("thin", _thinness(readings, good)),
        ("late", _lateness(readings, good, period, now)),
    ):
        if reasons:
            return Judged(health, tuple(reasons), usual)  # type: ignore[arg-type]  # the words just above
    return Judged("healthy", (), usual)


def _blindness(readings: Sequence[ReadingFacts]) -> list[str]:
    last = readings[0]
    if last.believed:
        return []
    if sign := next((error for error in last.errors if any(word in error for word in EYES)), None):
        return [f"La source ne se laisse plus lire, et cela ne passera pas tout seul. Détail technique\u202f: {sign}"]
    row = readings[:BLIND_AFTER]
    if len(row) == BLIND_AFTER and not any(one.believed for one in row):
        return [f"Les {BLIND_AFTER} dernières lectures ont échoué."]
    return []


def _thinness(readings: Sequence[ReadingFacts], good: Sequence[ReadingFacts]) -> list[str]:
    last, before = readings[0], [one for one in good if one is not readings[0]][:COMPARED]
    if not before:
        return []
    usual = median(one.items for one in before)
    if not last.believed:
        short = last.items and not last.errors and last.items < LEAST_SHARE * usual
        return (
            [f"{last.items} appels lus, contre {usual:.0f} d’habitude\u202f: la lecture est refusée."] if short else []
        )
    reasons = []
    if last.items < THIN_BELOW * usual:
        reasons.append(f"{last.items} appels lus, contre {usual:.0f} d’habitude.")
    return reasons + list(_lost_fields(last, before))


def _lost_fields(last: ReadingFacts, before: Sequence[ReadingFacts]) -> Iterable[str]:
    for name, words in FILLED.items():
        known = [one.filled[name] for one in before if name in one.filled]
        if not known or name not in last.filled:
            continue
        usual = median(known)
        if last.filled[name] <= usual - FILL_LOST:
            yield (
                f"«\u202f{words}\u202f» est rempli pour {last.filled[name] * 100:.0f}\u202f% des appels, "
                f"contre {usual * 100:.0f}\u202f% d’habitude."
            )


def _lateness(
    readings: Sequence[ReadingFacts], good: Sequence[ReadingFacts], period: timedelta, now: datetime
) -> list[str]:
    if not good:
        return ["La première lecture n’a pas abouti."]
    if now - good[0].at > LATE_AFTER * period:
        return ["La dernière bonne lecture est plus ancienne que ne le prévoit le calendrier de la source."]
    return [] if readings[0].believed else ["La dernière lecture n’a pas abouti\u202f; la précédente compte encore."]


def period_of(cron: str) -> timedelta:
    """How far apart the moments of a six-field cron line are, at most and about; a day when it cannot be told."""
    parts = cron.split()
    if len(parts) != 6:
        return timedelta(days=1)
    _, _, hours, days, _, weekdays = parts
    if weekdays not in {"*", "?"}:
        return timedelta(days=7 / _count(weekdays, 7))
    if days not in {"*", "?"}:
        return timedelta(days=31 / _count(days, 31))
    return timedelta(hours=24 / _count(hours, 24))


def _count(written: str, most: int) -> int:
    """How many values a field of a cron line has."""
    found = 0
    for part in written.split(","):
        span, _, step = part.partition("/")
        low, _, high = span.partition("-")
        wide = int(high) - int(low) + 1 if low.isdecimal() and high.isdecimal() else 1 if low.isdecimal() else most
        found += max(1, wide // int(step)) if step.isdecimal() and step != "0" else max(1, wide)
    return min(max(found, 1), most)
