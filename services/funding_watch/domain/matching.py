"""Which calls could pay for which need of a project: eligibility first, then relevance, then a sentence.

The rule kept here: the answer depends on the project, the calls and the day alone, never on the order in which
they came; and where nothing fits, nothing is proposed. The need is what is searched for, not the project:
a call's score is above all its best need's, and says which one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from funding_watch.domain.eligibility import (
    Check,
    CheckName,
    Place,
    asks_for_partners,
    check_need,
    check_project,
    is_made_for,
    verdict_of,
)
from funding_watch.domain.lessons import Lessons
from funding_watch.domain.quotes import quotes
from funding_watch.domain.reasons import reason
from funding_watch.domain.relevance import (
    ANSWERED_TOO,
    MADE_FOR,
    OTHER_NEEDS,
    Query,
    Relevant,
    most_of,
    queries_of,
    relevant_calls,
)
from funding_watch.domain.stock import Entry, Index
from funding_watch.domain.words import words_of
from kernel.contracts.funding_watch import Verdict
from kernel.contracts.intake import Project

MOST = 5
"""Calls proposed for one project at once, the best ones: what a person reads in a week."""
THRESHOLD = 0.22
"""Score under which nothing is proposed: over it four alerts in five were worth reading on a judged set."""

DOUBT: Mapping[CheckName, float] = {
    "territoire": 0.85,
    "zone": 0.6,
    "beneficiaire": 0.8,
    "calendrier": 0.97,
    "depense": 0.97,
    "montant": 0.97,
    "etape": 1.0,
    "cumul": 1.0,
}
"""What an answer that is to check leaves of the relevance."""
PARTNERS = 0.8
"""What the search for European partners leaves of the relevance."""
UNTAUGHT = Lessons()


@dataclass(frozen=True, slots=True)
class Proposal:
    """A call for a need; `score` is between 0 and 1."""

    call_key: str
    need_number: int
    verdict: Verdict
    score: float
    reason: str
    checks: tuple[Check, ...]


@dataclass(frozen=True, slots=True)
class Fit:
    """How well a call answers a need."""

    entry: Entry
    query: Query
    checks: tuple[Check, ...]
    score: float


def propose(project: Project, index: Index, place: Place, now: datetime, lessons: Lessons = UNTAUGHT) -> list[Proposal]:
    """The best calls for the project at `now`, best first, at most MOST; empty where nothing fits."""
    return [proposal_of(fit, project.porteur_form) for fit in best(project, index, place, now, lessons)]


def worth_sending(fits: Sequence[Fit]) -> list[Fit]:
    """Of fits best first, those that are proposed."""
    return [fit for fit in fits if fit.score >= THRESHOLD][:MOST]


def best(project: Project, index: Index, place: Place, now: datetime, lessons: Lessons = UNTAUGHT) -> list[Fit]:
    """The same as `worth_sending(ranked(…))`: calls are checked from the most promising on, until none can win."""
    found: list[Fit] = []
    for promise, key, relevant in _promising(project, index, place):
        if promise < (found[-1].score if len(found) == MOST else THRESHOLD):
            break
        fit = _taught(_checked(index.entries[key], relevant, place, now), index, lessons)
        if fit and fit.score >= THRESHOLD:
            found = sorted([*found, fit], key=_best_first)[:MOST]
    return found


def ranked(
    project: Project,
    index: Index,
    place: Place,
    now: datetime,
    priorities: Mapping[int, int] | None = None,
    *,
    lessons: Lessons = UNTAUGHT,
) -> list[Fit]:
    """Every call that no check and no person refuses and that shares a word with a need, best first."""
    queries = queries_of(project, index.statistics, priorities)
    checked = (
        _taught(_checked(index.entries[key], relevant, place, now), index, lessons)
        for key, relevant in relevant_calls(queries, index, place)
    )
    return sorted((fit for fit in checked if fit), key=_best_first)


def _promising(project: Project, index: Index, place: Place) -> list[tuple[float, str, Relevant]]:
    """Each call that may reach the threshold: the most its score can be, its key, and the needs it speaks of."""
    found = relevant_calls(queries_of(project, index.statistics), index, place, THRESHOLD)
    promised = (
        (most_of([score for _, score in relevant], index.entries[key].call, place), key, relevant)
        for key, relevant in found
    )
    return sorted(promised, key=lambda one: (-one[0], one[1]))


def _best_first(fit: Fit) -> tuple[float, str]:
    return -fit.score, fit.entry.call.key


def _checked(entry: Entry, relevant: Relevant, place: Place, now: datetime) -> Fit | None:
    """The call for the need that it answers best, as far as no check refuses it."""
    project = relevant[0][0].project
    common = check_project(entry.call, project, place, now)
    if verdict_of(common) == "non":
        return None
    found = [fit for query, score in relevant if (fit := fit_of(entry, query, common, score))]
    return _at_home(_together(found), project, place) if found else None


def _taught(fit: Fit | None, index: Index, lessons: Lessons) -> Fit | None:
    """The fit after what people said: what they set aside is none, what is like it where it was off counts less."""
    if fit is None or fit.entry.call.key in lessons.aside:
        return None
    share = lessons.share(fit.entry.call, index.statistics)
    return fit if share == 1 else replace(fit, score=round(fit.score * share, 4))


def _together(found: Sequence[Fit]) -> Fit:
    """The need that the call answers best, raised a little by the others that it answers too."""
    best, *others = sorted(found, key=lambda fit: -fit.score)
    score = best.score + OTHER_NEEDS * sum(fit.score for fit in others[:ANSWERED_TOO])
    return replace(best, score=round(min(1.0, score), 4))


def _at_home(fit: Fit, project: Project, place: Place) -> Fit:
    """A call that needs partners abroad counts less, one made for the project's own zone more."""
    score = fit.score * (PARTNERS if asks_for_partners(fit.entry.call, project.porteur_form) else 1.0)
    score += MADE_FOR if is_made_for(fit.entry.call, place) else 0.0
    return replace(fit, score=round(min(1.0, score), 4))


def fit_of(entry: Entry, query: Query, common: tuple[Check, ...], score: float) -> Fit | None:
    """None where the call does not pay for that kind of need; each doubt takes its part of the score."""
    checks = (*common, *check_need(entry.call, query.project, query.need))
    if verdict_of(checks) == "non":
        return None
    for check in checks:
        if check.verdict == "to_check":
            score *= DOUBT[check.check]
    return Fit(entry, query, checks, score)


def shared_words(fit: Fit) -> list[str]:
    """What the call and the need both speak of, as the call writes it, the most telling first.

    A word of an English call comes with the need's own: « rooftops (toitures) ».
    """
    call, need = fit.entry.call, fit.query.need
    stems = [stem for stem in fit.query.gains.keys() & fit.entry.counts.keys() if fit.query.asks(stem)]
    shown = quotes(call, {stem: fit.query.gains[stem] for stem in sorted(stems)})
    if call.language == "fr":
        return shown
    ours = {word.stem: word.shown for word in words_of(f"{need.details} . {need.purpose}")}
    pairs = [(phrase, [ours[w.stem] for w in words_of(phrase, "en") if w.stem in ours]) for phrase in shown]
    return [f"{phrase} ({' '.join(dict.fromkeys(words))})" for phrase, words in pairs]


def proposal_of(fit: Fit, form: str) -> Proposal:
    """The fit as people read it; `form` is the porteur's."""
    return Proposal(
        call_key=fit.entry.call.key,
        need_number=fit.query.need.number,
        verdict=verdict_of(fit.checks),
        score=fit.score,
        reason=reason(fit.entry.call, form, fit.query.need, shared_words(fit), fit.checks),
        checks=fit.checks,
    )
