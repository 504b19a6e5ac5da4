"""What was typed comes back as it was: every field, every row, whatever was wrong with it.

A few characters cannot be stored or shown (NUL, control characters, Unicode non-characters). They are shown
as « � » and their field is told apart, so that the person sees where they were.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

SHOWN_ROWS = 100
"""Rows of a table that a page shows again; far above what a dossier may have."""
EMPTY_ROWS = 3
REPLACED = "\ufffd"

PLAN = ("financeur", "montant", "etat")
NEED = ("objet", "nature", "montant", "debut", "fin", "priorite", "precisions")
ROWS: Mapping[str, tuple[str, ...]] = {"plan": PLAN, "besoin": NEED}

_ROW = re.compile(r"(plan|besoin)-(\d{1,6})-([a-z]+)")
_UNREADABLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufdd0-\ufdef\ufffe\uffff\ud800-\udfff"
    + "".join(chr(plane * 0x10000 + end) for plane in range(1, 17) for end in (0xFFFE, 0xFFFF))
    + "]"
)

Row = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Words:
    """A form as typed. `words["titre"]` is empty where nothing was; rows are numbered from 0 without a gap."""

    single: Mapping[str, str] = field(default_factory=dict)
    themes: tuple[str, ...] = ()
    rows: Mapping[str, tuple[Row, ...]] = field(default_factory=dict)
    unreadable: frozenset[str] = frozenset()

    def __getitem__(self, name: str) -> str:
        return self.single.get(name, "")

    def table(self, name: str) -> tuple[Row, ...]:
        """The rows of `plan` or `besoin`."""
        return self.rows.get(name, ())

    def with_row(self, name: str) -> "Words":
        """The same words with one more empty row in that table."""
        longer = {**self.rows, name: (*self.table(name), _empty(name))}
        return Words(self.single, self.themes, longer, self.unreadable)


def blank() -> Words:
    """The words of a form that nobody has filled yet."""
    return Words(rows={name: tuple(_empty(name) for _ in range(EMPTY_ROWS)) for name in ROWS})


def words_of(pairs: Iterable[tuple[str, str]]) -> Words:
    """The words of submitted pairs (name, value); a name that comes twice keeps its last value, themes all."""
    single: dict[str, str] = {}
    themes: list[str] = []
    cells: dict[str, dict[int, dict[str, str]]] = {name: {} for name in ROWS}
    for name, typed in pairs:
        row = _ROW.fullmatch(name)
        if name == "themes":
            themes.append(typed)
        elif row and row[3] in ROWS[row[1]]:
            cells[row[1]].setdefault(int(row[2]), {})[row[3]] = typed
        else:
            single[name] = typed
    rows = {name: _in_order(name, found) for name, found in cells.items()}
    return _shown(single, tuple(themes), rows)


def readable(text: str) -> str:
    """The text with every character that cannot be shown or stored as « � », and one kind of line end."""
    return _UNREADABLE.sub(REPLACED, text.replace("\r\n", "\n").replace("\r", "\n"))


def tidy(text: str) -> str:
    """Composed characters, line ends as one character, no space at either end."""
    lines = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    return lines.strip()


def _in_order(name: str, found: Mapping[int, dict[str, str]]) -> tuple[Row, ...]:
    return tuple({**_empty(name), **found[index]} for index in sorted(found)[:SHOWN_ROWS])


def _empty(name: str) -> Row:
    return dict.fromkeys(ROWS[name], "")


def _shown(single: Mapping[str, str], themes: tuple[str, ...], rows: Mapping[str, tuple[Row, ...]]) -> Words:
    unreadable: set[str] = set()

    def show(name: str, typed: str) -> str:
        if _UNREADABLE.search(typed):
            unreadable.add(name)
        return readable(typed)

    shown_rows = {
        name: tuple(
            {column: show(f"{name}-{index}-{column}", typed) for column, typed in row.items()}
            for index, row in enumerate(table)
        )
        for name, table in rows.items()
    }
    return Words(
        {name: show(name, typed) for name, typed in single.items()},
        tuple(show("themes", theme) for theme in themes),
        shown_rows,
        frozenset(unreadable),
    )
