"""Which calls look like one and the same, and which are the local forms of a general one.

The rule kept here: a machine only suggests, with the evidence that a person can check; it never reunites two calls.
Aides-territoires publishes one scheme several times, a general one and its local forms, and copies made by hand; other
sources publish it once more under their own words. Two editions, two lots or two years of a scheme are two calls.
"""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations
from typing import Literal, NamedTuple
from urllib.parse import urlsplit

from funding_watch.domain.wording import day_words, listed
from funding_watch.domain.words import FRENCH_STOP, folded, stem

Kind = Literal["doublon", "variante"]

ALIKE = 0.8
"""Cosine of two titles from which a common funder and no other date make them one."""
NEARLY_EQUAL = 0.95
"""Cosine from which a common deadline is enough, whoever is named as funder."""
SAME_LINK_ALIKE = 0.5
"""Cosine from which a common page is enough."""
CROWD = 50
"""Calls that share a word or a page, from which it tells nothing: a page that lists calls, a title that all bear."""

BREADTH = ("commune", "epci", "departement", "bassin", "region", "pays", "europe")
NOISE = frozenset([*FRENCH_STOP.split(), "les", "des", "the", "and", "for", "appel", "projet", "aide"])
NOISE_STEMS = frozenset(stem(word) for word in NOISE)
_WORD = re.compile(r"[^\W_]+")
_COPY = re.compile(r"\bcopie\b(?:[ -]*\d{1,2}h\d{2})?[\d/ -]*")


@dataclass(frozen=True, slots=True)
class Face:
    """What two calls are compared by."""

    key: str
    title: str
    funders: tuple[str, ...] = ()
    url: str = ""
    closes_on: date | None = None
    scale: str = "autre"
    codes: tuple[str, ...] = ()

    @property
    def source(self) -> str:
        """The source that shows it."""
        return self.key.partition(":")[0]


@dataclass(frozen=True, slots=True)
class Likeness:
    """Two calls, in the order of their keys, that may be one; `evidence` are French sentences."""

    first: str
    second: str
    kind: Kind
    score: float
    evidence: tuple[str, ...]


class Title(NamedTuple):
    """A title's words with their weights, of length one together, and the numbers that tell editions apart."""

    weights: Mapping[str, float]
    numbers: frozenset[str]


def suggest(faces: Sequence[Face], among: Collection[str] | None = None) -> list[Likeness]:
    """The pairs that a person should look at, the likest first; only those that have a key of `among` where given."""
    by_key = {face.key: face for face in faces}
    titles = _titles(faces)
    found = []
    for first, second in _candidates(faces, titles):
        if among is None or first in among or second in among:
            likeness = _compare(by_key[first], by_key[second], titles)
            found += [likeness] if likeness else []
    return sorted(found, key=lambda one: (-one.score, one.first, one.second))


def page_of(url: str) -> str | None:
    """The page that a link leads to, however it is written; None for the home of a site."""
    parts = urlsplit(url)
    path = parts.path.rstrip("/")
    query = "&".join(sorted(part for part in parts.query.split("&") if part and not part.startswith("utm_")))
    host = (parts.hostname or "").removeprefix("www.")
    return f"{host}{path}?{query}" if path or query else None


def _titles(faces: Sequence[Face]) -> dict[str, Title]:
    """By key; a word weighs the more the fewer titles have it."""
    read = {face.key: words_and_numbers(face.title) for face in faces}
    spread = Counter(word for words, _ in read.values() for word in words)
    many = len(faces) + 1
    return {key: Title(_weighted(words, spread, many), numbers) for key, (words, numbers) in read.items()}


def words_and_numbers(title: str) -> tuple[frozenset[str], frozenset[str]]:
    """The stems of a title that say something, and the words of it that hold a digit: years, lots, codes."""
    words = _WORD.findall(_COPY.sub(" ", folded(title)))
    numbers = frozenset(word for word in words if any(letter.isdigit() for letter in word))
    kept = (stem(word) for word in words if word not in numbers and len(word) > 2)
    return frozenset(word for word in kept if word not in NOISE_STEMS), numbers


def _weighted(words: Collection[str], spread: Mapping[str, int], many: int) -> dict[str, float]:
    raw = {word: math.log(1 + many / spread[word]) for word in words}
    length = math.sqrt(sum(weight**2 for weight in raw.values())) or 1.0
    return {word: weight / length for word, weight in raw.items()}


def _candidates(faces: Sequence[Face], titles: Mapping[str, Title]) -> Iterator[tuple[str, str]]:
    """The pairs worth comparing, each once: those that share a page, a whole title, or rare words of their titles."""
    groups: dict[object, set[str]] = defaultdict(set)
    for face in faces:
        if page := page_of(face.url):
            groups["page", page].add(face.key)
        groups["title", frozenset(titles[face.key].weights)].add(face.key)
        for word in titles[face.key].weights:
            groups["word", word].add(face.key)
    pairs = {pair for keys in groups.values() if 1 < len(keys) <= CROWD for pair in combinations(sorted(keys), 2)}
    yield from sorted(pairs)


def _compare(one: Face, other: Face, titles: Mapping[str, Title]) -> Likeness | None:
    mine, theirs = titles[one.key], titles[other.key]
    cosine = sum(weight * theirs.weights.get(word, 0.0) for word, weight in mine.weights.items())
    if mine.numbers != theirs.numbers or _dates_differ(one, other) or _told_apart(one, other):
        return None
    linked = page_of(one.url) is not None and page_of(one.url) == page_of(other.url)
    funders = _common_funders(one, other)
    same_day = one.closes_on is not None and one.closes_on == other.closes_on
    enough = (
        (linked and cosine >= SAME_LINK_ALIKE) or (cosine >= ALIKE and funders) or (cosine >= NEARLY_EQUAL and same_day)
    )
    if not enough:
        return None
    kind: Kind = "variante" if _is_local_form(one, other) else "doublon"
    score = min(1.0, round(0.6 * cosine + 0.15 * bool(funders) + 0.15 * linked + 0.1 * same_day, 3))
    evidence = tuple(_evidence(one, other, cosine, funders, linked=linked))
    return Likeness(one.key, other.key, kind, score, evidence)


def _told_apart(one: Face, other: Face) -> bool:
    """One source that shows two calls with nothing to explain it means two calls: cascade calls of the European
    portal bear one title and are many; a copy says so, a local form has another place, a page has one address.
    """
    if one.source != other.source or _is_local_form(one, other):
        return False
    copied = any(_COPY.search(folded(face.title)) for face in (one, other))
    return not copied and page_of(one.url) != page_of(other.url)


def _dates_differ(one: Face, other: Face) -> bool:
    """Two deadlines that are both known and not the same tell two editions apart."""
    return one.closes_on is not None and other.closes_on is not None and one.closes_on != other.closes_on


def _common_funders(one: Face, other: Face) -> list[str]:
    """The funders of `one` that `other` names too, in these words or in fewer or more of them."""
    theirs = [_name(funder) for funder in other.funders]
    return [
        funder
        for funder in one.funders
        if (mine := _name(funder)) and any(name and (mine <= name or name <= mine) for name in theirs)
    ]


def _name(funder: str) -> frozenset[str]:
    return frozenset(word for word in _WORD.findall(folded(funder)) if word not in NOISE and len(word) > 2)


def _is_local_form(one: Face, other: Face) -> bool:
    """One source shows both, for two places: a general scheme and its local form, or two local forms."""
    return one.source == other.source and (one.scale, set(one.codes)) != (other.scale, set(other.codes))


def _evidence(one: Face, other: Face, cosine: float, funders: Iterable[str], *, linked: bool) -> Iterator[str]:
    yield "Les deux titres disent la même chose." if cosine >= NEARLY_EQUAL else "Les deux titres se ressemblent."
    if named := listed(funders):
        yield f"Un même financeur\u202f: {named}."
    if linked:
        yield "Les deux liens mènent à la même page."
    if one.closes_on and one.closes_on == other.closes_on:
        yield f"La même date limite\u202f: {day_words(one.closes_on)}."
    elif one.closes_on or other.closes_on:
        yield "Une seule des deux fiches donne une date limite."
    if _is_local_form(one, other):
        yield _breadth(one, other)


def _breadth(one: Face, other: Face) -> str:
    wide, narrow = sorted((one, other), key=lambda face: -_rank(face))
    if _rank(wide) > _rank(narrow):
        return "La même source les montre pour deux périmètres\u202f: l’une est générale, l’autre locale."
    return "La même source les montre pour deux périmètres de même échelle."


def _rank(face: Face) -> int:
    return BREADTH.index(face.scale) if face.scale in BREADTH else -1


def broader(one: Face, other: Face) -> Face:
    """The one to show first, where nobody chose: the one that covers more, then the one that names a date."""
    return max((one, other), key=lambda face: (_rank(face), face.closes_on is not None, len(face.funders)))


def shown_first(kept: Mapping[str, Collection[str]], key: str) -> str:
    """The call under which `key` is shown; `kept` names, for each call that is not shown, those kept in its place."""
    seen: set[str] = set()
    while (above := sorted(set(kept.get(key, ())) - seen)) and key not in seen:
        seen.add(key)
        key = above[0]
    return key
