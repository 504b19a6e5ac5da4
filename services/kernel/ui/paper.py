"""A page for printing is data, never markup: what people typed is handed to the typesetter as strings.

The typesetter is Typst, with the fonts that it carries: no file of the machine, no network. It works in a thread,
within limits of size and time.
"""

import asyncio
import json
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

import typst

TEMPLATE = (Path(__file__).parent / "templates" / "paper.typ").read_bytes()
MOST_CHARACTERS = 600_000
"""Of a document: several times what the longest form takes; what is longer is refused before it is set."""
LONGEST_WORD = 40
"""Characters after which a word without spaces may be broken, so that it stays on the page."""

_LONG = re.compile(rf"\S{{{LONGEST_WORD}}}(?=\S)")
_OVERRIDES = re.compile("[\u202a-\u202e\u2066-\u2069]")


class PaperFailed(Exception):
    """The document is too long, or could not be set in time."""


@dataclass(frozen=True, slots=True)
class Block:
    """A part of a document; `kind` says which of the other fields count."""

    kind: str
    text: str = ""
    level: int = 2
    lines: Sequence[str] = ()
    head: Sequence[str] = ()
    rows: Sequence[Sequence[str]] = ()
    figures: Sequence[int] = ()


@dataclass(frozen=True, slots=True)
class Paper:
    """A document on A4: its `name` in lists, the `kicker` above its title, the `foot` of every page, its time."""

    name: str
    title: str
    kicker: str
    author: str
    foot: str
    at: datetime
    blocks: Sequence[Block]


def heading(text: str, level: int = 2) -> Block:
    """A heading of level 2 or 3."""
    return Block("heading", text=text, level=level)


def paragraphs(text: str) -> Block:
    """One paragraph for each line that holds something."""
    return Block("paragraphs", lines=[line for line in text.split("\n") if line.strip()])


def notice(text: str) -> Block:
    """Small print."""
    return Block("notice", text=text)


def bullets(lines: Sequence[str]) -> Block:
    """A list."""
    return Block("bullets", lines=lines)


def pairs(rows: Sequence[tuple[str, str]]) -> Block:
    """What is asked on the left, what is answered on the right."""
    return Block("pairs", rows=rows)


def table(head: Sequence[str], rows: Sequence[Sequence[str]], figures: Sequence[int] = ()) -> Block:
    """A table; `figures` are the columns, from 0, whose values stand to the right."""
    return Block("table", head=head, rows=rows, figures=figures)


class Printer:
    """Sets documents, `at_once` at the same time at most, each within `seconds`."""

    def __init__(self, seconds: float = 20.0, at_once: int = 2) -> None:
        self.seconds = seconds
        self._turns = asyncio.Semaphore(at_once)

    async def pdf(self, paper: Paper) -> bytes:
        """The document as a tagged PDF, the same bytes for the same data. Raises `PaperFailed`."""
        data = json.dumps(_tame(asdict(paper) | {"at": ""}), ensure_ascii=False)
        if len(data) > MOST_CHARACTERS:
            raise PaperFailed(f"the document has {len(data)} characters, {MOST_CHARACTERS} at most")
        try:
            async with asyncio.timeout(self.seconds):
                await self._turns.acquire()
                work = asyncio.ensure_future(asyncio.to_thread(_set, data, paper.at))
                work.add_done_callback(self._done)
                return await asyncio.shield(work)
        except TimeoutError:
            raise PaperFailed(f"the document was not set within {self.seconds} seconds") from None

    def _done(self, work: "asyncio.Future[bytes]") -> None:
        """A turn ends with its thread, which nothing can stop, and not with the patience of who asked."""
        self._turns.release()
        if not work.cancelled():
            work.exception()  # seen, even where nobody waits any more


def _set(data: str, at: datetime) -> bytes:
    """PDF/UA-1 where every character has a shape in the fonts; a tagged PDF with blanks where one has none."""
    try:
        return _compile(data, at, "ua-1")
    except typst.TypstError:
        pass
    try:
        return _compile(data, at, None)
    except typst.TypstError as error:
        raise PaperFailed(f"the document cannot be set: {error}") from error


def _compile(data: str, at: datetime, standard: Literal["ua-1"] | None) -> bytes:
    made = typst.compile(
        TEMPLATE,
        format="pdf",
        ignore_system_fonts=True,
        sys_inputs={"data": data},
        pdf_standards=standard,
        timestamp=int(at.timestamp()),
    )
    if not isinstance(made, bytes):
        raise TypeError(f"one PDF was asked for, not {type(made).__name__}")
    return made


def _tame(value: object) -> object:
    """Every text without marks that turn the reading direction, and with places to break endless words."""
    if isinstance(value, str):
        return _LONG.sub("\\g<0>\u200b", _OVERRIDES.sub("", value))
    if isinstance(value, dict):
        return {name: _tame(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [_tame(part) for part in value]
    return value
