"""Phrases that a mail says twice, in HTML and in text: plain words, which each template escapes as it must."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from kernel.ui.french import date_heure, date_longue, euros, jours_restants, nombre, taux

VERDICTS = {"eligible": "Éligible", "a_verifier": "À vérifier", "non": "Non éligible"}


def found(count: int, projects: int) -> str:
    """« 3 nouvelles pistes de financement pour 2 projets »."""
    tracks = "Une nouvelle piste" if count == 1 else f"{nombre(count)} nouvelles pistes"
    where = "un projet" if projects == 1 else f"{nombre(projects)} projets"
    return f"{tracks} de financement pour {where}"


def news(projects: Sequence[Mapping[str, Any]]) -> str:
    """« 2 nouvelles pistes et 1 changement pour un projet »."""
    matches = [match for project in projects for match in project["matches"]]
    changed = sum(1 for match in matches if match["changes"])
    fresh = len(matches) - changed
    said = [f"{nombre(fresh)} nouvelle{'s' if fresh > 1 else ''} piste{'s' if fresh > 1 else ''}"] if fresh else []
    said += [f"{nombre(changed)} changement{'s' if changed > 1 else ''}"] if changed else []
    where = "un projet" if len(projects) == 1 else f"{nombre(len(projects))} projets"
    return f"{' et '.join(said)} pour {where}"


FIELDS = {
    "verdict": "Verdict",
    "closes_on": "Échéance",
    "amount_max": "Montant maximal",
    "rate_max": "Taux maximal",
    "title": "Titre",
    "closed": "Appel",
}


def change(one: Mapping[str, Any]) -> str:
    """« Échéance : jeudi 30 avril 2026, auparavant mardi 31 mars 2026 »."""
    old, new = (_value(one["field"], one[name]) for name in ("old", "new"))
    return f"{FIELDS[one['field']]} : {new}, auparavant {old}"


def _value(field: str, value: Any) -> str:
    if field == "closed":
        return "clos" if value else "ouvert"
    if value is None:
        return "non précisé"
    if field == "closes_on":
        return date_longue(date.fromisoformat(value))
    if field == "verdict":
        return VERDICTS[value].lower()
    written = {"amount_max": euros, "rate_max": taux}.get(field)
    return written(value) if written else f"« {value} »"


def money(match: Mapping[str, Any]) -> str:
    """What a call gives at most: « jusqu'à 250 000 € et 45 % des dépenses »."""
    return _money(match["amount_max"], match["rate_max"])


@lru_cache(maxsize=4096)
def _money(amount: int | None, rate: int | None) -> str:
    """Kept: a mail says it twice, and the calls of a territory say the same again and again."""
    if amount is None and rate is None:
        return "montant et taux non précisés"
    if amount is None:
        return f"jusqu'à {taux(rate)} des dépenses"
    if rate is None:
        return f"jusqu'à {euros(amount)}"
    return f"jusqu'à {euros(amount)} et {taux(rate)} des dépenses"


def deadline(match: Mapping[str, Any], today: date) -> str:
    """« jeudi 30 avril 2026 (dans 49 jours) »."""
    if match.get("closed"):
        return "l'appel est clos"
    if match["closes_on"] is None:
        return "sans date limite"
    return _deadline(match["closes_on"], today)


@lru_cache(maxsize=4096)
def _deadline(closes_on: str, today: date) -> str:
    day = date.fromisoformat(closes_on)
    return f"{date_longue(day)} ({jours_restants(day, today)})"


def sources_line(sources: Sequence[Mapping[str, Any]]) -> str:
    """Whether the watch sees well; the last line of every alert."""
    if not sources:
        return "Sources : aucune lecture connue."
    degraded = [source["title"] for source in sources if source["degraded"]]
    if degraded:
        names = ", ".join(degraded)
        return f"Sources : {len(degraded)} sur {len(sources)} en difficulté ({names}). Des appels peuvent manquer."
    read = "la source suivie a été lue" if len(sources) == 1 else f"les {len(sources)} sources suivies ont été lues"
    last = max(datetime.fromisoformat(source["at"]) for source in sources)
    return f"Sources : {read} sans incident, en dernier {date_heure(last)}."


SECTIONS = {
    "projet": "le projet",
    "porteur": "le porteur et ses partenaires",
    "territoire": "le territoire",
    "calendrier": "le calendrier",
    "budget": "le budget et le plan de financement",
    "besoins": "les besoins",
    "grille": "la grille",
    "documents": "les documents",
}

DECODED = (
    ("in_short", "En deux phrases"),
    ("who", "Pour qui"),
    ("how_much", "Combien"),
    ("prepare", "Ce qu'il faut préparer"),
    ("traps", "Les pièges"),
    ("contact", "À qui parler"),
)
"""The parts of a décryptage, in the order of reading."""

PHRASES = {
    "decoded": DECODED,
    "answered": False,
    "jours_restants": jours_restants,
    "parties": SECTIONS,
    "verdicts": VERDICTS,
    "found": found,
    "news": news,
    "change": change,
    "answers": (("transmettre", "Transmettre"), ("a_etudier", "À étudier"), ("pas_pour_moi", "Pas pour moi")),
    "money": money,
    "deadline": deadline,
    "sources_line": sources_line,
}
