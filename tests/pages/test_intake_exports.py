"""A spreadsheet of the list says what the list says, and runs nothing that somebody typed."""

import csv
import io
import zipfile
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path
from uuid import uuid4
from xml.etree.ElementTree import Element, fromstring

import httpx2
import pytest
from odfdo import Document

from intake import handlers
from intake.domain.states import WORDS
from intake.pages.exports import HEAD, as_csv, as_xlsx
from tests.intake_story import dossier, form
from tests.pages.intake_desk import Desk, opened, page, wave_form

NAMES = {"s": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}
FORMULAS = ["=1+1", "+33", "-2", "@SUM(A1)", "\t=1", "\r=1", "＝1", '=HYPERLINK("https://evil.example";"x")']


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with opened(tmp_path) as made:
        await made.post("/vagues", wave_form(), "staff")
        yield made


def read_csv(content: bytes) -> list[list[str]]:
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";"))


def read_xlsx(content: bytes) -> list[list[str | float | None]]:
    """The values of the one sheet; a formula in it is an error."""
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        assert not [name for name in book.namelist() if "vba" in name.lower() or "external" in name.lower()]
        sheet = fromstring(book.read("xl/worksheets/sheet1.xml"))  # noqa: S314 - made by the code under test
        shared = fromstring(book.read("xl/sharedStrings.xml"))  # noqa: S314 - same
    assert sheet.findall(".//s:f", NAMES) == []
    assert sheet.findall(".//s:hyperlink", NAMES) == []
    words = ["".join(part.text or "" for part in item.iter() if part.tag.endswith("}t")) for item in shared]
    return [[_value(cell, words) for cell in row] for row in sheet.findall(".//s:row", NAMES)]


def _value(cell: Element, words: list[str]) -> str | float | None:
    value = cell.findtext("s:v", namespaces=NAMES)
    if value is None:
        return None
    return words[int(value)] if cell.get("t") == "s" else float(value)


async def ask(desk: Desk, path: str) -> httpx2.Response:
    answer = await desk.get(path, "staff")
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["content-disposition"].startswith('attachment; filename="dossiers.')
    return answer


async def test_both_files_say_what_was_sent(desk: Desk) -> None:
    await desk.post(
        "/candidatures", form(themes=("energie", "mobilite"), budget="1 250 000", porteur_nom="Ville ; « é »")
    )
    (head, line), (heads, row) = (
        read_csv((await ask(desk, "/dossiers.csv")).content),
        read_xlsx((await ask(desk, "/dossiers.xlsx")).content),
    )

    assert tuple(head) == tuple(heads) == HEAD
    told = ["LE-2026-0001", "Une forêt urbaine", "Ville ; « é »", "Commune", "Lens", "CALL"]
    assert line[:6] == row[:6] == told
    assert line[6] == row[6]
    assert line[6].count(", ") >= 1
    assert line[7:] == ["Étude", "1250000", WORDS["depose"].label, "2026-03-12 12:00"]
    assert (row[7], row[9]) == (line[7], line[9])
    assert row[8] == 1_250_000
    assert isinstance(row[10], float)
    assert datetime(1899, 12, 30) + timedelta(days=row[10]) == datetime(2026, 3, 12, 12)  # noqa: DTZ001 - a cell has no zone


async def test_a_file_has_the_filters_of_its_view_and_every_page(desk: Desk) -> None:
    async with desk.service.database.work() as work:
        for number in range(27):
            await handlers.submit_candidacy(work, dossier(titre=f"Projet {number}"), "LE", uuid4().hex)
    await desk.post("/candidatures", form(themes=("mobilite",), titre="Le garage"))

    assert len(read_csv((await ask(desk, "/dossiers.csv")).content)) == 29
    assert len(read_csv((await ask(desk, "/dossiers.csv?theme=energie&page=2")).content)) == 28
    assert [row[1] for row in read_xlsx((await ask(desk, "/dossiers.xlsx?q=garage")).content)] == [
        "Projet",
        "Le garage",
    ]
    assert len(read_csv((await ask(desk, "/dossiers.csv?etat=labellise")).content)) == 1


async def test_the_list_leads_to_its_files_with_its_filters(desk: Desk) -> None:
    await desk.post("/candidatures", form())
    listed = page(await desk.get("/dossiers?theme=energie&q=for%C3%AAt", "staff"))
    links = [e.get("href", "") for e in listed.iter() if e.get("href", "").startswith("/dossiers.")]

    assert len(links) == 4
    for link in links:
        assert "theme=energie" in link and "q=for" in link
        await ask(desk, link)


@pytest.mark.parametrize("path", ["/dossiers.csv", "/dossiers.xlsx", "/dossiers.ods", "/dossiers.zip"])
async def test_files_are_for_staff_alone(desk: Desk, path: str) -> None:
    await desk.post("/candidatures", form())
    for role, status in ((None, 401), ("partner", 403), ("expert", 403), ("applicant", 403), ("ops", 403)):
        answer = await desk.get(path, role)  # type: ignore[arg-type] # a role of the list
        assert (answer.status_code, b"LE-2026" in answer.content) == (status, False)


async def test_the_open_document_says_the_same_and_holds_no_formula(desk: Desk) -> None:
    await desk.post("/candidatures", form(budget="1 250 000", porteur_nom="=1+1"))
    book = Document(io.BytesIO((await ask(desk, "/dossiers.ods")).content))
    sheet = book.body.get_table(name="Dossiers")
    assert sheet is not None
    (head, row) = (list(line) for line in sheet.iter_values())

    assert tuple(head) == HEAD
    assert row[:3] == ["LE-2026-0001", "Une forêt urbaine", "=1+1"]
    assert row[8] == 1_250_000
    assert row[10] == datetime(2026, 3, 12, 12)  # noqa: DTZ001 - a cell has no zone
    assert "table:formula" not in sheet.serialize()


async def test_a_bundle_has_the_list_and_each_dossier(desk: Desk) -> None:
    await desk.post("/candidatures", form())
    await desk.post("/candidatures", form(themes=("mobilite",), titre="Le garage"))

    async def names(path: str) -> list[str]:
        with zipfile.ZipFile(io.BytesIO((await ask(desk, path)).content)) as bundle:
            assert bundle.testzip() is None
            assert bundle.read(bundle.namelist()[-1]).startswith(b"%PDF")
            return bundle.namelist()

    both = ["dossiers.csv", "LE-2026-0002/accuse-et-reponses.pdf", "LE-2026-0001/accuse-et-reponses.pdf"]
    assert await names("/dossiers.zip") == both
    assert await names("/dossiers.zip?theme=mobilite") == both[:2]


@pytest.mark.parametrize("typed", FORMULAS)
def test_no_cell_becomes_a_formula(typed: str) -> None:
    row = ["LE-2026-0001", typed, *[typed] * 6, 12, "Déposé", None]

    (_, line), (_, cells) = read_csv(as_csv([row])), read_xlsx(as_xlsx([row]))
    assert line[1] == f"'{typed}"
    assert all(cell[:1] not in "=+-@\t\r＝" for cell in line if cell)
    assert str(cells[1]).replace("_x000D_", "\r") == typed
    assert line[8] == "12"


def test_semicolons_quotes_and_lines_stay_in_their_cell() -> None:
    typed = 'a;"b"\nc, مشروع 🌳'
    row = [typed] * 8 + [None, typed, None]

    assert read_csv(as_csv([row]))[1] == [*[typed] * 8, "", typed, ""]
    assert read_xlsx(as_xlsx([row]))[1][0] == typed
