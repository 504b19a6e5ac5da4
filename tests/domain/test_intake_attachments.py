"""What may be joined to a dossier: kinds told by content, names that do no harm, and how much in all."""

import unicodedata
import zipfile
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

import odfdo
import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from intake.domain import attachments as rules
from intake.domain.attachments import KINDS, LARGEST, MIMES, MOST, ROOM, Attachment, Given, safe_name
from intake.domain.refusals import Refused
from intake.forms.attachments import kind_of
from intake.forms.values import Wrong
from tests.intake_story import NOW

PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(60)
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00" + bytes(40) + b"\xff\xd9"
PHOTO = b"\xff\xd8\xff\xe1\x00\x10Exif\x00\x00II*\x00" + bytes(40) + b"\xff\xd9"
WEBP = b"RIFF\x24\0\0\0WEBPVP8 " + bytes(30)


def packed(*names: str) -> Callable[[Path], object]:
    def make(path: Path) -> None:
        with zipfile.ZipFile(path, "w") as file:
            for name in names:
                file.writestr(name, "<x/>")

    return make


def sheet(path: Path) -> None:
    book = xlsxwriter.Workbook(path)
    book.add_worksheet()
    book.close()


@pytest.mark.parametrize(
    ("make", "kind"),
    [
        (lambda path: path.write_bytes(PDF), "pdf"),
        (lambda path: path.write_bytes(PNG), "png"),
        (lambda path: path.write_bytes(JPEG), "jpg"),
        (lambda path: path.write_bytes(PHOTO), "jpg"),
        (lambda path: path.write_bytes(WEBP), "webp"),
        (lambda path: odfdo.Document("text").save(path), "odt"),
        (lambda path: odfdo.Document("spreadsheet").save(path), "ods"),
        (lambda path: odfdo.Document("presentation").save(path), "odp"),
        (sheet, "xlsx"),
        (packed("[Content_Types].xml", "word/document.xml"), "docx"),
        (packed("[Content_Types].xml", "ppt/presentation.xml"), "pptx"),
    ],
    ids=("pdf", "png", "jpeg", "photo", "webp", "odt", "ods", "odp", "xlsx", "docx", "pptx"),
)
def test_a_kind_is_told_by_its_content(tmp_path: Path, make: Callable[[Path], object], kind: str) -> None:
    path = tmp_path / "sans-extension"
    make(path)
    assert kind_of(path) == kind


@pytest.mark.parametrize(
    "make",
    [
        lambda path: path.write_bytes(b"MZ" + bytes(300)),
        lambda path: path.write_bytes(b"\x7fELF" + bytes(300)),
        lambda path: path.write_text("<!DOCTYPE html><html><script>alert(1)</script></html>"),
        lambda path: path.write_text("<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"),
        lambda path: path.write_text("bonjour"),
        lambda path: path.write_bytes(b""),
        lambda path: path.write_bytes(b"PK\x03\x04" + bytes(100)),
        packed("virus.exe"),
        packed("word/document.xml", "word/vbaProject.bin"),
    ],
    ids=("exe", "elf", "html", "svg", "text", "empty", "cut", "zip", "macros"),
)
def test_anything_else_is_refused_whatever_its_name(tmp_path: Path, make: Callable[[Path], object]) -> None:
    path = tmp_path / "dossier.pdf"
    make(path)
    with pytest.raises(Wrong):
        kind_of(path)


@pytest.mark.parametrize(
    ("typed", "kind", "shown"),
    [
        ("Plan masse.pdf", "pdf", "Plan masse.pdf"),
        ("../../etc/passwd", "pdf", "passwd.pdf"),
        ("C:\\Users\\mairie\\Délibération.PDF", "pdf", "Délibération.pdf"),
        ("facture\u202egnp.exe", "pdf", "facturegnp.exe.pdf"),
        ("plan\x00.pdf\x00.exe", "pdf", "plan.pdf.exe.pdf"),
        ("photo.jpeg", "jpg", "photo.jpg"),
        ("photo.png", "jpg", "photo.jpg"),
        (".htaccess", "pdf", "htaccess.pdf"),
        ("NUL.pdf", "pdf", "document NUL.pdf"),
        ('a<b>"c|d?*.pdf', "pdf", "a-b--c-d--.pdf"),
        ("\u202e\u200b", "png", "document.png"),
        ("", "png", "document.png"),
        ("مخطط.pdf", "pdf", "مخطط.pdf"),
        ("é" * 300 + ".pdf", "pdf", "é" * 100 + ".pdf"),
    ],
)
def test_a_name_keeps_its_words_and_nothing_else(typed: str, kind: str, shown: str) -> None:
    assert safe_name(typed, kind) == shown


@given(st.text(max_size=200), st.sampled_from(KINDS))
def test_no_name_can_do_harm(typed: str, kind: str) -> None:
    name = safe_name(typed, kind)
    assert name.endswith(f".{kind}") and len(name) <= 120 and not name.startswith(".")
    assert not any(c in name for c in '/\\<>:"|?*')
    assert not any(unicodedata.category(c).startswith("C") for c in name)
    assert safe_name(name, kind) == name


def joined(size: int = 10, digest: str | None = "a" * 64) -> Attachment:
    return Attachment(uuid4(), "plan.pdf", "pdf", size, digest, NOW, "Porteur", "" if digest else "Eicar")


def test_there_is_room_for_so_many_and_so_much() -> None:
    one = Given("plan.pdf", "pdf", 10, "b" * 64)
    rules.check_room([joined()] * (MOST - 1) + [joined(digest=None)] * 3, one)
    with pytest.raises(Refused, match=str(MOST)):
        rules.check_room([joined()] * MOST, one)
    with pytest.raises(Refused, match="150 Mo"):
        rules.check_room([joined(ROOM // 10)] * 10, one)
    for size, said in ((0, "vide"), (LARGEST + 1, "20 Mo")):
        with pytest.raises(Refused, match=said):
            rules.check_size(size)
    rules.check_size(LARGEST)


def test_every_kind_has_its_media_type() -> None:
    assert set(MIMES) == set(KINDS) and len(set(MIMES.values())) == len(KINDS)
