"""The French words of the watch's codes, and how a sentence lists them; the pages use the same.

The rule kept here: a sentence may be read aloud to a mayor, so no code and no bare number appears in it.
"""

from collections.abc import Iterable, Mapping
from datetime import date

NARROW = "\u202f"
MONTHS = (
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
)

FORM_WORDS: Mapping[str, str] = {
    "commune": "une commune",
    "epci": "une agglomération ou une communauté de communes",
    "syndicat_mixte": "un syndicat mixte",
    "departement": "un département",
    "region": "une région",
    "etablissement_public": "un établissement public",
    "universite": "une université",
    "association": "une association",
    "entreprise": "une entreprise",
    "entreprise_sociale": "une entreprise sociale",
    "societe_citoyenne": "une société citoyenne",
    "epl": "une entreprise publique locale",
}

AUDIENCE_WORDS: Mapping[str, str] = {
    "commune": "communes",
    "epci": "intercommunalités",
    "syndicat_mixte": "syndicats mixtes",
    "departement": "départements",
    "region": "régions",
    "etablissement_public": "établissements publics",
    "universite": "universités",
    "association": "associations",
    "entreprise": "entreprises",
    "entreprise_sociale": "entreprises sociales",
    "societe_citoyenne": "sociétés citoyennes",
    "epl": "entreprises publiques locales",
    "particulier": "particuliers",
    "agriculteur": "agriculteurs",
}

NEED_WORDS: Mapping[str, str] = {
    "investissement": "un investissement",
    "fonctionnement": "du fonctionnement",
    "ingenierie": "de l’ingénierie",
    "expertise": "une expertise",
    "communication": "de la communication",
    "partenariat": "un partenariat",
}

KIND_WORDS: Mapping[str, str] = {
    "subvention": "subvention",
    "pret": "prêt",
    "avance": "avance à rembourser",
    "cee": "certificats d’économies d’énergie",
    "ingenierie": "accompagnement",
    "prix": "prix",
    "autre": "autre aide",
}

EXPENSE_WORDS: Mapping[str, str] = {"investissement": "investissement", "fonctionnement": "fonctionnement"}

RECURRENCE_WORDS: Mapping[str, str] = {
    "ponctuelle": "une seule fois",
    "permanente": "toute l’année",
    "recurrente": "revient régulièrement",
}

SCALE_WORDS: Mapping[str, str] = {
    "commune": "commune",
    "epci": "intercommunalité",
    "departement": "département",
    "bassin": "bassin hydrographique",
    "region": "région",
    "pays": "pays",
    "europe": "Europe",
    "autre": "autre périmètre",
}

CHECK_WORDS: Mapping[str, str] = {
    "territoire": "Où",
    "zone": "Quelles communes",
    "beneficiaire": "Qui",
    "calendrier": "Quand",
    "depense": "Quelles dépenses",
    "montant": "Combien",
    "etape": "À quel stade",
    "cumul": "Avec quelles aides",
}

NEED_NAMES: Mapping[str, str] = {
    "investissement": "Investissement",
    "fonctionnement": "Fonctionnement",
    "ingenierie": "Ingénierie",
    "expertise": "Expertise",
    "communication": "Communication",
    "partenariat": "Partenariat",
}

STATUS_WORDS: Mapping[str, str] = {
    "ouvert": "Ouvert",
    "permanent": "Permanent",
    "a_venir": "À venir",
    "clos": "Clos",
}

VERDICT_WORDS: Mapping[str, str] = {"eligible": "Éligible", "a_verifier": "À vérifier", "non": "Non éligible"}

UNCONFIRMED = "Non confirmé"
QUARANTINED = "En quarantaine"

TURN_WORDS: Mapping[str, str] = {
    "opened": "L’appel est ouvert",
    "reopened": "L’appel est de nouveau ouvert",
    "closing": "L’échéance approche",
    "absent": "Absent de quatre lectures de suite\u202f: non confirmé",
    "confirmed": "De nouveau confirmé",
    "closed": "L’appel est clos",
    "cleared": "Vérifié et sorti de quarantaine",
    "entered": "Saisi à la main",
    "merged": "Réuni avec une autre fiche",
    "parted": "Reconnu distinct d’une autre fiche",
    "unmerged": "Décision annulée\u202f: à comparer de nouveau",
}

WHY_WORDS: Mapping[str, str] = {
    "echeance": "sa dernière échéance est passée",
    "source": "la source le dit clos",
    "disparu": "sa page a disparu, constaté deux jours différents",
    "decision": "décision d’une personne",
}

FIELD_WORDS: Mapping[str, str] = {
    "title": "Titre",
    "funders": "Financeurs",
    "programme": "Programme",
    "eligibility_text": "Conditions",
    "audiences": "Bénéficiaires",
    "perimeter_scale": "Échelle du périmètre",
    "perimeter_name": "Périmètre",
    "perimeter_codes": "Codes du périmètre",
    "kinds": "Nature de l’aide",
    "expenses": "Dépenses prises en charge",
    "opens_on": "Ouverture",
    "closes_at": "Date limite",
    "cut_offs": "Dates de dépôt",
    "recurrence": "Périodicité",
    "rate_min": "Taux minimal",
    "rate_max": "Taux maximal",
    "amount_min": "Montant minimal",
    "amount_max": "Montant maximal",
    "envelope": "Enveloppe",
}


def day_words(day: date | None) -> str:
    """« 12 mars 2027 », « 1er mars 2027 »; « une date non précisée » for none."""
    if day is None:
        return "une date non précisée"
    first = "er" if day.day == 1 else ""
    return f"{day.day}{first} {MONTHS[day.month - 1]} {day.year}"


def amount_words(amount: int) -> str:
    """« 12 500 € » with narrow spaces."""
    return f"{amount:,}".replace(",", NARROW) + f"{NARROW}€"


def listed(words: Iterable[str], last: str = "et") -> str:
    """« communes, associations et entreprises »: each once, in the order given."""
    each = list(dict.fromkeys(words))
    if len(each) < 2:
        return "".join(each)
    return f"{', '.join(each[:-1])} {last} {each[-1]}"


def change_words(field: str, value: str | None) -> str:
    """A value of a call's history, as `call.changes` writes it, in words."""
    if value is None:
        return "non précisé"
    return " · ".join(_value_words(field, part) for part in value.split(" | "))


def _value_words(field: str, value: str) -> str:
    tables = {
        "audiences": AUDIENCE_WORDS,
        "kinds": KIND_WORDS,
        "expenses": EXPENSE_WORDS,
        "recurrence": RECURRENCE_WORDS,
        "perimeter_scale": SCALE_WORDS,
    }
    if field in tables:
        return tables[field].get(value, value)
    if field in {"opens_on", "closes_at", "cut_offs"}:
        return day_words(date.fromisoformat(value))
    if field in {"rate_min", "rate_max"}:
        return f"{value}{NARROW}%"
    if field in {"amount_min", "amount_max", "envelope"}:
        return amount_words(int(value))
    return value


def money_words(least: int | None, most: int | None, rate: int | None) -> str | None:
    """« jusqu’à 40 % », « de 5 000 € à 20 000 € »; None when nothing is said."""
    said = []
    if rate:
        said.append(f"jusqu’à {rate}{NARROW}%")
    if least and least == most:
        said.append(amount_words(most))
    elif least and most:
        said.append(f"de {amount_words(least)} à {amount_words(most)}")
    elif most:
        said.append(f"jusqu’à {amount_words(most)}")
    elif least:
        said.append(f"à partir de {amount_words(least)}")
    return ", ".join(said) or None


WHERE_WORDS: Mapping[str, str] = {"titre": "titre", "conditions": "conditions", "description": "description"}
