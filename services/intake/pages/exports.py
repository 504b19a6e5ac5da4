"""The list of dossiers as a file for a spreadsheet, with the filters of its view; no cell can become a formula."""

import asyncio
import csv
import io
from collections.abc import Callable, Sequence
from datetime import datetime

import xlsxwriter
from fastapi import APIRouter
from odfdo import Cell as OdsCell
from odfdo import Document, Row, Table
from starlette.responses import Response

from intake.domain.states import WORDS
from intake.domain.vocabulary import LEGAL_FORMS, STAGES
from intake.forms.viewing import Asked
from intake.pages.listing import Viewed
from intake.pages.shell import PRIVATE, Shell, Staff
from intake.store.lists import DossierLine, whole
from kernel.contracts.label import Label
from kernel.ui.french import PARIS

Cell = str | int | datetime | None
HEAD = (
    "Numéro",
    "Projet",
    "Porteur",
    "Forme juridique",
    "Commune",
    "Agglomération",
    "Thèmes",
    "Stade",
    "Budget (€)",
    "État",
    "Reçu le",
)
WIDTHS = (14, 44, 34, 26, 22, 12, 40, 14, 14, 18, 17)
FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
"""What makes a spreadsheet take the text of a CSV for a formula."""
ODS_TYPE = "application/vnd.oasis.opendocument.spreadsheet"
SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

Write = Callable[[Sequence[Sequence[Cell]]], bytes]


def routes(shell: Shell) -> APIRouter:
    """`/dossiers.csv`, `/dossiers.xlsx` and `/dossiers.ods`: staff only."""
    router = APIRouter()

    async def made(asked: Asked, write: Write) -> bytes:
        async with shell.database.reading() as session:
            lines = await whole(session, asked.view)
        return await asyncio.to_thread(write, [cells(line, shell.label) for line in lines])

    @router.get("/dossiers.csv")
    async def export_csv(asked: Viewed, _: Staff) -> Response:
        return _file(await made(asked, as_csv), "dossiers.csv", "text/csv; charset=utf-8")

    @router.get("/dossiers.xlsx")
    async def export_xlsx(asked: Viewed, _: Staff) -> Response:
        return _file(await made(asked, as_xlsx), "dossiers.xlsx", SHEET_TYPE)

    @router.get("/dossiers.ods")
    async def export_ods(asked: Viewed, _: Staff) -> Response:
        return _file(await made(asked, as_ods), "dossiers.ods", ODS_TYPE)

    return router


def as_csv(rows: Sequence[Sequence[Cell]]) -> bytes:
    """UTF-8 with its mark and semicolons, as French spreadsheets open it; times are those of Paris."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(HEAD)
    writer.writerows([_plain(cell) for cell in row] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def as_xlsx(rows: Sequence[Sequence[Cell]]) -> bytes:
    """One sheet whose amounts are numbers, times are times, and everything else is text."""
    made = io.BytesIO()
    book = xlsxwriter.Workbook(made, {"in_memory": True})
    sheet = book.add_worksheet("Dossiers")
    styles = {
        "head": {"bold": True, "bottom": 1},
        "time": {"num_format": "dd/mm/yyyy hh:mm"},
        "sum": {"num_format": "# ##0"},
    }
    formats = {name: book.add_format(style) for name, style in styles.items()}
    for column, words in enumerate(HEAD):
        sheet.set_column(column, column, WIDTHS[column])
        sheet.write_string(0, column, words, formats["head"])
    for number, row in enumerate(rows, 1):
        for column, cell in enumerate(row):
            if isinstance(cell, str):
                sheet.write_string(number, column, cell)
            elif isinstance(cell, datetime):
                sheet.write_datetime(number, column, cell, formats["time"])
            elif cell is not None:
                sheet.write_number(number, column, cell, formats["sum"])
    sheet.freeze_panes(1, 1)
    sheet.autofilter(0, 0, len(rows), len(HEAD) - 1)
    book.close()
    return made.getvalue()


def as_ods(rows: Sequence[Sequence[Cell]]) -> bytes:
    """The same sheet as an OpenDocument: each cell says what it is, and none is a formula."""
    sheet = Table("Dossiers")
    for row in (HEAD, *rows):
        line = Row()
        for cell in row:
            line.append_cell(OdsCell(cell))
        sheet.append_row(line)
    document = Document("spreadsheet")
    document.body.clear()
    document.body.append(sheet)
    made = io.BytesIO()
    document.save(made)
    return made.getvalue()


def cells(line: DossierLine, label: Label) -> list[Cell]:
    """A dossier in the order of `HEAD`, in words."""
    commune = label.communes.get(line.commune_code)
    return [
        line.number,
        line.title,
        line.porteur,
        LEGAL_FORMS.get(line.porteur_form, line.porteur_form),
        commune.name if commune else line.commune_code,
        commune.epci_acronym if commune else line.epci_code,
        ", ".join(map(label.theme, line.themes)),
        STAGES.get(line.stage, line.stage),
        line.budget,
        WORDS[line.state].label,
        line.submitted_at.astimezone(PARIS).replace(tzinfo=None, second=0, microsecond=0),
    ]


def _plain(cell: Cell) -> str | int:
    if isinstance(cell, datetime):
        return f"{cell:%Y-%m-%d %H:%M}"
    if isinstance(cell, str) and cell.startswith(FORMULA):
        return f"'{cell}"
    return "" if cell is None else cell


def _file(content: bytes, name: str, kind: str) -> Response:
    headers = {**PRIVATE, "Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type=kind, headers=headers)
