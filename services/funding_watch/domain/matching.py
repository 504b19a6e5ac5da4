"""Which calls could pay for which need of a project: eligibility first, then relevance, then a sentence.

The rule kept here: the answer depends on the project, the calls and the day alone, never on the order in which
they came; and where nothing fits, nothing is proposed. The need is what is searched for, not the project:
a call's score is its best need's, and says which one.
"""

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from funding_watch.domain.call import FundingCall
from funding_watch.domain.eligibility import Check, Place, check_expense, check_project, verdict_of
from funding_watch.domain.quotes import quotes
from funding_watch.domain.reasons import reason
from funding_watch.domain.words import words_of
from kernel.contracts.funding_watch import Verdict
from kernel.contracts.intake import Need, Project

MOST = 10
"""Calls proposed for one project at once, the best ones."""
THRESHOLD = 0.13
"""Score under which nothing is proposed."""
K1, B = 1.5, 0.75
"""Saturation of repeated words, weight of a text's length: the usual range of BM25."""
FIELDS = {"title": 3, "themes": 1, "programme": 1, "description": 1, "eligibility_text": 1}
"""How often the words of a field are counted."""

NEED_WEIGHT = {"expertise": 0.85, "communication": 0.7, "partenariat": 0.7}
"""A need that asks for no money counts less: a call is first of all money."""
DOUBT = {"territoire": 0.85, "beneficiaire": 0.8, "calendrier": 0.97, "depense": 0.97}
"""What an answer that is to check leaves of the relevance."""
PURPOSE_WEIGHT, DETAILS_WEIGHT, TITLE_WEIGHT, SUMMARY_WEIGHT = 1.0, 0.5, 0.25, 0.2
"""What a word counts for: the need says what is searched for, the project only in which context."""
ALONE, EACH_MORE = 0.5, 0.25
"""Share of the relevance that one shared word is worth, and what each other adds: one word may be a chance."""
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

    need: Need
    weights: Mapping[str, float]
    gains: Mapping[str, float]
    reachable: float
    """What a call holding the most telling words would reach."""


def query_of(project: Project, need: Need, index: Index) -> Query:
    """The words of the need, within what the project is about; words that no call has are left out."""
    weights: dict[str, float] = {}
    for text, weight in (
        (project.summary, SUMMARY_WEIGHT),
        (project.title, TITLE_WEIGHT),
        (need.details, DETAILS_WEIGHT),
        (need.purpose, PURPOSE_WEIGHT),
    ):
        for word in words_of(text):
            if word.stem in index.frequency:
                weights[word.stem] = max(weights.get(word.stem, 0.0), weight)
    gains = {stem: weights[stem] * index.rarity(stem) for stem in sorted(weights)}
    reachable = sum(sorted(gains.values(), reverse=True)[:TELLING]) * (K1 + 1)
    return Query(need, weights, gains, reachable)


def relevance(query: Query, entry: Entry, index: Index) -> float:
    """BM25 as a share of what is reachable: 0 to 1.

    0 where the call shares words with the context alone and none with the need itself.
    """
    shared = sorted(query.gains.keys() & entry.counts.keys())
    of_need = sum(_is_of_need(query.weights[stem]) for stem in shared)
    if not of_need:
        return 0.0
    tame = K1 * (1 - B + B * entry.length / index.usual[entry.call.language])
    reached = 0.0
    for stem in shared:
        count = entry.counts[stem]
        reached += query.gains[stem] * count * (K1 + 1) / (count + tame)
    others = of_need + 0.5 * (len(shared) - of_need) - 1
    return min(1.0, reached / query.reachable) * min(1.0, ALONE + EACH_MORE * others)


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
    fits = [fit for fit in ranked(project, index, place, now) if fit.score >= THRESHOLD][:MOST]
    return [_proposal(fit, project.porteur_form) for fit in fits]


def ranked(project: Project, index: Index, place: Place, now: datetime) -> list[Fit]:
    """Every call that no check refuses and that shares a word with a need, best first."""
    needs = sorted(project.needs, key=lambda need: need.number)
    queries = [query_of(project, need, index) for need in needs]
    fits = []
    for entry in index.entries:
        common = check_project(entry.call, project, place, now)
        if verdict_of(common) == "non":
            continue
        found = (_fit(entry, query, common, index) for query in queries)
        best = max((fit for fit in found if fit), key=lambda fit: fit.score, default=None)
        if best is not None:
            fits.append(best)
    return sorted(fits, key=lambda fit: (-fit.score, fit.entry.call.key))


def _fit(entry: Entry, query: Query, common: tuple[Check, ...], index: Index) -> Fit | None:
    """None where the call shares no word with the need, or does not pay for that kind of need."""
    score = relevance(query, entry, index) * NEED_WEIGHT.get(query.need.kind, 1.0)
    if not score:
        return None
    checks = (*common, check_expense(entry.call, query.need))
    if verdict_of(checks) == "non":
        return None
    for check in checks:
        if check.verdict == "to_check":
            score *= DOUBT[check.check]
    return Fit(entry, query, checks, round(score, 4))


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


def _proposal(fit: Fit, form: str) -> Proposal:
    return Proposal(
        call_key=fit.entry.call.key,
        need_number=fit.query.need.number,
        verdict=verdict_of(fit.checks),
        score=fit.score,
        reason=reason(fit.entry.call, form, fit.query.need, shared_words(fit), fit.checks),
        checks=fit.checks,
    )
