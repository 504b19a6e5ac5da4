"""Before marking, jurors try the scale on invented dossiers, and read what each level was given for.

Trying the scale together is what brings jurors closer; being told how severe one is does not. Nothing of it counts,
and nobody else sees it.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from kernel.contracts.label import AnchorDossier, ModelMark
from scoring.domain.grids import Asked, Grid


@dataclass(frozen=True, slots=True)
class Compared:
    """What a juror answered to a question, beside what the dossier was given."""

    asked: Asked
    mine: int
    model: ModelMark

    @property
    def words(self) -> str:
        """How far apart, without judging."""
        gap = abs(self.mine - self.model.level)
        return "le même niveau" if not gap else "un niveau d'écart" if gap == 1 else f"{gap} niveaux d'écart"


def questions(dossier: AnchorDossier, grid: Grid) -> tuple[Asked, ...]:
    """What a committee is asked about an anchor dossier: the questions of its grid that have a model."""
    known = {mark.criterion for mark in dossier.marks}
    return tuple(asked for asked in grid.questions if asked.code in known)


def left(dossiers: Iterable[AnchorDossier], grid: Grid, tried: Collection[str]) -> list[AnchorDossier]:
    """The dossiers that are still to be tried, in order; those that ask nothing of this committee are left out."""
    return [one for one in dossiers if one.code not in tried and questions(one, grid)]


def compared(dossier: AnchorDossier, grid: Grid, answers: Mapping[str, int]) -> list[Compared]:
    """Each question with both answers, in the grid's order."""
    models = {mark.criterion: mark for mark in dossier.marks}
    asked = (one for one in questions(dossier, grid) if one.code in answers)
    return [Compared(one, answers[one.code], models[one.code]) for one in asked]
