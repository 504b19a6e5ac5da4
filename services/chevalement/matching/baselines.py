"""What the matching must beat: two ordinary searches over the same calls, with the same words of the project.

The rule kept here: a baseline is what a good engineer gets in an hour. It knows the subject of the project and
of the calls, and neither our list of common words, nor our lexicon, nor the conditions of the calls.
"""

import math
import re
import sqlite3
from collections import Counter
from collections.abc import Sequence
from contextlib import closing

from chevalement.matching.reading import Candidate, Offer
from funding_watch.domain.words import FRENCH_STOP, folded, stem

K1, B = 1.2, 0.75
_WORD = re.compile(r"[^\W_]+")
_STOP = frozenset(FRENCH_STOP.split())


def _tokens(text: str) -> list[str]:
    return [word for word in _WORD.findall(folded(text)) if len(word) > 2 and word not in _STOP]


def _asked(candidate: Candidate) -> list[str]:
    """The project's words, once each: title, summary, needs."""
    project = candidate.project
    needs = [text for need in project.needs for text in (need.purpose, need.details)]
    return sorted(set(_tokens(" . ".join([project.title, project.summary, *needs]))))


def bm25(candidates: Sequence[Candidate], offers: Sequence[Offer]) -> list[list[str]]:
    """For each project the calls that share a word with it, best first: BM25 on stems of title and text."""
    counts = {
        offer.call_id: Counter(stem(word) for word in _tokens(f"{offer.call.title} . {offer.call.description}"))
        for offer in offers
    }
    having = Counter(term for count in counts.values() for term in count)
    usual = sum(count.total() for count in counts.values()) / max(1, len(counts)) or 1.0
    ranked = []
    for candidate in candidates:
        asked = sorted({stem(word) for word in _asked(candidate)})
        scores = {call: _bm25(count, asked, having, len(counts), usual) for call, count in counts.items()}
        ranked.append(sorted((call for call, score in scores.items() if score), key=lambda call: (-scores[call], call)))
    return ranked


def _bm25(count: Counter[str], asked: Sequence[str], having: Counter[str], total: int, usual: float) -> float:
    tame = K1 * (1 - B + B * count.total() / usual)
    rarity = {term: math.log(1 + (total - having[term] + 0.5) / (having[term] + 0.5)) for term in asked if count[term]}
    return sum(rarity[term] * count[term] * (K1 + 1) / (count[term] + tame) for term in rarity)


def full_text(candidates: Sequence[Candidate], offers: Sequence[Offer]) -> list[list[str]]:
    """The same with the full-text search of SQLite (FTS5, accents folded, any of the words)."""
    with closing(sqlite3.connect(":memory:")) as base:
        base.execute("CREATE VIRTUAL TABLE calls USING fts5(call UNINDEXED, title, body, tokenize='unicode61')")
        rows = sorted((offer.call_id, folded(offer.call.title), folded(offer.call.description)) for offer in offers)
        base.executemany("INSERT INTO calls VALUES (?, ?, ?)", rows)
        return [_searched(base, _asked(candidate)) for candidate in candidates]


def _searched(base: sqlite3.Connection, asked: Sequence[str]) -> list[str]:
    if not asked:
        return []
    wanted = " OR ".join(f'"{word}"' for word in asked)
    found = base.execute("SELECT call FROM calls WHERE calls MATCH ? ORDER BY rank, call", (wanted,))
    return [str(call) for (call,) in found]
