"""A printed page holds what was typed, as it was typed: no word of a person can become an order to the typesetter."""

import asyncio
import io
import re
import time
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from kernel.ui import paper
from kernel.ui.paper import Block, Paper, PaperFailed, Printer

AT = datetime(2026, 3, 12, 11, tzinfo=UTC)
HOSTILE = [
    '#import "@preview/cetz:0.3.0": *',
    '#read("/etc/passwd")',
    "#panic()",
    "$x$ and $ 1/2",
    "`code` ``` raw",
    "] } ) [ { (",
    "*fort* _faible_ <etiquette> @renvoi",
    "= Titre",
    "- tiret + plus / terme: 1. un",
    "// commentaire /* ouvert",
    "\\u{41} \\n \\",
    "~ -- --- ... 'a' \"b\"",
    "https://label.example/a?b=c#d",
]


def text_of(made: bytes) -> str:
    """All words of a PDF, one space between them, without the places where a word may break."""
    pages = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(made)).pages)
    return " ".join(pages.replace("\u200b", "").split())


def bare(text: str) -> str:
    """A text without any space: where lines end is the typesetter's affair."""
    return re.sub(r"\s", "", text)


def document(*blocks: Block, at: datetime = AT) -> Paper:
    return Paper("Accusé LE-2026-0042", "Titre", "Label", "Éditeur", "LE-2026-0042", at, blocks)


async def read(*blocks: Block) -> str:
    return text_of(await Printer().pdf(document(*blocks)))


@pytest.mark.parametrize("typed", HOSTILE)
async def test_what_was_typed_is_never_markup(typed: str) -> None:
    blocks = (
        paper.heading(typed),
        paper.heading(typed, 4),
        paper.paragraphs(typed),
        paper.notice(typed),
        paper.bullets([typed]),
        paper.pairs([(typed, typed)]),
        paper.table([typed, "b"], [[typed, typed]]),
    )
    made = await Printer().pdf(Paper(typed, typed, typed, typed, typed, AT, blocks))

    assert bare(text_of(made)).count(bare(typed)) == 13  # kicker, title, foot, ten in the blocks
    assert PdfReader(io.BytesIO(made)).metadata["/Title"] == typed


@settings(max_examples=40, deadline=None)
@given(st.text(st.sampled_from("#$`]}[{()*_<>@=/\\~-+.:;\"' aé1\n"), min_size=1, max_size=60))
def test_no_mixture_of_signs_is_an_order(typed: str) -> None:
    made = asyncio.run(read(paper.pairs([("avant", typed), ("après", "fin")])))

    assert bare(typed).replace("\u200b", "") in bare(made)


async def test_an_endless_word_stays_on_the_page_and_an_endless_text_is_set() -> None:
    made = await Printer().pdf(document(paper.pairs([("Mot", "x" * 3_000)]), paper.paragraphs("é " * 50_000)))
    pages = PdfReader(io.BytesIO(made)).pages

    assert len(pages) > 10
    assert bare(text_of(made)).count("x") == 3_000
    lines = [line for page in pages for line in page.extract_text().splitlines()]
    assert max(len(line.replace("\u200b", "")) for line in lines) < 130


async def test_arabic_hebrew_and_emoji_do_not_stop_it() -> None:
    made = await read(paper.paragraphs("مشروع الغابة"), paper.paragraphs("שלום"), paper.bullets(["Forêt 🌳 bien sûr"]))

    assert "bien sûr" in made
    assert "الغابة" in made


async def test_marks_that_turn_the_reading_direction_are_left_out() -> None:
    assert "abc def" in await read(paper.paragraphs("abc \u202edef\u202c"))


async def test_it_is_tagged_french_titled_numbered_and_made_for_every_reader() -> None:
    made = await Printer().pdf(document(paper.table(["a", "b"], [["c", "d"]] * 80, figures=[1])))
    reader = PdfReader(io.BytesIO(made))
    root = reader.trailer["/Root"]

    assert root["/Lang"].startswith("fr")
    assert root["/MarkInfo"]["/Marked"].value
    assert b"pdfuaid" in made
    assert (reader.metadata.title, reader.metadata.author) == ("Accusé LE-2026-0042", "Éditeur")
    last = len(reader.pages)
    assert last > 1
    for number, page in enumerate(reader.pages, 1):
        assert f"{number}/{last}" in page.extract_text()
        assert (round(page.mediabox.width), round(page.mediabox.height)) == (595, 842)


async def test_the_same_data_make_the_same_bytes() -> None:
    block = paper.paragraphs("Bonjour")
    one, two = [await Printer().pdf(document(block)) for _ in range(2)]

    assert one == two
    assert one != await Printer().pdf(document(block, at=AT + timedelta(days=1)))


async def test_what_is_too_long_is_refused_before_it_is_set() -> None:
    with pytest.raises(PaperFailed, match="at most"):
        await Printer().pdf(document(paper.paragraphs("é" * 600_001)))


async def test_what_takes_too_long_is_given_up_and_the_turn_comes_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paper, "_set", lambda data, at: time.sleep(0.2) or b"%PDF")
    printer = Printer(seconds=0.05, at_once=1)
    for _ in range(2):  # the second one does not even get its turn
        with pytest.raises(PaperFailed, match="within"):
            await printer.pdf(document())
    await asyncio.sleep(0.3)
    printer.seconds = 5.0

    assert await printer.pdf(document()) == b"%PDF"


async def test_the_event_loop_goes_on_while_a_document_is_set() -> None:
    ticks = 0

    async def tick() -> None:
        nonlocal ticks
        while True:
            await asyncio.sleep(0.001)
            ticks += 1

    ticking = asyncio.create_task(tick())
    await Printer().pdf(document(paper.paragraphs("un mot " * 60_000)))
    ticking.cancel()

    assert ticks > 5
