"""A form is read to its end: every error stands beside its field, and one wrong value hides no other."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from intake.forms.values import Wrong
from intake.forms.words import Words, tidy

T = TypeVar("T")

UNREADABLE = (
    "Un caractère invisible, souvent venu d’un copier-coller, ne peut pas être enregistré : "
    "il est remplacé par « � ». Effacez-le, puis renvoyez le formulaire."
)


@dataclass
class Reader:
    """Takes values out of `words` and gathers the errors, in the order of the page."""

    words: Words
    errors: dict[str, str] = field(default_factory=dict)

    def wrong(self, name: str, sentence: str) -> None:
        """Note the first thing that is wrong with a field."""
        self.errors.setdefault(name, sentence)

    def checked(self, name: str, typed: str, longest: int) -> str:
        """The tidy text of a field; too long or unreadable is an error."""
        text = tidy(typed)
        if name in self.words.unreadable:
            self.wrong(name, UNREADABLE)
        elif len(text) > longest:
            self.wrong(name, f"Ce texte a {len(text)} caractères : raccourcissez-le à {longest} au plus.")
        return text

    def text(self, name: str, longest: int, missing: str = "") -> str:
        """A text; `missing` is what to say where it is empty and asked for."""
        text = self.checked(name, self.words[name], longest)
        if not text and missing:
            self.wrong(name, missing)
        return text

    def line(self, name: str, longest: int, missing: str = "") -> str:
        """A text of one line: line ends become spaces."""
        return " ".join(self.text(name, longest, missing).split())

    def lines(self, name: str, most: int, longest: int) -> tuple[str, ...]:
        """One entry per line; empty lines do not count."""
        text = self.checked(name, self.words[name], most * (longest + 2))
        found = tuple(" ".join(line.split()) for line in text.split("\n") if line.strip())
        if len(found) > most:
            self.wrong(name, f"Il y a {len(found)} lignes : gardez les {most} plus importantes.")
        for number, line in enumerate(found, 1):
            if len(line) > longest:
                self.wrong(name, f"La ligne {number} a {len(line)} caractères : {longest} au plus.")
        return found

    def choice(self, name: str, typed: str, known: Collection[str], missing: str) -> str:
        """One of the known codes; anything else is `missing`."""
        if typed not in known:
            self.wrong(name, missing)
            return ""
        return typed

    def value(self, name: str, typed: str, parse: Callable[[str], T]) -> T | None:
        """What `parse` understands; its `Wrong` is the field's error."""
        try:
            return parse(self.checked(name, typed, 300))
        except Wrong as wrong:
            self.wrong(name, str(wrong))
            return None

    def cell(self, name: str, row: Mapping[str, str], column: str, longest: int, missing: str = "") -> str:
        """A text of one line in the row called `name`."""
        text = " ".join(self.checked(f"{name}-{column}", row[column], longest).split())
        if not text and missing:
            self.wrong(f"{name}-{column}", missing)
        return text
