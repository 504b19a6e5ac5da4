"""After the decision people keep their word: an accord of both sides, a plan that leads to the label, milestones, news.

An accord binds as it was accepted: whatever changes in its commitments makes it one to propose and accept again.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from types import MappingProxyType
from typing import Literal, get_args
from uuid import UUID
from zoneinfo import ZoneInfo

from intake.domain.refusals import Refused
from intake.domain.states import State
from kernel.contracts.working_days import working_day_from

Kind = Literal["porteur", "label", "appui", "jalon"]
KINDS: tuple[Kind, ...] = get_args(Kind)
Progress = Literal["prevu", "en_cours", "tenu", "abandonne"]
PROGRESSES: tuple[Progress, ...] = get_args(Progress)

KIND_WORDS: Mapping[Kind, str] = MappingProxyType(
    {
        "porteur": "Le porteur s’engage",
        "label": "Le label s’engage",
        "appui": "Accompagnement vers le label",
        "jalon": "Étape du projet",
    }
)
PROGRESS_WORDS: Mapping[Progress, str] = MappingProxyType(
    {"prevu": "Prévu", "en_cours": "En cours", "tenu": "Fait", "abandonne": "Abandonné"}
)
ACCORD: frozenset[Kind] = frozenset({"porteur", "label"})
"""The lines that an accord is made of."""
OPEN: Mapping[State, tuple[Kind, ...]] = MappingProxyType(
    {"labellise": ("porteur", "label", "jalon"), "nomine": ("appui", "jalon")}
)
"""What may be written in each state; in the others nothing follows."""
ENDED: frozenset[Progress] = frozenset({"tenu", "abandonne"})
"""Where a line stands once nobody waits for it."""
REMINDED: frozenset[Kind] = frozenset({"porteur", "appui", "jalon"})
"""The lines that a porteur is reminded of; the label's own commitments are the team's affair."""
Reminder = Literal["bientot", "retard"]
AHEAD = timedelta(days=14)
PARIS = ZoneInfo("Europe/Paris")
MORNING = time(9)
MOST = 60
LONGEST = 500
LONGEST_NEWS = 5_000


@dataclass(frozen=True, slots=True)
class Line:
    """A commitment, a step of the plan or a milestone."""

    id: UUID
    candidacy_id: UUID
    kind: Kind
    text: str
    due_on: date
    progress: Progress
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Accord:
    """Where an accord stands. `version` counts the proposals; without `offered_at` it is being written."""

    candidacy_id: UUID
    version: int = 0
    offered_at: datetime | None = None
    accepted_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class News:
    """What a porteur tells of the project; asked by the calendar (`turn`, the years since the decision) or not."""

    id: UUID
    candidacy_id: UUID
    turn: int | None
    asked_at: datetime | None
    answered_at: datetime | None
    text: str


def is_followed(state: State) -> bool:
    """Whether something follows the decision."""
    return state in OPEN


def check_adds(state: State, kind: Kind, known: Collection[Line]) -> None:
    """Refuse a line where it has no place."""
    if kind not in OPEN.get(state, ()):
        raise Refused("Cela ne se prévoit pas pour ce dossier dans son état actuel.")
    if len(known) >= MOST:
        raise Refused(f"Ce dossier a déjà {MOST} lignes de suivi : retirez celles qui ne servent plus.")


def reopened(accord: Accord, kind: Kind) -> Accord:
    """The accord after a change of a line: one of its own lines makes it one to propose again."""
    return replace(accord, offered_at=None, accepted_at=None) if kind in ACCORD else accord


def propose(accord: Accord, state: State, lines: Collection[Line], at: datetime) -> Accord:
    """The accord once the team proposes it. Refuses one that would bind one side alone."""
    if state != "labellise":
        raise Refused("Un accord se propose pour un projet labellisé.")
    if accord.offered_at:
        raise Refused("Cet accord est déjà proposé au porteur.")
    if missing := ACCORD - {line.kind for line in lines}:
        side = "du porteur" if "porteur" in missing else "du label"
        raise Refused(f"Écrivez au moins un engagement {side} : un accord engage les deux côtés.")
    return replace(accord, version=accord.version + 1, offered_at=at, accepted_at=None)


def accept(accord: Accord, version: int, at: datetime) -> Accord:
    """The accord once the porteur accepts the version that was read; a second time changes nothing."""
    if accord.offered_at is None or accord.version != version:
        raise Refused("L’accord a changé depuis que vous l’avez lu : relisez-le, puis acceptez-le.")
    return accord if accord.accepted_at else replace(accord, accepted_at=at)


def news_due(decided_at: datetime, turn: int) -> datetime:
    """When news are asked for the `turn`-th time: the day of the decision, so many years later."""
    local = decided_at.astimezone(UTC)
    try:
        return local.replace(year=local.year + turn)
    except ValueError:  # decided on a 29 February
        return local.replace(year=local.year + turn, day=28)


def turn_at(decided_at: datetime, at: datetime) -> int:
    """How many years have passed: the latest turn whose day has come, 0 in the first year."""
    turn = max(0, at.astimezone(UTC).year - decided_at.astimezone(UTC).year)
    return turn if turn == 0 or news_due(decided_at, turn) <= at else turn - 1


def is_late(line: Line, today: date) -> bool:
    """Whether the day of a line has passed and nobody said what became of it."""
    return line.progress not in ENDED and line.due_on < today


def reminders(line: Line) -> Iterator[tuple[Reminder, datetime]]:
    """When a porteur is reminded of a line, on working mornings: two weeks ahead of its day, and once it has passed."""
    yield "bientot", _morning(working_day_from(line.due_on - AHEAD, -1))
    yield "retard", _morning(working_day_from(line.due_on + timedelta(days=1), 1))


def _morning(day: date) -> datetime:
    return datetime.combine(day, MORNING, PARIS).astimezone(UTC)


def reminders_due(lines: Collection[Line], at: datetime) -> Mapping[tuple[datetime, Reminder], Collection[Line]]:
    """What has come at `at`: for each line its latest reminder alone, those of one morning together.

    None of what is ended, nor of what was past when it was written: so a morning that has passed keeps its lines.
    """
    found: dict[tuple[datetime, Reminder], list[Line]] = {}
    for line in lines:
        come = [(moment, word) for word, moment in reminders(line) if line.at < moment <= at]
        if come and line.kind in REMINDED and line.progress not in ENDED:
            found.setdefault(max(come), []).append(line)
    return found


def next_reminder(lines: Collection[Line], after: datetime) -> datetime | None:
    """The first reminder of these lines that comes after `after`; None where there is none to come."""
    waited = [line for line in lines if line.kind in REMINDED and line.progress not in ENDED]
    return min((moment for line in waited for _, moment in reminders(line) if moment > after), default=None)
