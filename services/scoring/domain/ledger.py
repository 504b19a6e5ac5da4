"""The file from which anybody can redo the scores: every weight, every quorum, every cell, every result.

One line a fact, separated by semicolons; jurors are numbers, dossiers are their numbers. `chevalement verify`
reads it and recomputes the results without any code of the platform.
"""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence

from kernel.contracts.scoring import Committee
from scoring.domain.scores import Sheet, Total, shown, total

COLUMNS = ("kind", "committee", "axis", "question", "dossier", "juror", "value")
FORMAT = "chevalement-scores-1"
NOT_APPLICABLE = "NA"

Line = tuple[str, str, str, str, str, str, str]


def ledger(sheets: Mapping[Committee, Sheet], awaited: Sequence[Committee], names: Mapping[str, str]) -> str:
    """The CSV text; `names` gives each dossier's number, and the order."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow(COLUMNS)
    writer.writerow(("format", "", "", "", "", "", FORMAT))
    for committee in awaited:
        writer.writerow(("awaited", committee, "", "", "", "", ""))
    for committee, sheet in sheets.items():
        writer.writerows(_rules(committee, sheet))
    for committee, sheet in sheets.items():
        writer.writerows(_quorums(committee, sheet, names))
        writer.writerows(_cells(committee, sheet, names))
    for dossier, number in names.items():
        writer.writerows(_results(number, total(sheets, awaited, dossier)))
    return out.getvalue()


def _rules(committee: Committee, sheet: Sheet) -> Iterable[Line]:
    yield "weight", committee, "", "", "", "", str(sheet.grid.weight)
    yield "quorum", committee, "", "", "", "", str(sheet.grid.quorum)
    yield "grid", committee, "", "", "", "", sheet.grid.version
    for part in sheet.grid.parts:
        yield "weight", committee, part.code, "", "", "", str(part.weight)
        for asked in part.questions:
            yield "question", committee, part.code, asked.code, "", "", ""


def _quorums(committee: Committee, sheet: Sheet, names: Mapping[str, str]) -> Iterable[Line]:
    for dossier, number in names.items():
        if dossier in sheet.quorums:
            yield "quorum", committee, "", "", number, "", str(sheet.quorums[dossier])


def _cells(committee: Committee, sheet: Sheet, names: Mapping[str, str]) -> Iterable[Line]:
    numbers = {juror: str(n) for n, juror in enumerate(sheet.jurors, 1)}
    axis = {asked.code: part.code for part in sheet.grid.parts for asked in part.questions}
    for dossier, number in names.items():
        for juror, answers in sorted(sheet.of(dossier).items()):
            for code in sheet.grid.codes:
                if code in answers:
                    level = answers[code]
                    text = NOT_APPLICABLE if level is None else str(level)
                    yield "cell", committee, axis[code], code, number, numbers[juror], text


def _results(number: str, found: Total) -> Iterable[Line]:
    for committee, part in found.parts.items():
        value = str(shown(part.score, 4)) if part.score is not None else ""
        yield "score", committee, "", "", number, "", value
    yield "total", "", "", "", number, "", str(shown(found.value)) if found.value is not None else ""
