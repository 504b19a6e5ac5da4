"""Whether a call is open to a project: checks in order, each with its evidence and the fact it was held against.

The rule kept here: what is not written is to check, never a silent no. Only words of the call, or an official
code that excludes the project, may say no; an unknown kind of porteur is to check and not a yes.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from funding_watch.domain.call import FundingCall
from funding_watch.domain.wording import AUDIENCE_WORDS, FORM_WORDS, NEED_WORDS, day_words, listed
from kernel.contracts.funding_watch import Verdict
from kernel.contracts.intake import Need, Project

Answer = Literal["yes", "no", "to_check"]
CheckName = Literal["territoire", "beneficiaire", "calendrier", "depense"]

SHORT_NOTICE = 15
"""Days under which we ask whether the file can be ready; the shortest council calendar is a fortnight."""

BASINS: Mapping[str, str] = {"59": "artois-picardie", "62": "artois-picardie", "80": "artois-picardie"}
"""Departments that lie in one hydrographic basin (its water agency's own list); the others are to check."""

NEIGHBOURS: Mapping[str, Mapping[str, str]] = {
    "commune": {"epci": "via l’agglomération", "syndicat_mixte": "via le syndicat dont elle est membre"},
    "epci": {"commune": "via une commune membre", "syndicat_mixte": "via le syndicat dont il est membre"},
    "syndicat_mixte": {"epci": "via une agglomération membre", "commune": "via une commune membre"},
    "association": {"entreprise_sociale": "si l’association a l’agrément d’utilité sociale ou d’insertion"},
    "entreprise_sociale": {
        "entreprise": "comme entreprise",
        "association": "si sa forme est associative",
    },
    "societe_citoyenne": {
        "entreprise": "comme société commerciale",
        "entreprise_sociale": "si ses statuts le permettent",
        "epl": "selon la part publique au capital",
        "commune": "via la commune actionnaire",
    },
    "universite": {"etablissement_public": "comme établissement public"},
    "etablissement_public": {"commune": "via la commune de rattachement", "epci": "via l’agglomération"},
    "epl": {
        "commune": "via la commune actionnaire",
        "epci": "via l’agglomération actionnaire",
        "entreprise": "comme société commerciale",
    },
    "entreprise": {"entreprise_sociale": "si elle a l’agrément d’utilité sociale"},
}
"""Form of the porteur → audience that it is near to → how it might apply: always to check."""


@dataclass(frozen=True, slots=True)
class Place:
    """The official codes of the territory that all its communes share (INSEE), and the zones that it is known to be in.

    `zones` are slugs (`bassin-minier`); one that is not listed is not denied.
    """

    department: str
    region: str
    zones: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Check:
    """One answer. `evidence` is what the call says, `fact` what the project is, `question` what to ask."""

    check: CheckName
    verdict: Answer
    evidence: str
    fact: str
    question: str | None = None


def check_project(call: FundingCall, project: Project, place: Place, now: datetime) -> tuple[Check, ...]:
    """What does not depend on the need, in the order in which staff would check it."""
    return (
        check_territory(call, project, place),
        check_beneficiary(call, project),
        check_calendar(call, now),
    )


def verdict_of(checks: tuple[Check, ...]) -> Verdict:
    """`non` as soon as one check says no, `eligible` when all say yes, else `a_verifier`.

    A no removes the call however well its words fit: no score makes up for it.
    """
    answers = {check.verdict for check in checks}
    if "no" in answers:
        return "non"
    return "a_verifier" if "to_check" in answers else "eligible"


def check_territory(call: FundingCall, project: Project, place: Place) -> Check:
    """Whether the perimeter's codes contain the project's commune. Codes are read with their scale."""
    evidence = f"Périmètre : {call.perimeter_name or 'non précisé'}"
    fact = f"Le projet est à {project.commune_name} ({place.department})"
    ours = _codes_around(project, place).get(call.perimeter_scale)
    question = "Demander au financeur si la commune est dans le périmètre."
    if is_made_for(call, place):
        return Check("territoire", "yes", evidence, fact)
    if not call.perimeter_codes or ours is None:
        return Check("territoire", "to_check", evidence, fact, question)
    answer: Answer = "yes" if ours & set(call.perimeter_codes) else "no"
    return Check("territoire", answer, evidence, fact)


def _codes_around(project: Project, place: Place) -> dict[str, set[str]]:
    """By scale, the codes that contain the project; a scale that is missing cannot be decided."""
    around = {
        "commune": {project.commune_code},
        "epci": {project.epci_code},
        "departement": {place.department},
        "region": {place.region},
        "pays": {"FR"},
        "europe": {"EU"},
    }
    if basin := BASINS.get(place.department):
        around["bassin"] = {basin}
    return {scale: codes for scale, codes in around.items() if codes != {""}}


def is_made_for(call: FundingCall, place: Place) -> bool:
    """Whether the call is kept for a zone that the project is in: fewer may claim it, for more than one subject."""
    return bool(place.zones & set(call.perimeter_codes))


def asks_for_partners(call: FundingCall, form: str) -> bool:
    """Whether a European call says nothing of who may apply: most then ask for partners of several countries.

    A university knows them; anybody else has to find them first.
    """
    return call.language == "en" and not call.audiences and form != "universite"


def check_beneficiary(call: FundingCall, project: Project) -> Check:
    """Whether the porteur's legal form is among those that may apply, itself or through another."""
    form, audiences = project.porteur_form, set(call.audiences)
    fact = f"Le porteur est {FORM_WORDS.get(form, f'd’une forme que nous ne connaissons pas ({form})')}"
    if not audiences:
        question = "Demander au financeur qui peut candidater : la source ne le dit pas."
        if asks_for_partners(call, form):
            question = "Voir si l’appel demande des partenaires de plusieurs pays d’Europe, et lesquels."
        return Check("beneficiaire", "to_check", "Bénéficiaires non précisés", fact, question)
    evidence = f"Ouvert aux {listed(AUDIENCE_WORDS[one] for one in call.audiences)}"
    if form in audiences:
        return Check("beneficiaire", "yes", evidence, fact)
    if form not in FORM_WORDS:
        question = "Demander au financeur si cette forme de porteur est admise."
        return Check("beneficiaire", "to_check", evidence, fact, question)
    ways = [way for audience, way in NEIGHBOURS.get(form, {}).items() if audience in audiences]
    if ways:
        return Check("beneficiaire", "to_check", evidence, fact, f"Voir si une candidature est possible {ways[0]}.")
    return Check("beneficiaire", "no", evidence, fact)


def check_calendar(call: FundingCall, now: datetime) -> Check:
    """Whether there is still time to apply at `now`."""
    today = call.local_day(now)
    fact = f"Nous sommes le {day_words(today)}"
    match call.status_at(now):
        case "clos":
            return Check("calendrier", "no", f"Clos depuis le {day_words(call.closes_on)}", fact)
        case "permanent":
            return Check("calendrier", "yes", "Ouvert toute l’année", fact)
        case "a_venir":
            return Check("calendrier", "yes", f"Ouvre le {day_words(call.opens_on)}", fact)
    return _open_call(call, now, today, fact)


def _open_call(call: FundingCall, now: datetime, today: date, fact: str) -> Check:
    at = call.next_cut_off(now)
    if at is None:
        question = "Demander au financeur jusqu’à quand l’appel est ouvert."
        return Check("calendrier", "to_check", "Date limite non précisée", fact, question)
    limit = call.local_day(at)
    evidence = f"À déposer jusqu’au {day_words(limit)}"
    left = (limit - today).days
    if left < SHORT_NOTICE:
        question = f"Le dossier peut-il être prêt en {left} jour{'s' if left > 1 else ''} ?"
        return Check("calendrier", "to_check", evidence, fact, question)
    return Check("calendrier", "yes", evidence, fact)


def check_expense(call: FundingCall, need: Need) -> Check:
    """Whether the call pays for this kind of need; advice instead of money is to check."""
    fact = f"Le besoin est {NEED_WORDS[need.kind]}"
    if set(call.kinds) == {"ingenierie"}:
        return _advice(need, fact)
    if need.kind in {"ingenierie", "expertise"} and "ingenierie" in call.kinds:
        return Check("depense", "yes", "L’aide comprend un accompagnement technique", fact)
    if not call.expenses:
        question = "Demander au financeur quelles dépenses sont prises en charge."
        return Check("depense", "to_check", "Dépenses prises en charge non précisées", fact, question)
    evidence = f"Paie des dépenses {listed(f'd’{one}' if one[0] == 'i' else f'de {one}' for one in call.expenses)}"
    if need.kind in call.expenses:
        return Check("depense", "yes", evidence, fact)
    if need.kind in {"investissement", "fonctionnement"}:
        return Check("depense", "no", evidence, fact)
    question = "Demander au financeur si cette dépense peut être retenue."
    return Check("depense", "to_check", evidence, fact, question)


def _advice(need: Need, fact: str) -> Check:
    evidence = "L’aide est un accompagnement, sans versement d’argent"
    if need.kind in {"ingenierie", "expertise"}:
        return Check("depense", "yes", evidence, fact)
    return Check("depense", "to_check", evidence, fact, "Voir si cet accompagnement aide à préparer le projet.")
