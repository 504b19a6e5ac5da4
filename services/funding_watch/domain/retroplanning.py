"""What to do before each call that was chosen, counted back from its deadline.

The rule kept here: a step whose day has gone by is due now, never left out; a day that is only usual is said to be so.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from funding_watch.domain.call import FundingCall
from funding_watch.domain.eligibility import Place
from funding_watch.domain.offers import INSTRUCTION
from funding_watch.domain.wording import day_words
from kernel.contracts.intake import Project

USUAL: tuple[tuple[str, int, str], ...] = (
    ("appeler", 75, "Appeler le financeur : vérifier ce qui reste à vérifier"),
    ("pieces", 45, "Réunir les pièces : devis, plan de financement, attestations"),
    ("ecrire", 30, "Écrire le dossier"),
    ("relire", 10, "Faire relire le dossier"),
    ("deposer", 3, "Déposer, avec trois jours d’avance"),
)
"""Step, days before the deadline, words."""
COUNCIL_DAYS = 40
"""Before the deadline, where the days of the council are not known."""
DELIBERATES = frozenset({"commune", "epci", "syndicat_mixte", "departement", "region"})


@dataclass(frozen=True, slots=True)
class Milestone:
    """A step of a retroplanning. `late`: its day has gone by, so it is due today."""

    step: str
    day: date
    words: str
    late: bool = False


def retroplanning(call: FundingCall, project: Project, place: Place, now: datetime) -> list[Milestone]:
    """The steps before the next deadline of a call, in order; empty where it has none to come."""
    at = call.next_cut_off(now)
    if at is None:
        return []
    limit, today = call.local_day(at), call.local_day(now)
    steps = [(name, limit - timedelta(days=days), words) for name, days, words in USUAL]
    if project.porteur_form in DELIBERATES:
        steps.append(_council(project, place, limit, today))
    ahead = [Milestone(name, max(day, today), words, day < today) for name, day, words in steps]
    ahead.append(Milestone("limite", limit, "Date limite de dépôt"))
    ahead.append(Milestone("reponse", limit + INSTRUCTION, "Réponse attendue vers cette date (délai habituel)"))
    return sorted(ahead, key=lambda one: (one.day, one.step == "reponse", one.step == "limite"))


def _council(project: Project, place: Place, limit: date, today: date) -> tuple[str, date, str]:
    body = project.commune_code if project.porteur_form == "commune" else project.epci_code
    useful = [day for day in place.councils.get(body, ()) if today <= day <= limit]
    if useful:
        return "deliberer", max(useful), f"Délibérer : dernier conseil utile, le {day_words(max(useful))}"
    return "deliberer", limit - timedelta(days=COUNCIL_DAYS), "Délibérer : inscrire la demande au prochain conseil"
