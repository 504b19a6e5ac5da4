"""The address of a view is read and written here; what cannot be understood filters nothing, and says so."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from intake.domain.listing import USUAL, View, columns_of
from intake.forms import values
from intake.forms.reading import Reader
from intake.forms.words import Words, readable

LONGEST_SEARCH = 200
NAME = 80
TEXTS = {
    "q": "words",
    "etat": "state",
    "theme": "theme",
    "agglomeration": "epci",
    "forme": "form",
    "stade": "stage",
    "etiquette": "tag",
    "suivi": "follower",
    "vague": "wave",
}
"""Name in the address → field of the view."""
SUMS = {"budget-min": "budget_from", "budget-max": "budget_to"}


@dataclass(frozen=True, slots=True)
class Asked:
    """A view, with the words that asked for it and what is wrong with them by the name of the field."""

    view: View
    words: Words
    errors: Mapping[str, str]


def read_view(pairs: Iterable[tuple[str, str]]) -> Asked:
    """The view that an address asks for; a page number that is none is the first."""
    asked = [(name, readable(value).strip()[:LONGEST_SEARCH]) for name, value in pairs]
    words = Words(dict(asked))
    reader = Reader(words)
    sums = {field: reader.value(name, words[name], values.amount) for name, field in SUMS.items()}
    low, high = sums["budget_from"], sums["budget_to"]
    if low is not None and high is not None and low > high:
        reader.wrong("budget-max", "Le budget le plus haut est au-dessous du plus bas : échangez les deux.")
    page = words["page"]
    view = View(
        **{field: words[name] for name, field in TEXTS.items()},
        budget_from=low,
        budget_to=high,
        columns=columns_of(tuple(value for name, value in asked if name == "colonne")),
        page=int(page) if page.isascii() and page.isdecimal() and 0 < len(page) <= 6 and int(page) else 1,
    )
    return Asked(view, words, reader.errors)


def address_of(view: View) -> str:
    """What stands behind `?` in the address of a view, without its page."""
    pairs = [(name, getattr(view, field)) for name, field in TEXTS.items()]
    pairs += [(name, getattr(view, field)) for name, field in SUMS.items()]
    kept = [(name, str(value)) for name, value in pairs if value not in ("", None)]
    columns = () if view.columns == USUAL else view.columns
    return urlencode([*kept, *(("colonne", code) for code in columns)])
