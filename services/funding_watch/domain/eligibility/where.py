"""Where: whether the perimeter holds the project, and whether its commune is one that the call is kept for.

The rule kept here: only an official code, or a number of inhabitants that the call writes, may say no.
"""

from collections.abc import Mapping

from funding_watch.domain.call import FundingCall
from funding_watch.domain.eligibility.answers import Answer, Check, Place
from funding_watch.domain.eligibility.sayings import Conditions, Size
from funding_watch.domain.wording import NARROW
from kernel.contracts.intake import Project

BASINS: Mapping[str, str] = {"59": "artois-picardie", "62": "artois-picardie", "80": "artois-picardie"}
"""Departments that lie in one hydrographic basin (its water agency's own list); the others are to check."""


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


def check_zone(conditions: Conditions, project: Project, place: Place) -> Check | None:
    """Whether the commune has the size, or is in the programme, that the call asks for; None where it asks nothing."""
    checks = [_size(conditions.size, project, place)] if conditions.size else []
    for slug, name, saying in conditions.programmes:
        evidence, fact = f"« {saying.text} »", f"Le projet est à {project.commune_name}"
        if slug in place.zones:
            checks.append(Check("zone", "yes", evidence, f"{fact}, en zone « {name} »", where=saying.where))
        else:
            question = f"Demander au financeur, ou à la préfecture, si la commune est en zone « {name} »."
            checks.append(Check("zone", "to_check", evidence, fact, question, saying.where))
    order = {"no": 0, "to_check": 1, "yes": 2}
    return min((one for one in checks if one), key=lambda one: order[one.verdict], default=None)


def _size(size: Size, project: Project, place: Place) -> Check | None:
    """About a commune that applies by itself; an agglomeration or a society is not counted in inhabitants."""
    if project.porteur_form != "commune":
        return None
    evidence = f"« {size.saying.text} »"
    inhabitants = place.populations.get(project.commune_code)
    if inhabitants is None:
        question = f"Vérifier le nombre d’habitants de {project.commune_name}."
        return Check("zone", "to_check", evidence, "Population non connue ici", question, size.saying.where)
    fact = f"{project.commune_name} compte {inhabitants:,} habitants".replace(",", NARROW)
    fits = (size.most is None or inhabitants < size.most) and (size.least is None or inhabitants >= size.least)
    if fits:
        return Check("zone", "yes", evidence, fact, where=size.saying.where)
    if size.alone:
        return Check("zone", "no", evidence, fact, where=size.saying.where)
    question = "Voir si l’agglomération peut candidater pour la commune."
    return Check("zone", "to_check", evidence, fact, question, size.saying.where)
