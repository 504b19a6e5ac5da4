"""Every code that a page shows has its French words here; a code that is not known is shown as it is."""

from collections.abc import Mapping

from kernel.contracts.intake import NeedKind, PlanState
from kernel.contracts.scoring import Committee, OpinionValue, Outcome
from scoring.domain.states import MEANINGS, State

STATES: Mapping[State, str] = {state: meaning.label for state, meaning in MEANINGS.items()}

OPINIONS: Mapping[OpinionValue, str] = {
    "favorable": "Favorable",
    "favorable_avec_reserves": "Favorable avec réserves",
    "reserve": "Réservé",
}

OUTCOMES: Mapping[Outcome, str] = {
    "labellise": "Labellisé",
    "nomine": "Nominé",
    "en_attente": "Mis en attente",
}

OUTCOMES_TOLD: Mapping[Outcome, str] = {
    "labellise": "Labellisé : le projet porte le label",
    "nomine": "Nominé : un accompagnement le prépare au label",
    "en_attente": "Mis en attente : il pourra revenir dans une prochaine vague",
}
"""The same outcomes, as the decision form explains them."""

OPINION_BY: Mapping[Committee, str] = {
    "technique": "l'avis du comité technique",
    "lyceen": "l'avis du comité lycéen",
    "expertise": "l'avis du comité d'expertise",
}

NEEDS: Mapping[NeedKind, str] = {
    "investissement": "Investissement",
    "fonctionnement": "Fonctionnement",
    "ingenierie": "Ingénierie",
    "expertise": "Expertise",
    "communication": "Communication",
    "partenariat": "Partenariat",
}

PLAN: Mapping[PlanState, str] = {
    "envisage": "Envisagé",
    "demande": "Demandé",
    "acquis": "Acquis",
    "refuse": "Refusé",
}

STAGES: Mapping[str, str] = {
    "idee": "Idée",
    "etude": "Étude",
    "montage": "Montage",
    "travaux": "Travaux",
    "exploitation": "Exploitation",
}

FORMS: Mapping[str, str] = {
    "commune": "Commune",
    "epci": "Communauté d'agglomération ou de communes",
    "syndicat_mixte": "Syndicat mixte",
    "departement": "Département",
    "region": "Région",
    "etablissement_public": "Établissement public",
    "universite": "Université",
    "association": "Association",
    "entreprise": "Entreprise",
    "entreprise_sociale": "Entreprise sociale",
    "societe_citoyenne": "Société citoyenne (SAS, SCIC)",
    "epl": "Entreprise publique locale (SEM, SPL)",
}


MONTHS = (
    "janvier", "février", "mars", "avril", "mai", "juin",
    "juillet", "août", "septembre", "octobre", "novembre", "décembre",
)  # fmt: skip


def month(text: str) -> str:
    """« septembre 2026 » from `2026-09`; a text that is no month is given back."""
    year, _, number = text.partition("-")
    known = number.isdecimal() and 1 <= int(number) <= len(MONTHS)
    return f"{MONTHS[int(number) - 1]} {year}" if known else text


def period(begins: str | None, ends: str | None) -> str | None:
    """« de mai 2026 à juin 2027 », « à partir de mai 2026 », « jusqu'à juin 2027 »; None when both are unknown."""
    if begins and ends:
        return month(begins) if begins == ends else f"de {month(begins)} à {month(ends)}"
    if begins:
        return f"à partir de {month(begins)}"
    return f"jusqu'à {month(ends)}" if ends else None


def listed(words: list[str]) -> str:
    """« a », « a et b », « a, b et c »."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} et {words[-1]}"
