"""An answer of a draft in words: codes by their names, rows as lines, so that two versions can be compared."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from zoneinfo import ZoneInfo

from intake.domain import vocabulary
from intake.domain.draft import GRID
from intake.forms import values
from intake.forms.draft import Value, rows_of
from intake.forms.words import ROWS
from kernel.contracts.label import Label
from kernel.ui.french import euros

PARIS = ZoneInfo("Europe/Paris")
NARROW = "\u202f"
QUESTIONS: Mapping[str, str] = MappingProxyType(
    {
        "titre": "Titre du projet",
        "resume": "Résumé",
        "description": "Description",
        "themes": "Thèmes",
        "chiffres_cles": "Chiffres clés",
        "porteur_nom": "Nom de l’organisme",
        "porteur_forme": "Forme juridique",
        "porteur_identifiant": "Numéro SIRET, SIREN ou RNA",
        "contact_fonction": "Service ou fonction à contacter",
        "contact_courriel": "Adresse électronique",
        "partenaires": "Partenaires",
        "maitre_oeuvre": "Maître d’œuvre",
        "commune": "Commune du projet",
        "perimetre": "Périmètre",
        "stade": "Stade du projet",
        "calendrier": "Calendrier",
        "budget": "Budget total",
        "plan": "Plan de financement",
        "besoin": "Besoins du projet",
        "documents": "Documents",
    }
)
CODES: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "porteur_forme": vocabulary.LEGAL_FORMS,
        "stade": vocabulary.STAGES,
        "etat": vocabulary.PLAN_STATES,
        "nature": vocabulary.NEED_KINDS,
        "priorite": vocabulary.NEED_PRIORITIES,
    }
)


def question(name: str, label: Label) -> str:
    """What a page calls an answer."""
    if name.startswith(GRID):
        code = name.removeprefix(GRID)
        return next(c.name for axis in label.axes for c in axis.criteria if c.code == code)
    return QUESTIONS[name]


def lines_of(name: str, value: str, label: Label) -> list[str]:
    """A value as lines to read; none where it is empty. A code that nobody knows stays as it was typed."""
    if name in ROWS:
        return [_row(row) for row in rows_of(value)]
    lines = [line for line in value.split("\n") if line.strip()]
    if name == "budget":
        return [_amount(line) for line in lines]
    if name == "themes":
        known = {theme.code: theme.name for theme in label.themes}
    elif name == "commune":
        known = {place.code: f"{place.name} ({place.epci_name})" for place in label.communes.values()}
    elif name.startswith(GRID):
        known = {str(level.value): level.name for level in label.levels}
    else:
        known = dict(CODES.get(name, {}))
    return [known.get(line, line) for line in lines]


def sent_value(name: str, value: str) -> Value:
    """A value in the shape in which a page sends it alone."""
    if name in ROWS:
        return rows_of(value)
    return [code for code in value.split("\n") if code] if name == "themes" else value


def clock_time(at: datetime) -> str:
    """« 14 h 32 », in Paris."""
    local = at.astimezone(PARIS)
    return f"{local.hour}{NARROW}h{NARROW}{local.minute:02d}"


def _row(row: Mapping[str, str]) -> str:
    cells = (
        _amount(typed) if column == "montant" else " ".join(CODES.get(column, {}).get(typed, typed).split())
        for column, typed in row.items()
        if typed.strip()
    )
    return " · ".join(cells)


def _amount(typed: str) -> str:
    """An amount as everywhere on the pages; one that cannot be read stays as it was typed."""
    try:
        return euros(values.amount(typed))
    except values.Wrong:
        return " ".join(typed.split())
