"""The calls, ready to be compared with needs; changed call by call.

The rule kept here: how much a word tells is measured once on the whole stock and then kept, so that what a call
is worth depends on the call and on that measure, not on which other calls came since.
"""

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from funding_watch.domain.call import FundingCall
from funding_watch.domain.postings import Postings
from funding_watch.domain.words import words_of

K1, B = 1.5, 0.75
"""Saturation of repeated words, weight of a text's length: the usual range of BM25."""
FIELDS = {"title": 3, "themes": 1, "programme": 1, "description": 1, "eligibility_text": 1}
"""How often the words of a field are counted."""


@dataclass(frozen=True)
class Statistics:
    """What words tell: `frequency` of the `total` calls have the word; `usual`: mean length by language."""

    total: int = 0
    frequency: Mapping[str, int] = field(default_factory=dict)
    usual: Mapping[str, float] = field(default_factory=dict)

    @cached_property
    def version(self) -> int:
        """Equal for equal measures."""
        return hash((self.total, tuple(sorted(self.usual.items())), frozenset(self.frequency.items())))

    def rarity(self, stem: str) -> float:
        """How much a word tells: near 0 where every call has it."""
        having = self.frequency.get(stem, 0)
        return math.log(1 + (self.total - having + 0.5) / (having + 0.5))

    def damping(self, language: str, length: float) -> float:
        """What a text's length takes from its repetitions; a language never met is as long as usual."""
        usual = self.usual.get(language) or length or 1.0
        return K1 * (1 - B + B * length / usual)


@dataclass(frozen=True, slots=True)
class Entry:
    """A call and the number of its telling words, each as often as its field counts."""

    call: FundingCall
    length: float

    @property
    def counts(self) -> Mapping[str, float]:
        """Weighted counts of its stems; read again from its text, since a hundred thousand of them are heavy."""
        return counts_of(self.call)


def counts_of(call: FundingCall) -> Counter[str]:
    """Stem → how often the call says it, each time as often as its field counts."""
    counts: Counter[str] = Counter()
    for name, weight in FIELDS.items():
        text = getattr(call, name) or ""
        for word in words_of(" . ".join(text) if isinstance(text, tuple) else text, call.language):
            counts[word.stem] += weight
    return counts


class Index:
    """The calls by key, their words turned round, and what words tell."""

    def __init__(self, statistics: Statistics | None = None) -> None:
        self.statistics = statistics or Statistics()
        self.entries: dict[str, Entry] = {}
        self.postings: Postings[str] = Postings(K1)
        self._kept_for: dict[str, set[str]] = {}

    @classmethod
    def of(cls, calls: Iterable[FundingCall]) -> "Index":
        """An index of these calls, measured on themselves."""
        index = cls()
        for call in sorted(calls, key=lambda call: call.key):
            index.put(call)
        index.weigh(index.measured())
        return index

    def put(self, call: FundingCall) -> None:
        """Know a call, or know it anew."""
        self.drop(call.key)
        counts = counts_of(call)
        entry = Entry(call, float(sum(counts.values())))
        self.entries[call.key] = entry
        self.postings.put(call.key, counts, self.statistics.damping(call.language, entry.length))
        for code in call.perimeter_codes:
            self._kept_for.setdefault(code, set()).add(call.key)

    def drop(self, key: str) -> None:
        """Forget a call; nothing where it is not known."""
        entry = self.entries.pop(key, None)
        if entry is None:
            return
        self.postings.drop(key)
        for code in entry.call.perimeter_codes:
            self._kept_for[code].discard(key)

    def kept_for(self, codes: Iterable[str]) -> set[str]:
        """The calls whose perimeter has one of these codes."""
        return set[str]().union(*(self._kept_for.get(code, ()) for code in codes))

    def measured(self) -> Statistics:
        """What words tell in the calls that are here now."""
        lengths: dict[str, list[float]] = {}
        for entry in self.entries.values():
            lengths.setdefault(entry.call.language, []).append(entry.length)
        usual = {language: math.fsum(found) / len(found) for language, found in lengths.items()}
        return Statistics(len(self.entries), self.postings.frequency(), usual)

    def weigh(self, statistics: Statistics) -> None:
        """Take another measure of what words tell."""
        self.statistics = statistics
        self.postings.dampen(
            {key: statistics.damping(one.call.language, one.length) for key, one in self.entries.items()}
        )
