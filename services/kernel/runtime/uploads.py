"""Files of a form are streamed to a folder as they come: none is held in memory, none is kept beyond its limit.

What is received lives as long as the block that asked for it: a broken connection, an error or the end of the
block removes every file that nobody moved away. What a killed process leaves, the owner of the folder sweeps.
"""

import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO
from uuid import uuid4

from fastapi import Request
from python_multipart.exceptions import FormParserError, MultipartParseError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.exceptions import HTTPException

if TYPE_CHECKING:
    from python_multipart.multipart import MultipartCallbacks

MOST_PARTS = 2_000
MOST_WORDS = 1024 * 1024
"""Bytes of all the fields that are no files."""


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it came. `size` counts all its bytes, those beyond the limit too, which `path` does not hold."""

    field: str
    name: str
    path: Path
    size: int
    digest: str
    too_long: bool


@dataclass(frozen=True, slots=True)
class Received:
    """A form: its words in the order of the page, and its files. A file field left empty is no file."""

    pairs: list[tuple[str, str]] = field(default_factory=list)
    uploads: list[Upload] = field(default_factory=list)


@asynccontextmanager
async def received(request: Request, folder: Path, longest: int) -> AsyncIterator[Received]:
    """Read the form of a request; `longest` is in bytes, for each file. Raises 400, 413."""
    media, options = parse_options_header(request.headers.get("content-type", ""))
    if media != b"multipart/form-data":
        form = await request.form(max_fields=MOST_PARTS)
        yield Received([(name, value) for name, value in form.multi_items() if isinstance(value, str)])
        return
    parts = _Parts(folder, longest)
    try:
        await _read(request, parts, options.get(b"boundary", b""))
        yield parts.found
    finally:
        parts.clean()


async def _read(request: Request, parts: "_Parts", boundary: bytes) -> None:
    try:
        parser = MultipartParser(boundary, parts.callbacks())
        async for chunk in request.stream():
            parser.write(chunk)
        parser.finalize()
        if not parts.whole:
            raise HTTPException(400)
    except (FormParserError, MultipartParseError) as broken:
        raise HTTPException(400) from broken


class _Parts:
    """Takes the parts of a form as the parser meets them."""

    def __init__(self, folder: Path, longest: int) -> None:
        self.found = Received()
        self._folder, self._longest = folder, longest
        self._files: list[Path] = []
        self._words = self._parts = 0
        self.whole = False
        """Whether the form came to its end; a connection may be cut where the parser sees no fault."""
        self._begin()

    def callbacks(self) -> "MultipartCallbacks":
        return {
            "on_part_begin": self._begin,
            "on_header_field": self._header_field,
            "on_header_value": self._header_value,
            "on_header_end": self._header_end,
            "on_headers_finished": self._headers_finished,
            "on_part_data": self._data,
            "on_part_end": self._end,
            "on_end": self._over,
        }

    def clean(self) -> None:
        """Remove what is still in the folder."""
        if self._file is not None:
            self._file.close()
        for path in self._files:
            path.unlink(missing_ok=True)

    def _over(self) -> None:
        self.whole = True

    def _begin(self) -> None:
        self._header, self._value, self._disposition = b"", b"", b""
        self._name, self._file_name = "", ""
        self._file: BinaryIO | None = None
        self._typed = bytearray()
        self._size, self._hash = 0, hashlib.sha256()

    def _header_field(self, data: bytes, start: int, end: int) -> None:
        self._header += data[start:end]

    def _header_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _header_end(self) -> None:
        if self._header.lower() == b"content-disposition":
            self._disposition = self._value
        self._header, self._value = b"", b""

    def _headers_finished(self) -> None:
        self._parts += 1
        if self._parts > MOST_PARTS:
            raise HTTPException(413)
        _, options = parse_options_header(self._disposition)
        self._name = options.get(b"name", b"").decode("utf-8", "replace")
        self._file_name = options.get(b"filename", b"").decode("utf-8", "replace")
        if self._file_name:
            path = self._folder / uuid4().hex
            self._file = path.open("xb")
            self._files.append(path)
        self._is_file = b"filename" in options

    def _data(self, data: bytes, start: int, end: int) -> None:
        size = end - start
        if self._file is not None:
            room = max(0, self._longest - self._size)
            kept = data[start : start + min(size, room)]
            self._file.write(kept)
            self._hash.update(kept)
            self._size += size
        elif not self._is_file:
            self._words += size
            if self._words > MOST_WORDS:
                raise HTTPException(413)
            self._typed += data[start:end]

    def _end(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None
            digest, too_long = self._hash.hexdigest(), self._size > self._longest
            upload = Upload(self._name, self._file_name, self._files[-1], self._size, digest, too_long)
            self.found.uploads.append(upload)
        elif not self._is_file:
            self.found.pairs.append((self._name, self._typed.decode("utf-8", "replace")))
