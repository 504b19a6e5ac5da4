"""What a porteur learns of the marks on their project: the shape of them and some words, never whose.

A mark is told from three jurors on, a median from five dossiers on. Words are not tied to a juror, a committee or one
another: they stand in an order that depends on nothing but themselves, and the names of those who sat are struck out.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from statistics import median
from typing import Any

from scoring.domain.books import Book
from scoring.domain.grids import Asked
from scoring.domain.marks import Mark

JURORS_MIN = 3
DOSSIERS_MIN = 5
POINTS = 3
QUOTES = 3
STRONG, WEAK = 2.0, 3.0
"""A strength is above the middle of the scale, a gap under its level « solide »."""
STRUCK = "[…]"


@dataclass(frozen=True, slots=True)
class Line:
    """A sub-criterion: the project's mean and the wave's median, None where it may not be told."""

    name: str
    mine: float | None
    median: float | None


@dataclass(frozen=True, slots=True)
class Point:
    """A strength or a gap, with what was written about it."""

    name: str
    quotes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Feedback:
    """`dossiers` are those compared; under five there are no medians."""

    lines: tuple[Line, ...] = ()
    strengths: tuple[Point, ...] = ()
    gaps: tuple[Point, ...] = ()
    dossiers: int = 0

    @property
    def is_compared(self) -> bool:
        return any(line.median is not None for line in self.lines)

    @property
    def quotes(self) -> tuple[str, ...]:
        """Every quote, once."""
        return tuple(dict.fromkeys(quote for point in (*self.strengths, *self.gaps) for quote in point.quotes))

    def without(self, hidden: Iterable[str]) -> "Feedback":
        """The same without the quotes that staff keep back, named by `named`."""
        kept_back = frozenset(hidden)

        def left(points: tuple[Point, ...]) -> tuple[Point, ...]:
            return tuple(Point(p.name, tuple(q for q in p.quotes if named(q) not in kept_back)) for p in points)

        return Feedback(self.lines, left(self.strengths), left(self.gaps), self.dossiers)

    def as_data(self) -> dict[str, Any]:
        """As it is kept; `read` gives it back."""
        return {
            "lines": [[line.name, line.mine, line.median] for line in self.lines],
            "strengths": [[point.name, list(point.quotes)] for point in self.strengths],
            "gaps": [[point.name, list(point.quotes)] for point in self.gaps],
            "dossiers": self.dossiers,
        }


def read(data: Mapping[str, Any]) -> Feedback:
    """What `Feedback.as_data` gave."""
    return Feedback(
        tuple(Line(*row) for row in data["lines"]),
        tuple(Point(name, tuple(quotes)) for name, quotes in data["strengths"]),
        tuple(Point(name, tuple(quotes)) for name, quotes in data["gaps"]),
        data["dossiers"],
    )


def named(quote: str) -> str:
    """A quote by its digest, for forms."""
    return sha256(quote.encode()).hexdigest()[:12]


def feedback(books: Sequence[Book], dossier: str) -> Feedback:
    """The feedback on one dossier of a wave, from the marks that count in all its sittings."""
    asked = _criteria(books)
    dossiers = sorted({str(frozen.candidacy_id) for book in books for frozen in book.dossiers})
    cells = {(key, one.code): _cell(books, key, one.code) for key in dossiers for one in asked}
    lines = tuple(_line(one, dossier, dossiers, cells) for one in asked)
    known = [(line.mine, n) for n, line in enumerate(lines) if line.mine is not None]
    best = sorted((pair for pair in known if pair[0] > STRONG), key=lambda pair: (-pair[0], pair[1]))[:POINTS]
    worst = [pair for pair in sorted(known) if pair[0] < WEAK and pair not in best][:POINTS]
    names = [seat.name for book in books for seat in book.seats]
    return Feedback(
        lines,
        tuple(_point(asked[n], cells[dossier, asked[n].code], names, strong=True) for _, n in best),
        tuple(_point(asked[n], cells[dossier, asked[n].code], names, strong=False) for _, n in worst),
        len(dossiers),
    )


def _criteria(books: Sequence[Book]) -> tuple[Asked, ...]:
    """The questions of the widest grid: the sub-criteria that a porteur knows from their form."""
    return max((book.sitting.grid.questions for book in books), key=len, default=())


def _cell(books: Sequence[Book], dossier: str, code: str) -> list[Mark]:
    """Every mark of a question on a dossier, whatever the committee, « sans objet » left out."""
    found = []
    for book in books:
        for frozen in book.dossiers:
            if str(frozen.candidacy_id) == dossier:
                given = book.counted(frozen.candidacy_id).values()
                found += [marks[code] for marks in given if code in marks and marks[code].value is not None]
    return found


def _mean(marks: Sequence[Mark]) -> float | None:
    levels = [mark.value for mark in marks if mark.value is not None]
    return sum(levels) / len(levels) if len(levels) >= JURORS_MIN else None


def _line(asked: Asked, dossier: str, dossiers: list[str], cells: Mapping[tuple[str, str], list[Mark]]) -> Line:
    means = [value for key in dossiers if (value := _mean(cells[key, asked.code])) is not None]
    mine = _mean(cells.get((dossier, asked.code), []))
    return Line(asked.name, mine, median(means) if mine is not None and len(means) >= DOSSIERS_MIN else None)


def _point(asked: Asked, marks: Sequence[Mark], names: Iterable[str], *, strong: bool) -> Point:
    wanted = [mark.reason for mark in marks if mark.reason and mark.value is not None and (mark.value >= 2) is strong]
    struck = {_struck(reason, names) for reason in wanted}
    return Point(asked.name, tuple(sorted(struck, key=named)[:QUOTES]))


def _struck(words: str, names: Iterable[str]) -> str:
    """The words without the names of those who sat, longest first."""
    for name in sorted(set(names), key=len, reverse=True):
        words = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", STRUCK, words, flags=re.IGNORECASE)
    return " ".join(words.split())
