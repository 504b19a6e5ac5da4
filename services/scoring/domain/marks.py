"""A mark is 0 to 4 or « sans objet »; what stands at either end of the scale says why.

First marks are given alone and do not change once given. Second marks stand beside them: both are kept, and a
change of more than one level says why.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from scoring.domain.grids import TOP, Grid
from scoring.domain.rulings import REASON_MIN, Refused
from scoring.domain.sittings import Phase

NOT_APPLICABLE = "na"
LEVELS = frozenset(str(level) for level in range(TOP + 1))
EXTREMES = frozenset({0, TOP})
REASON_MAX = 2_000
Round = Literal[1, 2]


@dataclass(frozen=True, slots=True)
class Mark:
    """What a juror answered: `value` None with `applies` is nothing yet, without it « sans objet »."""

    value: int | None = None
    applies: bool = True
    reason: str = ""

    @property
    def is_answered(self) -> bool:
        return self.value is not None or not self.applies

    @property
    def choice(self) -> str:
        """As the form has it: a level, `na`, or nothing."""
        if not self.applies:
            return NOT_APPLICABLE
        return "" if self.value is None else str(self.value)


@dataclass(frozen=True, slots=True)
class Given:
    """The marks of one juror on one dossier in one round; `at` once they are given for good."""

    marks: Mapping[str, Mark]
    at: datetime | None = None


def mark_of(choice: str, reason: str) -> Mark | None:
    """The mark of a form's two fields; None when the choice is none that a form offers."""
    reason = reason.strip()
    if choice == NOT_APPLICABLE:
        return Mark(None, False, reason)
    if choice == "":
        return Mark(None, True, reason)
    return Mark(int(choice), True, reason) if choice in LEVELS else None


def objection(mark: Mark) -> str | None:
    """What to do about a mark, None when it will do. Nothing yet will do: the work may be taken up later."""
    if len(mark.reason) > REASON_MAX:
        return f"Raccourcissez la justification : {len(mark.reason)} caractères, {REASON_MAX} au plus"
    if mark.value in EXTREMES and len(mark.reason) < REASON_MIN:
        return f"Justifiez un {mark.value} en {REASON_MIN} caractères au moins"
    return None


def objection_to_change(first: Mark, second: Mark) -> str | None:
    """What to do about a second mark beside the first."""
    if not second.is_answered:
        return "Choisissez un niveau, ou « sans objet »"
    far = first.applies != second.applies
    if first.value is not None and second.value is not None:
        far = abs(first.value - second.value) > 1
    if far and (len(second.reason) < REASON_MIN or second.reason == first.reason):
        return "Vous changez de plus d'un niveau : dites ce qui vous a fait changer"
    return objection(second)


def missing(grid: Grid, marks: Mapping[str, Mark]) -> list[str]:
    """The codes of the questions that keep the marks from being given."""
    return [code for code in grid.codes if not marks.get(code, Mark()).is_answered or objection(marks[code])]


def check_saving(phase: Phase, given: Given) -> None:
    """Raises `Refused` when first marks may not change."""
    if given.at is not None:
        raise Refused("Vos notes sur ce dossier sont rendues : elles ne changent plus. La discussion vient ensuite.")
    if phase is Phase.CLOSE:
        raise Refused("Cette séance est close : les notes ne changent plus.")


def check_giving(grid: Grid, given: Given) -> None:
    """Raises `Refused` when first marks may not be given yet."""
    if left := len(missing(grid, given.marks)):
        raise Refused(f"Il manque {left} réponse(s) ou justification(s) avant de rendre ces notes.")


def check_second(phase: Phase, first: Given) -> None:
    """Raises `Refused` when second marks may not be given."""
    if first.at is None:
        raise Refused("Rendez d'abord vos propres notes sur ce dossier.")
    if phase is not Phase.DISCUSSION:
        raise Refused("Les secondes notes se donnent pendant la discussion.")


def counted(first: Given, second: Given) -> Mapping[str, Mark]:
    """The marks that count: none before they are given, the second ones where there are some."""
    if first.at is None:
        return {}
    return {**first.marks, **second.marks} if second.at else first.marks


def flags(marks: Iterable[Mark]) -> str | None:
    """What staff should know about how a juror used the scale; None when nothing stands out."""
    levels = [mark.value for mark in marks if mark.value is not None]
    used = len(set(levels))
    if len(levels) >= 8 and used == 1:
        return f"toutes ses notes sont à {levels[0]}"
    return "n'utilise que deux niveaux" if len(levels) >= 8 and used == 2 else None
