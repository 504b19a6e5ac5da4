"""What a file is, told by its bytes: its name says nothing. A kind that is not asked for is refused in words."""

import zipfile
from pathlib import Path

import puremagic

from intake.domain.attachments import KINDS, MIMES, SAME, Kind
from intake.forms.values import Wrong

ASKED = "un PDF, une photo (JPEG, PNG, WebP) ou un document LibreOffice ou Microsoft Office (ODT, DOCX, XLSX…)"
ACCEPT = ",".join(f".{ending}" for ending in (*KINDS, "jpeg"))
OFFICE: dict[str, Kind] = {"word/document.xml": "docx", "xl/workbook.xml": "xlsx", "ppt/presentation.xml": "pptx"}
BY_MIME: dict[str, Kind] = {mime: kind for kind, mime in MIMES.items()}
MOST_ENTRIES = 10_000
HEAD = 4096


def kind_of(path: Path) -> Kind:
    """The kind of a file. Raises `Wrong` for anything that is not asked for."""
    try:
        with path.open("rb") as file:
            found = puremagic.magic_string(file.read(HEAD))
    except (puremagic.PureError, ValueError):
        found = []
    endings = [SAME.get(match.extension.removeprefix("."), match.extension.removeprefix(".")) for match in found]
    if any(ending in {"docx", "odt", "zip", "ods", "odp"} for ending in endings):
        return _packed(path)
    for plain in ("pdf", "jpg", "png", "webp"):
        if plain in endings[:4]:
            return plain
    raise Wrong(f"ce n’est pas {ASKED}.")


def _packed(path: Path) -> Kind:
    """An office document is a ZIP that says so inside; macros are programs and are refused."""
    try:
        with zipfile.ZipFile(path) as packed:
            names = packed.namelist()[:MOST_ENTRIES]
            if any(name.lower().endswith("vbaproject.bin") or name.startswith("Basic/") for name in names):
                raise Wrong("ce document contient des macros : enregistrez-le sans elles, ou en PDF.")
            if "mimetype" in names:
                with packed.open("mimetype") as said:
                    kind = BY_MIME.get(said.read(200).decode("ascii", "replace").strip())
            else:
                kind = next((OFFICE[name] for name in names if name in OFFICE), None)
    # cut, encrypted, packed in an unknown way, with impossible offsets, or shorter than it says
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, OSError, EOFError) as broken:
        raise Wrong(f"ce fichier est abîmé, ou ce n’est pas {ASKED}.") from broken
    if kind is None:
        raise Wrong(f"ce n’est pas {ASKED}.")
    return kind
