"""A view of the list of dossiers is what its address says: filters, columns and a page, so that it can be mailed."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

COLUMNS: Mapping[str, str] = MappingProxyType(
    {
        "numero": "Numéro",
        "porteur": "Porteur",
        "forme": "Forme juridique",
        "commune": "Commune",
        "agglomeration": "Agglomération",
        "themes": "Thèmes",
        "stade": "Stade",
        "budget": "Budget",
        "recu": "Reçu le",
        "suivi": "Suivi par",
        "etiquettes": "Étiquettes",
        "etat": "État",
    }
)
"""What a list may show beside the title of each dossier, in this order."""
FIGURES = frozenset({"numero", "budget", "recu"})
USUAL = ("numero", "porteur", "commune", "recu", "etat")
NOBODY = "personne"
"""The value of the filter « suivi par » that finds the dossiers nobody follows."""


@dataclass(frozen=True, slots=True)
class View:
    """What a list shows; an empty filter lets everything through. Budgets in whole euros; `page` counts from 1.

    `follower` is the identifier of a person, or `NOBODY`.
    """

    words: str = ""
    state: str = ""
    theme: str = ""
    epci: str = ""
    form: str = ""
    stage: str = ""
    budget_from: int | None = None
    budget_to: int | None = None
    tag: str = ""
    follower: str = ""
    wave: str = ""
    columns: tuple[str, ...] = USUAL
    page: int = 1

    @property
    def is_filtered(self) -> bool:
        """Whether something may be hidden by a filter."""
        texts = (self.words, self.state, self.theme, self.epci, self.form, self.stage)
        more = (self.tag, self.follower, self.wave)
        return any(texts) or any(more) or self.budget_from is not None or self.budget_to is not None


def columns_of(asked: tuple[str, ...]) -> tuple[str, ...]:
    """The known ones among the columns that were asked for, in their order; the usual ones where there is none."""
    return tuple(code for code in COLUMNS if code in asked) or USUAL
