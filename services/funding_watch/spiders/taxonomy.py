"""The words of Aides-territoires (its labels, API v1.8) in ours.

The rule kept here: a label stands for every legal form that it admits, no more. With a label never met the
list is not known any more: the record leaves it empty (to check) and the spider tells the new word.
"""

from collections.abc import Iterable, Mapping
from typing import TypeVar

from funding_watch.domain.call import Audience, Expense, Kind, Recurrence

AUDIENCES: Mapping[str, tuple[Audience, ...]] = {
    "Communes": ("commune",),
    "Intercommunalités / Pays": ("epci", "syndicat_mixte"),  # a "pays" is a syndicat mixte
    "Départements": ("departement",),
    "Régions": ("region",),
    "Collectivités d'outre-mer à statuts particuliers": (),  # none in the Hexagon
    "Associations": ("association",),
    "Particuliers": ("particulier",),
    "Agriculteurs": ("agriculteur",),
    "Entreprises privées": ("entreprise", "entreprise_sociale", "societe_citoyenne"),
    "Entreprises publiques locales (Sem, Spl, SemOp)": ("epl",),
    "Établissements publics (écoles, bibliothèques…) / Services de l'État": (
        "etablissement_public",
        "universite",
    ),
    "Recherche": ("universite",),
}

KINDS: Mapping[str, tuple[Kind, ...]] = {
    "Subvention": ("subvention",),
    "Prêt": ("pret",),
    "Avance récupérable": ("avance",),
    "Certificat d'économie d'énergie (CEE)": ("cee",),
    "Autre aide financière": ("autre",),
    "Ingénierie technique": ("ingenierie",),
    "Ingénierie financière": ("ingenierie",),
    "Ingénierie Juridique / administrative": ("ingenierie",),
}

EXPENSES: Mapping[str, tuple[Expense, ...]] = {
    "Dépenses d'investissement": ("investissement",),
    "Dépenses de fonctionnement": ("fonctionnement",),
}

RECURRENCES: Mapping[str, Recurrence] = {
    "Ponctuelle": "ponctuelle",
    "Permanente": "permanente",
    "Récurrente": "recurrente",
}

Word = TypeVar("Word")


def ours(labels: Iterable[str] | None, table: Mapping[str, tuple[Word, ...]]) -> tuple[Word, ...]:
    """Our words for the labels, once each, in the order met."""
    return tuple(dict.fromkeys(word for label in labels or () for word in table.get(_straight(label), ())))


def strangers(labels: Iterable[str] | None, table: Mapping[str, object]) -> list[str]:
    """The labels that the table does not know."""
    return [label for label in labels or () if _straight(label) not in table]


def _straight(label: str) -> str:
    return label.strip().replace("’", "'")
