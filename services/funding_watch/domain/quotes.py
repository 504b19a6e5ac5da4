"""The words of a call that support a match, quoted as the call writes them: « îlots de fraîcheur », not two stems.

The rule kept here: every quotation can be found in the call's own text.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from funding_watch.domain.call import FundingCall
from funding_watch.domain.words import folded, stem, words_of

MOST = 5
LONGEST = 3
"""Telling words in one quotation."""
_TOKEN = re.compile(r"[^\W_]+")
_JOINT = re.compile(r"[ ’'\u00a0-]+(?:(?:de|des|du|d|la|le|les|l|et|à|au|aux|en)[ ’'\u00a0]+){0,2}", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Run:
    """Telling words side by side in a text."""

    shown: str
    stems: frozenset[str]


def quotes(call: FundingCall, weights: Mapping[str, float]) -> list[str]:
    """At most five quotations that hold the telling stems (stem → weight), the most telling first."""
    runs = list(_runs(call, weights))
    chosen: list[str] = []
    told: set[str] = set()
    while runs and len(chosen) < MOST:
        best = max(runs, key=lambda run: _gain(run, told, weights))
        if _gain(best, told, weights) <= 0:
            break
        chosen.append(best.shown)
        told |= best.stems
        runs = [run for run in runs if run.stems - told]
    return chosen


def _gain(run: Run, told: set[str], weights: Mapping[str, float]) -> float:
    return sum(weights[one] for one in sorted(run.stems - told))


def _runs(call: FundingCall, weights: Mapping[str, float]) -> Iterator[Run]:
    for text in (call.title, call.description, call.eligibility_text, " . ".join(call.themes)):
        if call.language == "en":
            yield from _english(text, weights)
        else:
            yield from _french(text, weights)


def _english(text: str, weights: Mapping[str, float]) -> Iterator[Run]:
    """A phrase of the lexicon is already a quotation."""
    by_phrase: dict[str, set[str]] = {}
    for word in words_of(text, "en"):
        if word.stem in weights:
            by_phrase.setdefault(word.shown, set()).add(word.stem)
    for shown, stems in by_phrase.items():
        yield Run(shown, frozenset(stems))


def _french(text: str, weights: Mapping[str, float]) -> Iterator[Run]:
    begin = end = 0
    stems: list[str] = []
    for token in _TOKEN.finditer(text):
        key = stem(token[0])
        if key not in weights or len(folded(token[0])) < 3:
            continue
        if stems and len(stems) < LONGEST and _JOINT.fullmatch(text, end, token.start()):
            stems.append(key)
        else:
            if stems:
                yield Run(_tidy(text[begin:end]), frozenset(stems))
            begin, stems = token.start(), [key]
        end = token.end()
    if stems:
        yield Run(_tidy(text[begin:end]), frozenset(stems))


def _tidy(shown: str) -> str:
    """In one line; in small letters, but for words all in capitals (PTCE, RE2020)."""
    return " ".join(word if word.isupper() else word.lower() for word in shown.split())
