"""What waits for the team, computed from what is true now: a task is never a copy that could outlive its reason."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal
from uuid import UUID

from intake.domain.acts import WORDS, Act
from intake.domain.draft import TITLES
from intake.domain.follow_up import KIND_WORDS, Line, is_late
from intake.domain.revision import Correction
from intake.domain.states import State
from intake.domain.wave import Wave

Kind = Literal[
    "hors_delai",
    "reponse",
    "echec",
    "acte",
    "pieces",
    "quorum",
    "correction",
    "echeance",
    "suivi",
    "financement",
    "lire",
    "relire",
    "preselection",
    "vague",
]
KINDS: Mapping[Kind, str] = {
    "hors_delai": "Dépôt hors délai à décider",
    "reponse": "Réponse attendue par un porteur",
    "echec": "Message qui n’est pas parti",
    "acte": "Acte fait en partie seulement",
    "pieces": "Pièces à relire après un effacement",
    "quorum": "Quorum manquant dans un comité",
    "correction": "Correction en retard",
    "echeance": "Correction attendue cette semaine",
    "suivi": "Engagement ou étape en retard",
    "financement": "Financement à regarder",
    "lire": "Candidature à lire",
    "relire": "Nouvelle version à relire",
    "preselection": "Présélection à décider",
    "vague": "Vague qui se termine",
}
"""In the order in which they are shown: the most pressing first."""
PATIENCE = timedelta(days=7)
"""After a week without an answer people telephone; a wave is watched in its last week."""
QUORUM_WATCH = timedelta(days=3)
"""From so many days before the marks are due, jurors who are late are called."""


@dataclass(frozen=True, slots=True)
class Known:
    """A dossier as far as tasks go."""

    id: UUID
    number: str
    title: str
    state: State
    revision: int
    submitted_at: datetime


@dataclass(frozen=True, slots=True)
class Quorum:
    """What the dossiers of a committee's sitting lack: by dossier, marks under the quorum, due on `marks_until`."""

    sitting: UUID
    marks_until: date
    missing: Mapping[UUID, int]
    revision: int = 1


@dataclass(frozen=True, slots=True)
class Reminder:
    """A call that somebody wanted looked at by a day that has come."""

    match_id: UUID
    candidacy_id: UUID
    due_on: date
    what: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Facts:
    """All that tasks are made from."""

    dossiers: Iterable[Known]
    read: Mapping[UUID, int]
    waiting: Mapping[UUID, datetime]
    corrections: Iterable[Correction]
    failures: Iterable[tuple[UUID, datetime, str]]
    """Dossier, moment and reason of each message that will not leave."""
    wave: Wave | None = None
    last: Wave | None = None
    """The wave that dossiers without an answer belong to: the open one, else the one that closed last."""
    halves: Iterable[Act] = ()
    """Acts of which something was left undone."""
    quorums: Iterable[Quorum] = ()
    reminders: Iterable[Reminder] = ()
    lines: Iterable[Line] = ()
    """Commitments and steps of the dossiers that are followed, whose day has passed."""
    rereading: Mapping[UUID, datetime] = field(default_factory=dict)
    """Dossiers whose contact was erased and whose files nobody has reread, since when."""


@dataclass(frozen=True, slots=True)
class Task:
    """Something to do. `key` names it as long as its reason lasts; `since` is when it became due."""

    key: str
    kind: Kind
    what: str
    since: datetime
    address: str
    dossier: UUID | None = None


def tasks(facts: Facts, now: datetime) -> list[Task]:
    """Everything to do at `now`, the most pressing kind first, the oldest first in each."""
    known = {one.id: one for one in facts.dossiers}
    found = [*_reading(known.values(), facts.read), *_answers(known, facts, now), *_wave(facts.wave, now)]
    found += [*_choosing(known.values(), facts.last), *_halves(facts.halves, now)]
    found += [*_quorums(known, facts.quorums, now)]
    found += (_of(known[one], "pieces", since) for one, since in facts.rereading.items() if one in known)
    found += map(_funding, facts.reminders)
    found += (_late(known[line.candidacy_id], line) for line in facts.lines if is_late(line, now.date()))
    order = list(KINDS)
    return sorted(found, key=lambda task: (order.index(task.kind), task.since, task.key))


def _reading(dossiers: Iterable[Known], read: Mapping[UUID, int]) -> Iterable[Task]:
    for one in dossiers:
        if one.state == "hors_delai":
            yield _of(one, "hors_delai", one.submitted_at)
        elif one.state == "depose" and one.id not in read:
            yield _of(one, "lire", one.submitted_at)
        elif one.id in read and read[one.id] < one.revision:
            yield _of(one, "relire", one.submitted_at, f":{one.revision}")


def _answers(known: Mapping[UUID, Known], facts: Facts, now: datetime) -> Iterable[Task]:
    for dossier, since in facts.waiting.items():
        if now - since >= PATIENCE and dossier in known:
            yield _of(known[dossier], "reponse", since, f":{since.isoformat()}")
    for one in facts.corrections:
        if one.outcome is None and one.candidacy_id in known and one.due_on < (now + PATIENCE).date():
            yield _correction(known[one.candidacy_id], one, now)
    for dossier, at, reason in facts.failures:
        if dossier in known:
            what = f"{_name(known[dossier])} : {reason}"
            yield Task(f"echec:{dossier}:{at.isoformat()}", "echec", what, at, _address(known[dossier]), dossier)


def _correction(dossier: Known, asked: Correction, now: datetime) -> Task:
    kind: Kind = "correction" if asked.due_on < now.date() else "echeance"
    what = f"{_name(dossier)} : {TITLES[asked.section]}, attendue le {asked.due_on:%d/%m/%Y}"
    return Task(f"{kind}:{asked.id}", kind, what, asked.asked_at, _address(dossier), dossier.id)


def _late(dossier: Known, line: Line) -> Task:
    what = f"{_name(dossier)} : {KIND_WORDS[line.kind]}, « {line.text} », pour le {line.due_on:%d/%m/%Y}"
    since = datetime.combine(line.due_on, time(), UTC)
    return Task(f"suivi:{line.id}:{line.due_on}", "suivi", what, since, f"{_address(dossier)}#suivi", dossier.id)


def _choosing(dossiers: Iterable[Known], wave: Wave | None) -> Iterable[Task]:
    """Once a wave is closed its dossiers wait for the preselection."""
    waiting = [one for one in dossiers if one.state == "depose"]
    if waiting and wave is not None and wave.closed_at is not None:
        what = f"« {wave.calendar.title} » : dossiers sans réponse, {len(waiting)}"
        yield Task(f"preselection:{wave.id}", "preselection", what, wave.closed_at, f"/preselection?vague={wave.id}")


def _halves(acts: Iterable[Act], now: datetime) -> Iterable[Task]:
    """For a week, then the page of acts remembers it."""
    for one in acts:
        if one.left and one.ended_at is not None and now - one.ended_at < PATIENCE:
            what = f"{WORDS[one.kind]} : dossiers laissés de côté, {len(one.left)}"
            yield Task(f"acte:{one.id}", "acte", what, one.ended_at, f"/actes/{one.id}")


def _quorums(known: Mapping[UUID, Known], quorums: Iterable[Quorum], now: datetime) -> Iterable[Task]:
    """A dossier that is no longer in the committees' hands lacks nothing."""
    for one in quorums:
        lacking = {key: n for key, n in one.missing.items() if key in known and known[key].state == "preselectionne"}
        begins = one.marks_until - QUORUM_WATCH
        if lacking and now.date() >= begins:
            named = ", ".join(sorted(f"{known[key].number} ({n})" for key, n in lacking.items()))
            what = f"Notes attendues le {one.marks_until:%d/%m/%Y}, il en manque à : {named}"
            since = datetime.combine(begins, time(), UTC)
            yield Task(f"quorum:{one.sitting}", "quorum", what, since, f"/instruction/seances/{one.sitting}")


def _funding(one: Reminder) -> Task:
    key, address = f"financement:{one.match_id}:{one.due_on}", f"/veille/tri/{one.match_id}"
    return Task(key, "financement", one.what, one.at, address, one.candidacy_id)


def _wave(wave: Wave | None, now: datetime) -> Iterable[Task]:
    if wave is not None and now < wave.calendar.closes_at <= now + PATIENCE:
        what = f"« {wave.calendar.title} » se termine le {wave.calendar.closes_at:%d/%m/%Y}"
        yield Task(f"vague:{wave.id}", "vague", what, wave.calendar.closes_at - PATIENCE, "/vagues")


def _of(one: Known, kind: Kind, since: datetime, more: str = "") -> Task:
    return Task(f"{kind}:{one.id}{more}", kind, _name(one), since, _address(one), one.id)


def _name(one: Known) -> str:
    return f"{one.number}, {one.title}"


def _address(one: Known) -> str:
    return f"/dossiers/{one.id}"


def visible(found: Iterable[Task], aside: Mapping[str, date]) -> tuple[list[Task], list[Task]]:
    """The tasks to see now, and those put aside until a day to come."""
    all_of_them = list(found)
    return [one for one in all_of_them if one.key not in aside], [one for one in all_of_them if one.key in aside]
