"""The published arithmetic, exact: juror → axis → committee → total, and nothing else decides a score.

« Sans objet » is left out and counted, never 0. A committee under its quorum has no score on a dossier, and a
dossier that lacks one committee's score has no total. A citizen can redo it all from the cells.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from kernel.contracts.scoring import Committee
from scoring.domain.grids import TOP, Grid, Part

Answers = Mapping[str, int | None]
"""By question: a level, None for « sans objet »; a question that was not answered is not there."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """The marks of a committee that count: by dossier, by juror."""

    grid: Grid
    marks: Mapping[str, Mapping[str, Answers]]
    quorums: Mapping[str, int] = field(default_factory=dict)
    """Those of the dossiers that recusals changed."""

    def quorum(self, dossier: str) -> int:
        return self.quorums.get(dossier, self.grid.quorum)

    def of(self, dossier: str) -> Mapping[str, Answers]:
        return self.marks.get(dossier, {})

    @property
    def jurors(self) -> list[str]:
        """Everybody who marked something, sorted."""
        return sorted({juror for marks in self.marks.values() for juror in marks})


@dataclass(frozen=True, slots=True)
class CommitteeScore:
    """What a committee says of a dossier, on the scale; `score` is None under the quorum."""

    committee: Committee
    axes: Mapping[str, Fraction | None]
    score: Fraction | None
    heard: int
    quorum: int
    not_applicable: int


@dataclass(frozen=True, slots=True)
class Total:
    """Out of 100; None with the committees that it waits for."""

    value: Fraction | None
    parts: Mapping[Committee, CommitteeScore]
    awaited: tuple[Committee, ...]


def mean(values: Iterable[Fraction | int]) -> Fraction | None:
    """None of nothing."""
    found = list(values)
    return Fraction(sum(found), len(found)) if found else None


def weighted(pairs: Iterable[tuple[int, Fraction | None]]) -> Fraction | None:
    """The mean of the values that are there, by their weights; None where there is none."""
    found = [(weight, value) for weight, value in pairs if value is not None]
    whole = sum(weight for weight, _ in found)
    return sum((weight * value for weight, value in found), Fraction(0)) / whole if whole else None


def juror_axis(part: Part, answers: Answers) -> Fraction | None:
    """The mean of a juror's answered questions on an axis."""
    levels = [answers.get(asked.code) for asked in part.questions]
    return mean(level for level in levels if level is not None)


def juror_score(grid: Grid, answers: Answers) -> Fraction | None:
    """A juror's whole score of a dossier on the scale, for the informative layer."""
    return weighted((part.weight, juror_axis(part, answers)) for part in grid.parts)


def committee_score(sheet: Sheet, dossier: str) -> CommitteeScore:
    """The committee's axes are means of its jurors', its score their weighted mean."""
    grid = sheet.grid
    heard = [answers for answers in sheet.of(dossier).values() if any(v is not None for v in answers.values())]
    axes = {
        part.code: mean(found for answers in heard if (found := juror_axis(part, answers)) is not None)
        for part in grid.parts
    }
    quorum = sheet.quorum(dossier)
    return CommitteeScore(
        committee=grid.committee,
        axes=axes,
        score=weighted((part.weight, axes[part.code]) for part in grid.parts) if len(heard) >= quorum else None,
        heard=len(heard),
        quorum=quorum,
        not_applicable=sum(level is None for answers in heard for level in answers.values()),
    )


def total(sheets: Mapping[Committee, Sheet], awaited: Iterable[Committee], dossier: str) -> Total:
    """The weighted mean of the committees out of 100; `awaited` are those without a sitting."""
    parts = {committee: committee_score(sheet, dossier) for committee, sheet in sheets.items()}
    lacking = (*awaited, *(committee for committee, part in parts.items() if part.score is None))
    value = weighted((sheets[committee].grid.weight, part.score) for committee, part in parts.items())
    return Total(None if lacking or value is None else value * 100 / TOP, parts, lacking)


def shown(value: Fraction, decimals: int = 2) -> Decimal:
    """As pages and files show it: halves go up, as everybody was taught."""
    exact = Decimal(value.numerator) / Decimal(value.denominator)
    return exact.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)


def ranks(values: Mapping[str, Fraction]) -> dict[str, int]:
    """Rank 1 for the highest; equal values share the better rank."""
    return {name: 1 + sum(other > value for other in values.values()) for name, value in values.items()}
