"""« Pourquoi ne vois-je plus cet appel ? »: one answer, the first that holds, in a sentence with its evidence.

The rule kept here: the same functions that propose calls say why one is not proposed, so the answer cannot differ
from what was done.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from funding_watch.domain.call import FundingCall
from funding_watch.domain.eligibility import Check, Place, check_need, check_project
from funding_watch.domain.lessons import Lessons, corrected
from funding_watch.domain.matching import MOST, THRESHOLD, UNTAUGHT, ranked, worth_sending
from funding_watch.domain.stock import Index
from funding_watch.domain.wording import CHECK_WORDS
from kernel.contracts.intake import Project

Why = Literal[
    "propose", "ecarte", "doublon", "quarantaine", "inconnu", "regle", "sans_mot", "abaisse", "peu_proche", "devance"
]
SENTENCES: dict[Why, str] = {
    "propose": "Cet appel est proposé aujourd’hui à ce projet.",
    "ecarte": "Une personne a écarté cet appel pour ce projet.",
    "doublon": "Cet appel est montré sous une autre fiche, qui dit la même chose.",
    "quarantaine": "Cet appel attend qu’une personne vérifie sa fiche : il n’est proposé à aucun projet.",
    "inconnu": "La veille n’a plus cet appel parmi ceux qu’elle compare.",
    "regle": "Une règle de l’appel exclut ce projet.",
    "sans_mot": "L’appel et les besoins du projet n’ont aucun mot en commun.",
    "abaisse": "Cet appel parle des mêmes choses qu’un appel que vous avez dit hors sujet pour ce projet.",
    "peu_proche": "L’appel est trop loin des besoins du projet : rien n’est proposé plutôt que n’importe quoi.",
    "devance": f"D’autres appels répondent mieux aux besoins : {MOST} au plus sont proposés à la fois.",
}


@dataclass(frozen=True, slots=True)
class Absence:
    """Why a call is not proposed. `checks` exclude it, `others` are the calls that it stands behind."""

    why: Why
    checks: tuple[Check, ...] = ()
    others: tuple[str, ...] = ()
    score: float | None = None
    needed: float | None = None

    @property
    def sentence(self) -> str:
        if self.why == "regle" and self.checks:
            return f"Une règle de l’appel exclut ce projet : {CHECK_WORDS[self.checks[0].check].lower()}."
        return SENTENCES[self.why]


def explain(
    call: FundingCall, project: Project, index: Index, place: Place, now: datetime, *, lessons: Lessons
) -> Absence:
    """Why this call is, or is not, among those proposed to the project at `now`."""
    aside = lessons.aside.get(call.key)
    if aside is not None:
        correction = corrected(aside)
        return Absence("ecarte", (correction,) if correction else ())
    if call.quarantined:
        return Absence("quarantaine")
    refused = refusals(call, project, place, now)
    if refused:
        return Absence("regle", refused)
    if call.key not in index.entries:
        return Absence("inconnu")
    return _among(call.key, project, index, place, now, lessons=lessons)


def refusals(call: FundingCall, project: Project, place: Place, now: datetime) -> tuple[Check, ...]:
    """The answers that exclude the project whatever the need, else those that exclude every need of it."""
    common = tuple(check for check in check_project(call, project, place, now) if check.verdict == "no")
    if common or not project.needs:
        return common
    of_needs = [_noes(check_need(call, project, need)) for need in project.needs]
    return of_needs[0] if all(of_needs) else ()


def _noes(checks: Sequence[Check]) -> tuple[Check, ...]:
    return tuple(check for check in checks if check.verdict == "no")


def _among(key: str, project: Project, index: Index, place: Place, now: datetime, *, lessons: Lessons) -> Absence:
    fits = ranked(project, index, place, now, lessons=lessons)
    sent = worth_sending(fits)
    mine = next((fit for fit in fits if fit.entry.call.key == key), None)
    if mine is None:
        return Absence("sans_mot", needed=THRESHOLD)
    if mine in sent:
        return Absence("propose", score=mine.score, needed=THRESHOLD)
    likes = [other for other, likeness in lessons.like(mine.entry.call, index.statistics) if likeness]
    if likes:
        before = next(fit for fit in ranked(project, index, place, now, lessons=UNTAUGHT) if fit.entry.call.key == key)
        if before.score >= THRESHOLD:
            return Absence("abaisse", others=tuple(likes), score=mine.score, needed=THRESHOLD)
    if mine.score < THRESHOLD:
        return Absence("peu_proche", score=mine.score, needed=THRESHOLD)
    return Absence("devance", others=tuple(fit.entry.call.key for fit in sent), score=mine.score)
