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

APPLICANTS: Mapping[str, tuple[Audience, ...]] = {
    "commune": ("commune",),
    "communes": ("commune",),
    "communes rurales": ("commune",),
    "intercommunalités": ("epci",),
    "epci": ("epci",),
    "établissements publics de coopération intercommunale": ("epci",),
    "groupements de collectivités": ("epci", "syndicat_mixte"),
    "syndicats mixtes": ("syndicat_mixte",),
    "collectivités": ("commune", "epci", "departement", "region"),
    "collectivités territoriales": ("commune", "epci", "departement", "region"),
    "collectivités locales": ("commune", "epci", "departement", "region"),
    "collectivité ou institution": ("commune", "epci", "syndicat_mixte", "departement", "region"),
    "départements": ("departement",),
    "régions": ("region",),
    "établissements publics": ("etablissement_public", "universite"),
    "établissements d'enseignement": ("etablissement_public", "universite"),
    "universités": ("universite",),
    "organismes de recherche": ("universite",),
    "associations": ("association",),
    "association": ("association",),
    "entreprises": ("entreprise", "entreprise_sociale", "societe_citoyenne"),
    "entreprise": ("entreprise", "entreprise_sociale", "societe_citoyenne"),
    "professionnels": ("entreprise", "entreprise_sociale", "societe_citoyenne"),
    "structures de l'économie sociale et solidaire": ("entreprise_sociale", "association"),
    "sociétés citoyennes": ("societe_citoyenne",),
    "agriculteurs": ("agriculteur",),
    "particuliers": ("particulier",),
    "particulier": ("particulier",),
}
"""As pages of funders list who may apply, in small letters."""

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
