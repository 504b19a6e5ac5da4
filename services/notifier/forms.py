"""What a person chooses to be told of: read whole or refused, each error beside its field, nothing typed lost."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from uuid import UUID, uuid5

from notifier.domain.hours import CLOSES, OPENS, PARIS, Rhythm
from notifier.domain.subscription import RHYTHMS, SUBJECTS, Subject, Subscription

Typed = Mapping[str, Sequence[str]]
"""Every value of each field, as it was typed."""
CHOSEN_BY: Mapping[Subject, str] = {"themes": "themes", "agglomerations": "agglomerations"}
"""Subjects that name what they choose, and the field that does."""


@dataclass(frozen=True, slots=True)
class Errors:
    """What is wrong, by field, in French."""

    by_field: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Known:
    """Codes that may be chosen, by field."""

    codes: Mapping[str, frozenset[str]]


def read(
    typed: Typed, person_id: UUID, before: Sequence[Subscription], known: Known, at: datetime
) -> list[Subscription] | Errors:
    """Every subject of a person as chosen. What they were told stays told: only a first choice begins now."""
    errors: dict[str, str] = {}
    hour = _number(typed, "heure", range(OPENS, CLOSES), "Choisissez une heure de la liste.", errors)
    weekday = _number(typed, "jour", range(5), "Choisissez un jour de la liste.", errors)
    paused = _day(typed, "pause", errors)
    kept = {one.subject: one for one in before}
    found = []
    for subject in SUBJECTS:
        rhythm = _rhythm(typed, subject, errors)
        values = _values(typed, subject, rhythm, known, errors)
        begun = kept.get(subject) or Subscription(
            uuid5(person_id, subject), person_id, subject, (), "jamais", hour, weekday, at_once=False, since=at
        )
        since = at if begun.rhythm == "jamais" else begun.since
        found.append(
            replace(
                begun,
                values=values,
                rhythm=rhythm,
                hour=hour,
                weekday=weekday,
                since=since,
                paused_until=paused,
                at_once=bool(_first(typed, "tout_de_suite")),
            )
        )
    return Errors(errors) if errors else found


def typed_of(before: Sequence[Subscription]) -> Typed:
    """The form as it would have been filled in for these subscriptions; a weekly watch of nothing where none are."""
    first = before[0] if before else None
    shown: dict[str, Sequence[str]] = {
        "heure": [str(first.hour if first else 9)],
        "jour": [str(first.weekday if first else 3)],
        "tout_de_suite": ["oui"] if first and first.at_once else [],
        "pause": [first.paused_until.astimezone(PARIS).date().isoformat()] if first and first.paused_until else [],
    }
    for one in before:
        shown[f"rythme_{one.subject}"] = [one.rhythm]
        if one.subject in CHOSEN_BY:
            shown[CHOSEN_BY[one.subject]] = list(one.values)
    return shown


def _first(typed: Typed, name: str) -> str:
    return next(iter(typed.get(name, ())), "").strip()


def _number(typed: Typed, name: str, allowed: range, error: str, errors: dict[str, str]) -> int:
    text = _first(typed, name)
    if text.isascii() and text.isdecimal() and len(text) < 3 and int(text) in allowed:
        return int(text)
    errors[name] = error
    return allowed[0]


def _day(typed: Typed, name: str, errors: dict[str, str]) -> datetime | None:
    text = _first(typed, name)
    if not text:
        return None
    try:
        return datetime.combine(date.fromisoformat(text), time(OPENS), PARIS)
    except ValueError:
        errors[name] = "Écrivez un jour comme 2026-08-24, ou laissez vide."
        return None


def _rhythm(typed: Typed, subject: Subject, errors: dict[str, str]) -> Rhythm:
    text = _first(typed, f"rythme_{subject}") or "jamais"
    if text not in RHYTHMS:
        errors[f"rythme_{subject}"] = "Choisissez un rythme de la liste."
        return "jamais"
    return text


def _values(typed: Typed, subject: Subject, rhythm: Rhythm, known: Known, errors: dict[str, str]) -> tuple[str, ...]:
    name = CHOSEN_BY.get(subject)
    if name is None:
        return ()
    chosen = tuple(dict.fromkeys(one for one in typed.get(name, ()) if one in known.codes[name]))
    if rhythm != "jamais" and not chosen:
        errors[name] = "Cochez au moins une case, ou choisissez « Jamais » au-dessus."
    return chosen
