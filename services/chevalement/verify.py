"""Redoes a wave's scores from its file alone, to the last digit, and says where the file does not agree with itself.

It shares no code with the platform and needs Python only: `python verify.py FILE`, or `chevalement verify FILE`.
FILE is the marks (CSV) or a whole decision file (ZIP).
The rule, in full: a juror's axis is the mean of the questions answered (NA is left out); a committee's axis is the
mean of its jurors' axes; its score is their mean by the axes' weights, and exists when enough jurors (the quorum)
answered at least one question; a dossier's total is the mean of the committees' scores by their weights, times 25,
and exists when every committee has a score. Scores show four decimals, totals two, halves going up.
"""

import csv
import hashlib
import io
import sys
import zipfile
from collections.abc import Iterable, Iterator
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from pathlib import Path

FORMAT = "chevalement-scores-1"
COLUMNS = ["kind", "committee", "axis", "question", "dossier", "juror", "value"]
SUMS, MARKS = "SHA256SUMS", "notes.csv"
UNPACKED_MAX = 50_000_000
KINDS = {"format", "awaited", "weight", "quorum", "grid", "question", "cell", "score", "total"}


class Unreadable(ValueError):
    """The file is not one that the platform writes; says on which line."""


class Book:
    """What the file says, by kind."""

    def __init__(self, rows: Iterable[list[str]]) -> None:
        self.awaited: set[str] = set()
        self.weights: dict[tuple[str, str], int] = {}
        self.quorums: dict[tuple[str, str], int] = {}
        self.axis_of: dict[tuple[str, str], str] = {}
        self.cells: dict[tuple[str, str], dict[str, dict[str, str]]] = {}
        self.scores: dict[tuple[str, str], str] = {}
        self.totals: dict[str, str] = {}
        self.lines = 0
        for number, row in enumerate(rows, 2):
            try:
                self._read(row)
            except (ValueError, KeyError) as error:
                raise Unreadable(f"line {number}: {row}: {error}") from None

    def _read(self, row: list[str]) -> None:
        kind, committee, axis, question, dossier, juror, value = row
        if kind not in KINDS or (kind == "format" and value != FORMAT):
            raise ValueError(f"{kind!r} with {value!r} is not known to this verifier")
        if kind == "awaited":
            self.awaited.add(committee)
        elif kind == "weight":
            self.weights[committee, axis] = int(value)
        elif kind == "quorum":
            self.quorums[committee, dossier] = int(value)
        elif kind == "question":
            self.axis_of[committee, question] = axis
        elif kind == "cell":
            self._cell(committee, question, (dossier, juror), value)
        elif kind in {"score", "total"}:
            self._result(kind, committee, dossier, value)
        self.lines += 1

    def _cell(self, committee: str, question: str, where: tuple[str, str], value: str) -> None:
        if value not in {"0", "1", "2", "3", "4", "NA"}:
            raise ValueError(f"a mark is 0 to 4 or NA, not {value!r}")
        if (committee, question) not in self.axis_of:
            raise ValueError(f"{question!r} is no question of {committee!r}")
        answers = self.cells.setdefault((committee, where[0]), {}).setdefault(where[1], {})
        if question in answers:
            raise ValueError("this cell is there twice")
        answers[question] = value

    def _result(self, kind: str, committee: str, dossier: str, value: str) -> None:
        known: dict[tuple[str, str], str] | dict[str, str] = self.scores if kind == "score" else self.totals
        key = (committee, dossier) if kind == "score" else dossier
        if key in known:
            raise ValueError("this result is there twice")
        known[key] = value  # type: ignore[index]  # the key goes with the dictionary


def read(path: Path) -> Book:
    """The marks of a file, or of a decision file whose fingerprints hold. Raises `Unreadable`."""
    content = path.read_bytes()
    if zipfile.is_zipfile(io.BytesIO(content)):
        content = _marks_of(path, content)
    rows = csv.reader(io.StringIO(content.decode(), newline=""), delimiter=";")
    head = next(rows, [])
    first = next(rows, [])
    if head != COLUMNS or first != ["format", "", "", "", "", "", FORMAT]:
        raise Unreadable(f"{path} does not begin as a {FORMAT} file does")
    return Book(rows)


def _marks_of(path: Path, content: bytes) -> bytes:
    """The marks of a decision file, once every file in it is the one that was fingerprinted. Raises `Unreadable`."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = set(archive.namelist())
        if not {SUMS, MARKS} <= names or sum(one.file_size for one in archive.infolist()) > UNPACKED_MAX:
            raise Unreadable(f"{path} is no decision file: it needs {SUMS} and {MARKS}, {UNPACKED_MAX} bytes at most")
        lines = [line.split("  ", 1) for line in archive.read(SUMS).decode().splitlines()]
        known = {line[1]: line[0] for line in lines if len(line) == 2}
        wrong = sorted(names - {SUMS} ^ set(known))
        wrong += [n for n in known if n in names and hashlib.sha256(archive.read(n)).hexdigest() != known[n]]
        if wrong:
            raise Unreadable(f"{path}: changed, added or missing since it was made: {', '.join(wrong)}")
        return archive.read(MARKS)


def weighted(pairs: Iterable[tuple[int, Fraction | None]]) -> Fraction | None:
    found = [(weight, value) for weight, value in pairs if value is not None]
    whole = sum(weight for weight, _ in found)
    return sum((weight * value for weight, value in found), Fraction(0)) / whole if whole else None


def mean(values: Iterable[Fraction]) -> Fraction | None:
    found = list(values)
    return sum(found, Fraction(0)) / len(found) if found else None


def score(book: Book, committee: str, dossier: str) -> Fraction | None:
    """A committee's score of a dossier, on the scale; None under the quorum."""
    jurors = [
        {question: Fraction(int(value)) for question, value in answers.items() if value != "NA"}
        for answers in book.cells.get((committee, dossier), {}).values()
    ]
    jurors = [answers for answers in jurors if answers]
    quorum = book.quorums.get((committee, dossier), book.quorums[committee, ""])
    if len(jurors) < quorum:
        return None
    axes = []
    for (owner, axis), weight in book.weights.items():
        if owner == committee and axis:
            mine = (mean(v for q, v in answers.items() if book.axis_of[committee, q] == axis) for answers in jurors)
            axes.append((weight, mean(value for value in mine if value is not None)))
    return weighted(axes)


def total(book: Book, dossier: str) -> Fraction | None:
    """A dossier's total out of 100; None when a committee has no score."""
    committees = [committee for committee, axis in book.weights if not axis]
    scores = [(book.weights[committee, ""], score(book, committee, dossier)) for committee in committees]
    if book.awaited or any(value is None for _, value in scores):
        return None
    found = weighted(scores)
    return None if found is None else found * 25


def shown(value: Fraction | None, decimals: int) -> str:
    if value is None:
        return ""
    exact = Decimal(value.numerator) / Decimal(value.denominator)
    return str(exact.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP))


def differences(book: Book) -> Iterator[str]:
    """A line for each result that the cells do not give."""
    committees = [committee for committee, axis in book.weights if not axis]
    wanted = {(committee, dossier) for committee in committees for dossier in book.totals}
    for committee, dossier in sorted(wanted | set(book.scores)):
        said, redone = book.scores.get((committee, dossier)), shown(score(book, committee, dossier), 4)
        if said != redone:
            yield f"{dossier}, {committee}: the file says {said or 'nothing'}, the cells give {redone or 'nothing'}"
    for dossier in sorted(set(book.totals) | {dossier for _, dossier in book.cells}):
        said, redone = book.totals.get(dossier), shown(total(book, dossier), 2)
        if said != redone:
            yield f"{dossier}, total: the file says {said or 'nothing'}, the cells give {redone or 'nothing'}"


def report(path: Path) -> tuple[list[str], bool]:
    """What to print, and whether everything agrees."""
    try:
        book = read(path)
        wrong = list(differences(book))
    except (Unreadable, OSError, UnicodeDecodeError, csv.Error, KeyError, zipfile.BadZipFile) as error:
        return [f"{path}: cannot be verified: {error}"], False
    cells = sum(len(answers) for jurors in book.cells.values() for answers in jurors.values())
    lines = [f"{dossier}: {shown(total(book, dossier), 2) or 'no total'}" for dossier in sorted(book.totals)]
    if book.awaited:
        lines.append(f"without a sitting: {', '.join(sorted(book.awaited))}")
    verdict = f"results that do not agree: {len(wrong)}" if wrong else "every result agrees with the cells"
    return [*lines, *wrong, f"{cells} cells, {len(book.totals)} dossiers: {verdict}"], not wrong


if __name__ == "__main__":
    if len(sys.argv) != 2:
        raise SystemExit("usage: python verify.py FILE")
    said, agrees = report(Path(sys.argv[1]))
    print("\n".join(said))
    raise SystemExit(0 if agrees else 1)
