"""Who: whether the porteur's legal form is among those that may apply, by itself or through which member.

The rule kept here: an unknown kind of porteur is to check, not a yes.
"""

from collections.abc import Mapping

from funding_watch.domain.call import Audience, FundingCall
from funding_watch.domain.eligibility.answers import Check, Place
from funding_watch.domain.wording import AUDIENCE_WORDS, FORM_WORDS, listed
from kernel.contracts.intake import Project

NEIGHBOURS: Mapping[str, Mapping[Audience, str]] = {
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


def asks_for_partners(call: FundingCall, form: str) -> bool:
    """Whether a European call says nothing of who may apply: most then ask for partners of several countries.

    A university knows them; anybody else has to find them first.
    """
    return call.language == "en" and not call.audiences and form != "universite"


def check_beneficiary(call: FundingCall, project: Project, place: Place) -> Check:
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
    ways = {audience: way for audience, way in NEIGHBOURS.get(form, {}).items() if audience in audiences}
    if ways:
        question = f"Voir si une candidature est possible {_through(ways, project, place)}."
        return Check("beneficiaire", "to_check", evidence, fact, question)
    return Check("beneficiaire", "no", evidence, fact)


def _through(ways: Mapping[Audience, str], project: Project, place: Place) -> str:
    """How to apply all the same, with the name of the member that may where it is known."""
    audience, way = next(iter(ways.items()))
    if audience == "commune" and project.porteur_form in {"epci", "syndicat_mixte"} and project.commune_name:
        return f"{way} ({project.commune_name})"
    if audience == "epci":
        own = place.agglomerations.get(project.epci_code)
        names = [own] if own else sorted(place.agglomerations.values())
        return f"{way} ({listed(names, 'ou')})" if names else way
    return way
