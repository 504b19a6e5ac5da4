"""A draft's answers and the form's words are the same thing: what a draft lacks is what the form would refuse.

A table is one answer, its rows as JSON; the themes are one answer, a code per line. A mark tells on which revision
of an answer, and on which text of it, a person wrote.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from intake.domain.draft import GRID, SECTIONS, Answer, Save, section_of
from intake.forms import candidacy, values
from intake.forms.candidacy import ToCorrect
from intake.forms.words import EMPTY_ROWS, REPLACED, ROWS, Row, Words, words_of
from kernel.contracts.label import Label

Progress = Literal["vide", "a_completer", "fait"]
Value = str | Sequence[str] | Sequence[Mapping[str, str]]
MARK = "revision-"
CONSENT = "consentement"
BEFORE = ("avant-territoire", "avant-organisme", "avant-avancement")
"""The answers of the check before the first field; they are no part of the dossier."""


@dataclass(frozen=True, slots=True)
class Status:
    """Where a section stands. `wrong` is what was typed and cannot be read, `missing` what is asked for and empty."""

    progress: Progress
    wrong: Mapping[str, str]
    missing: Mapping[str, str]


def fields_of(section: str, label: Label) -> tuple[str, ...]:
    """The answers of a section, in the order of the page."""
    if section == "grille":
        return tuple(f"{GRID}{criterion.code}" for axis in label.axes for criterion in axis.criteria)
    return SECTIONS[section]


def is_field(name: str, label: Label) -> bool:
    """Whether a draft has an answer of this name."""
    section = section_of(name)
    return section is not None and name in fields_of(section, label)


def value_of(words: Words, name: str) -> str:
    """One answer of a form as a draft keeps it; rows in which nothing was typed are left out."""
    if name == "themes":
        return "\n".join(dict.fromkeys(words.themes))
    if name in ROWS:
        rows = [dict(row) for row in words.table(name) if any(map(str.strip, row.values()))]
        return json.dumps(rows, ensure_ascii=False) if rows else ""
    return words[name]


def rows_of(value: str) -> tuple[Row, ...]:
    """The rows of a table's answer."""
    return tuple(json.loads(value)) if value else ()


def words_of_draft(answers: Mapping[str, Answer]) -> Words:
    """The words of a draft; a character that could not be kept stays marked until it is deleted."""
    single: dict[str, str] = {}
    themes: tuple[str, ...] = ()
    rows: dict[str, tuple[Row, ...]] = {}
    for name, answer in answers.items():
        if name == "themes":
            themes = tuple(answer.value.split("\n")) if answer.value else ()
        elif name in ROWS:
            rows[name] = rows_of(answer.value)
        else:
            single[name] = answer.value
    typed = [*single.items(), *(pair for table, found in rows.items() for pair in cells(table, found))]
    return Words(single, themes, rows, frozenset(name for name, text in typed if REPLACED in text))


def cells(table: str, rows: Iterable[Row]) -> list[tuple[str, str]]:
    """The cells of a table under the names that the form gives them."""
    return [(f"{table}-{n}-{column}", typed) for n, row in enumerate(rows) for column, typed in row.items()]


def value_typed(name: str, value: Value) -> str:
    """An answer sent alone: a text, the list of themes, or a table's list of rows; ValueError for another shape."""
    if name in ROWS:
        if isinstance(value, str) or not all(isinstance(row, Mapping) for row in value):
            raise ValueError(f"{name} is a list of rows, each with its columns: {type(value).__name__}")
        return value_of(words_of(cells(name, [row for row in value if isinstance(row, Mapping)])), name)
    if name == "themes":
        if isinstance(value, str) or not all(isinstance(code, str) for code in value):
            raise ValueError(f"themes is a list of codes: {type(value).__name__}")
        return value_of(words_of([("themes", code) for code in value if isinstance(code, str)]), name)
    if not isinstance(value, str):
        raise ValueError(f"{name} is a text: {type(value).__name__}")
    return value_of(words_of([(name, value)]), name)


def digest(value: str) -> str:
    """A short name of a text; two versions of one answer have two."""
    return hashlib.sha256(value.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def mark(answer: Answer) -> str:
    """What a page keeps of an answer that it shows."""
    return f"{answer.revision}.{digest(answer.value)}"


def save_of(value: str, written_on: str, settles: Iterable[str] = ()) -> Save | None:
    """A save written on what a mark tells; None where the text is the one that was shown: nobody touched it."""
    revision, _, shown = written_on.partition(".")
    settled = frozenset(settles)
    if shown == digest(value) and not settled:
        return None
    base = int(revision) if revision.isascii() and revision.isdecimal() and len(revision) < 9 else 0
    return Save(value, base, settled)


def saves_of(words: Words, names: Iterable[str]) -> dict[str, Save]:
    """What was touched in a section that was sent, each on the revision that its page showed.

    An answer that came neither with words nor with its mark was not in the page.
    """
    there = [name for name in names if words[MARK + name] or value_of(words, name)]
    found = {name: save_of(value_of(words, name), words[MARK + name]) for name in there}
    return {name: save for name, save in found.items() if save is not None}


def statuses(words: Words, label: Label) -> dict[str, Status]:
    """Where each section stands, by the very reading that the dossier will have when it is sent."""
    agreed = replace(words, single={**words.single, CONSENT: "oui"})
    found = candidacy.read(agreed, label)
    errors = found.errors if isinstance(found, ToCorrect) else {}
    return {section: _status(words, fields_of(section, label), errors) for section in SECTIONS}


def _status(words: Words, names: Sequence[str], errors: Mapping[str, str]) -> Status:
    mine = {name: error for name, error in errors.items() if _answer_name(name) in names}
    missing = {name: error for name, error in mine.items() if name in names and not value_of(words, name).strip()}
    wrong = {name: error for name, error in mine.items() if name not in missing}
    typed = any(value_of(words, name).strip() for name in names)
    progress: Progress = "vide" if not typed else "a_completer" if mine else "fait"
    return Status(progress, wrong, missing)


def _answer_name(name: str) -> str:
    """The answer to which a field belongs: that of a cell is its table."""
    table = name.partition("-")[0]
    return table if table in ROWS else name


def with_room(words: Words) -> Words:
    """The words with empty rows to write in."""
    for table in ROWS:
        for _ in range(1 if words.table(table) else EMPTY_ROWS):
            words = words.with_row(table)
    return words


@dataclass(frozen=True, slots=True)
class Money:
    """The budget and what each state of the plan brings, in euros; lines that cannot be read count for nothing."""

    budget: int | None
    plan: Mapping[str, int]
    needs: int


def money(words: Words) -> Money:
    """The sums of a draft, as far as its amounts can be read."""
    sums: dict[str, int] = {}
    for row in words.table("plan"):
        state = row["etat"] or "envisage"
        sums[state] = sums.get(state, 0) + (_euros(row["montant"]) or 0)
    needs = sum(_euros(row["montant"]) or 0 for row in words.table("besoin"))
    return Money(_euros(words["budget"]), sums, needs)


def _euros(typed: str) -> int | None:
    try:
        return values.amount(typed)
    except values.Wrong:
        return None
