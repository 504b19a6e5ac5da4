"""Minutes are people's words on a point of the agenda; nobody's wording replaces another that they have not read."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from scoring.domain.rulings import Refused
from scoring.domain.sittings import Sitting

SAID_MAX = 5_000


@dataclass(frozen=True, slots=True)
class Point:
    """What is talked about: a question, or an axis, of a dossier."""

    candidacy_id: UUID
    question: str


@dataclass(frozen=True, slots=True)
class Minute:
    """What was said, by whose hand and when."""

    said: str
    by: str
    at: datetime


def objection_to_words(said: str) -> str | None:
    """What to do about the words of a minute, None when they will do."""
    if not said.strip():
        return "Écrivez ce qui a été dit"
    return f"Raccourcissez : {len(said)} caractères, {SAID_MAX} au plus" if len(said) > SAID_MAX else None


def check_minute(sitting: Sitting, point: Point, said: str, last: Minute | None, seen: str) -> None:
    """Raises `Refused` where the words will not do, or follow a wording that their author has not read."""
    sitting.dossier(point.candidacy_id)
    axes = {part.code for part in sitting.grid.parts}
    if point.question not in axes | set(sitting.grid.codes):
        raise Refused(f"Cette grille n'a pas de question « {point.question} » : rechargez la page.")
    if objection := objection_to_words(said):
        raise Refused(objection + ".")
    if last is not None and last.said != seen.strip():
        raise Refused(f"{last.by} a écrit autre chose sur ce point pendant ce temps : « {last.said} »")
