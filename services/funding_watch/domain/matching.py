"""Which calls could pay for which need of a project: eligibility first, then relevance, then a sentence.

The rule kept here: the answer depends on the project, the calls and the day alone, never on the order in which
they came; and where nothing fits, nothing is proposed. The need is what is searched for, not the project:
a call's score is above all its best need's, and says which one.
"""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from funding_watch.domain.call import FundingCall
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
from funding_watch.domain.quotes import quotes
from funding_watch.domain.reasons import reason
from funding_watch.domain.words import words_of
from kernel.contracts.funding_watch import Verdict
from kernel.contracts.intake import Need, Project

MOST = 5
"""Calls proposed for one project at once, the best ones: what a person reads in a week."""
THRESHOLD = 0.22
"""Score under which nothing is proposed: over it four alerts in five were worth reading on a judged set."""
K1, B = 1.5, 0.75
"""Saturation of repeated words, weight of a text's length: the usual range of BM25."""
FIELDS = {"title": 3, "themes": 1, "programme": 1, "description": 1, "eligibility_text": 1}
"""How often the words of a field are counted."""

NEED_WEIGHT = {"expertise": 0.85, "communication": 0.7, "partenariat": 0.7}
"""A need that asks for no money counts less: a call is first of all money."""
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
MADE_FOR = 0.1
"""Added for a call kept for a zone of the project: on a judged set nDCG@10 went from .74 to .81 with it."""
PURPOSE_WEIGHT, DETAILS_WEIGHT, TITLE_WEIGHT, SUMMARY_WEIGHT = 1.0, 0.5, 0.25, 0.2
"""What a word counts for: the need says what is searched for, the project only in which context."""
PRIORITY_WEIGHT = (1.0, 0.85, 0.6)
"""What a need of first, second, third priority and after counts for."""
OTHER_NEEDS, ANSWERED_TOO = 0.5, 2
"""Share of their own score that the other needs a call answers add to the best one's, and how many of them."""
TELLING = 12
"""A need is answered in full by this many of its most telling words."""


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
class Entry:
    """A call as the index sees it: weighted counts of its stems."""

    call: FundingCall
    counts: Mapping[str, float]
    length: float


@dataclass(frozen=True, slots=True)
class Index:
    """Calls ready to be searched, in the order of their keys, with the statistics of them all."""

    entries: tuple[Entry, ...]
    frequency: Mapping[str, int]
    usual: Mapping[str, float]
    """Mean length by language."""

    @classmethod
    def of(cls, calls: Iterable[FundingCall]) -> "Index":
        entries = tuple(_entry(call) for call in sorted(calls, key=lambda call: call.key))
        frequency = Counter(stem for entry in entries for stem in entry.counts)
        usual = {
            language: sum(lengths) / len(lengths)
            for language in ("fr", "en")
            if (lengths := [entry.length for entry in entries if entry.call.language == language])
        }
        return cls(entries, frequency, usual)

    def rarity(self, stem: str) -> float:
        """How much a word tells: near 0 where every call has it."""
        having = self.frequency.get(stem, 0)
        return math.log(1 + (len(self.entries) - having + 0.5) / (having + 0.5))


def _entry(call: FundingCall) -> Entry:
    counts: Counter[str] = Counter()
    for field, weight in FIELDS.items():
        text = getattr(call, field) or ""
        for word in words_of(" . ".join(text) if isinstance(text, tuple) else text, call.language):
            counts[word.stem] += weight
    return Entry(call, counts, float(sum(counts.values())))


@dataclass(frozen=True, slots=True)
class Query:
    """What a need searches for. `weights`: stem → what it counts for; `gains`: the same times its rarity."""

    project: Project
    need: Need
    weights: Mapping[str, float]
    gains: Mapping[str, float]
    reachable: float
    """What a call holding the most telling words would reach."""
    weight: float = 1.0
    """What the need counts for among those of the project."""


def query_of(project: Project, need: Need, index: Index, weight: float = 1.0) -> Query:
    """The words of the need, within what the project is about; words that no call has are left out."""
    weights: dict[str, float] = {}
    for text, counted in (
        (project.summary, SUMMARY_WEIGHT),
        (project.title, TITLE_WEIGHT),
        (need.details, DETAILS_WEIGHT),
        (need.purpose, PURPOSE_WEIGHT),
    ):
        for word in words_of(text):
            if word.stem in index.frequency:
                weights[word.stem] = max(weights.get(word.stem, 0.0), counted)
    gains = {stem: weights[stem] * index.rarity(stem) for stem in sorted(weights)}
    reachable = sum(sorted(gains.values(), reverse=True)[:TELLING]) * (K1 + 1)
    return Query(project, need, weights, gains, reachable, weight)


def relevance(query: Query, entry: Entry, index: Index) -> float:
    """BM25 as a share of what is reachable: 0 to 1.

    0 where the call shares words with the context alone and none with the need itself.
    """
    shared = sorted(query.gains.keys() & entry.counts.keys())
    if not any(_is_of_need(query.weights[stem]) for stem in shared):
        return 0.0
    tame = K1 * (1 - B + B * entry.length / index.usual[entry.call.language])
    reached = 0.0
    for stem in shared:
        count = entry.counts[stem]
        reached += query.gains[stem] * count * (K1 + 1) / (count + tame)
    return min(1.0, reached / query.reachable)


def _is_of_need(weight: float) -> bool:
    return weight >= DETAILS_WEIGHT


@dataclass(frozen=True, slots=True)
class Fit:
    """How well a call answers a need."""

    entry: Entry
    query: Query
    checks: tuple[Check, ...]
    score: float


def propose(project: Project, index: Index, place: Place, now: datetime) -> list[Proposal]:
    """The best calls for the project at `now`, best first, at most MOST; empty where nothing fits."""
    return [proposal_of(fit, project.porteur_form) for fit in worth_sending(ranked(project, index, place, now))]


def worth_sending(fits: Sequence[Fit]) -> list[Fit]:
    """Of fits best first, those that are proposed."""
    return [fit for fit in fits if fit.score >= THRESHOLD][:MOST]


def ranked(
    project: Project, index: Index, place: Place, now: datetime, priorities: Mapping[int, int] | None = None
) -> list[Fit]:
    """Every call that no check refuses and that shares a word with a need, best first.

    `priorities`: number of a need → 1 (first) and more; else a need's own; one that has none is first.
    """
    needs = sorted(project.needs, key=lambda need: need.number)
    queries = [query_of(project, need, index, _weight_of(need, priorities or {})) for need in needs]
    fits = []
    for entry in index.entries:
        common = check_project(entry.call, project, place, now)
        if verdict_of(common) == "non":
            continue
        found = [fit for query in queries if (fit := _fit(entry, query, common, index))]
        if found:
            fits.append(_at_home(_together(found), project, place))
    return sorted(fits, key=lambda fit: (-fit.score, fit.entry.call.key))


def _weight_of(need: Need, priorities: Mapping[int, int]) -> float:
    rank = max(1, priorities.get(need.number, need.priority or 1))
    return NEED_WEIGHT.get(need.kind, 1.0) * PRIORITY_WEIGHT[min(rank, len(PRIORITY_WEIGHT)) - 1]


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


def _fit(entry: Entry, query: Query, common: tuple[Check, ...], index: Index) -> Fit | None:
    """None where the call shares no word with the need, or does not pay for that kind of need."""
    score = relevance(query, entry, index) * query.weight
    if not score:
        return None
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
    stems = [stem for stem in fit.query.gains.keys() & fit.entry.counts.keys() if _is_of_need(fit.query.weights[stem])]
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
