"""When: whether there is still time to apply, and whether a council still meets before the deadline.

The rule kept here: a call refuses by its own dates alone; too little time is to check with the porteur.
"""

from datetime import date, datetime

from funding_watch.domain.call import FundingCall
from funding_watch.domain.eligibility.answers import Check, Place
from funding_watch.domain.wording import day_words
from kernel.contracts.intake import Project

SHORT_NOTICE = 15
"""Days under which we ask whether the file can be ready; the shortest council calendar is a fortnight."""
COUNCILS = frozenset({"commune", "epci", "syndicat_mixte"})
"""Porteurs whose council has to agree to an application."""


def check_calendar(call: FundingCall, project: Project, place: Place, now: datetime) -> Check:
    """Whether there is still time to apply at `now`, the council that must agree included."""
    today = call.local_day(now)
    fact = f"Nous sommes le {day_words(today)}"
    match call.status_at(now):
        case "clos":
            return Check("calendrier", "no", f"Clos depuis le {day_words(call.closes_on)}", fact)
        case "permanent":
            return Check("calendrier", "yes", "Ouvert toute l’année", fact)
        case "a_venir":
            return Check("calendrier", "yes", f"Ouvre le {day_words(call.opens_on)}", fact)
    return _open_call(call, now, fact, _councils(project, place, today))


def _open_call(call: FundingCall, now: datetime, fact: str, councils: tuple[date, ...]) -> Check:
    at = call.next_cut_off(now)
    if at is None:
        question = "Demander au financeur jusqu’à quand l’appel est ouvert."
        return Check("calendrier", "to_check", "Date limite non précisée", fact, question)
    limit = call.local_day(at)
    evidence = f"À déposer jusqu’au {day_words(limit)}"
    left = (limit - call.local_day(now)).days
    if left < SHORT_NOTICE:
        question = f"Le dossier peut-il être prêt en {left} jour{'s' if left > 1 else ''} ?"
        return Check("calendrier", "to_check", evidence, fact, question)
    return _with_council(limit, councils, evidence, fact)


def _with_council(limit: date, councils: tuple[date, ...], evidence: str, fact: str) -> Check:
    """The last council before the deadline is told; where none is left, somebody has to be asked."""
    if not councils:
        return Check("calendrier", "yes", evidence, fact)
    useful = [day for day in councils if day <= limit]
    if useful:
        return Check("calendrier", "yes", evidence, f"{fact} ; dernier conseil utile : {day_words(max(useful))}")
    question = f"Voir avec le porteur : son prochain conseil est le {day_words(min(councils))}, après la date limite."
    return Check("calendrier", "to_check", evidence, fact, question)


def _councils(project: Project, place: Place, today: date) -> tuple[date, ...]:
    """The meetings to come of the council that must agree to the application; empty where none is known."""
    if project.porteur_form not in COUNCILS:
        return ()
    body = project.commune_code if project.porteur_form == "commune" else project.epci_code
    return tuple(day for day in place.councils.get(body, ()) if day >= today)
