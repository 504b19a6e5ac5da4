"""The conditions that a call writes in its sentences: who is too large, which programme, what had begun.

The rule kept here: a condition is quoted as the call writes it, with the part of the call it stands in; a
sentence that grants more to some (« taux majoré ») refuses nobody. French only: other languages are to check
by people.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from funding_watch.domain.call import FundingCall
from funding_watch.domain.eligibility.answers import Where
from funding_watch.domain.words import folded

LONGEST = 240
"""Characters of a sentence that are quoted."""
KEPT = 8_192

_SENTENCE = re.compile(r"[^.;!?\n•]+(?:\.(?=\d)[^.;!?\n•]+)*")
_NUMBER = r"(\d{1,3}(?:[\s\u00a0\u202f.]\d{3})+|\d+)"
_FAVOUR = re.compile(r"\b(?:major|bonif|priorit|notamment|superieur[es]* pour|davantage|jusqu a)", re.IGNORECASE)
_SMALL = re.compile(rf"communes?\b[^,;]{{0,40}}?\b(?:inferieures? a|moins de)\s+{_NUMBER}\s+habitants")
_LARGE = re.compile(rf"communes?\b[^,;]{{0,40}}?\b(?:superieures? a|d au moins|plus de)\s+{_NUMBER}\s+habitants")
_OTHERS = re.compile(r"\b(?:intercommunalites?|epci|agglomerations?|communautes? de communes)\b")
_BEGUN = re.compile(
    r"(?:avant|prealablement a)\s+(?:le |tout |l )?(?:commencement|debut|demarrage|engagement|lancement)"
    r"|ne doi(?:ven)?t pas (?:avoir|etre)(?: \w+){0,3} (?:commence|debute|demarre|engage)"
    r"|deja (?:commence|debute|demarre|engage|realise)"
)
_CUMUL = re.compile(
    r"non[ -]cumul|pas cumul|ne (?:peu(?:ven)?t|saurai(?:en)?t)[^,;]{0,20} cumul|un seul (?:fonds|dispositif)"
)
_COST = re.compile(
    rf"(?:montant|cout|budget|programmes?|investissements?|depenses?|operations?|projets?)[^,;]{{0,60}}?"
    rf"(?:au moins|minimum de|superieure?s? a|de plus de)\s+{_NUMBER}(?:,(\d+))?\s*(k|m|millions? d)?\s*(?:€|euros?)"
)
PROGRAMMES: tuple[tuple[str, str, re.Pattern[str]], ...] = (
    ("petites-villes-de-demain", "Petites villes de demain", re.compile(r"petites villes de demain")),
    ("action-coeur-de-ville", "Action cœur de ville", re.compile(r"action coeur de ville")),
    ("villages-avenir", "Villages d’avenir", re.compile(r"villages? d avenir")),
    ("littoral", "littoral", re.compile(r"communes? (?:du )?littoral|trait de cote")),
    ("montagne", "montagne", re.compile(r"zones? de montagne|communes? de montagne")),
    ("frr", "France Ruralités Revitalisation", re.compile(r"ruralites? revitalisation|revitalisation rurale|\bfrr\b")),
    ("rural", "rurale", re.compile(r"^(?!.*\burbain).*\b(?:communes? rurales?|solidarite rurale)\b")),
)
"""Slug of a zone, its name, and how a call names it: lists of communes that the State or the law has closed."""


@dataclass(frozen=True, slots=True)
class Saying:
    """A sentence of the call and the part it stands in."""

    text: str
    where: Where


@dataclass(frozen=True, slots=True)
class Size:
    """Inhabitants that a commune may have; the bound that is not said is None. `alone`: only communes may apply."""

    most: int | None
    least: int | None
    alone: bool
    saying: Saying


@dataclass(frozen=True, slots=True)
class Conditions:
    """What the sentences of a call ask for; None or empty where they say nothing."""

    size: Size | None = None
    programmes: tuple[tuple[str, str, Saying], ...] = ()
    begun: Saying | None = None
    cumul: Saying | None = None
    least_cost: tuple[int, Saying] | None = None
    """Euros under which a project is too small."""


def conditions_of(call: FundingCall) -> Conditions:
    """Read once for each text."""
    if call.language != "fr":
        return Conditions()
    return _read(call.title, call.programme or "", call.eligibility_text, call.description)


@lru_cache(maxsize=KEPT)
def _read(title: str, programme: str, conditions: str, description: str) -> Conditions:
    sayings = list(_sayings(title, programme, conditions, description))
    return Conditions(
        size=next((size for one, plain in sayings if (size := _size(one, plain))), None),
        programmes=tuple(_programmes(sayings)),
        begun=next((one for one, plain in sayings if _BEGUN.search(plain)), None),
        cumul=next((one for one, plain in sayings if _CUMUL.search(plain)), None),
        least_cost=next((cost for one, plain in sayings if (cost := _least_cost(one, plain))), None),
    )


def _sayings(title: str, programme: str, conditions: str, description: str) -> Iterator[tuple[Saying, str]]:
    """Each sentence beside its folded form, apostrophes as spaces."""
    parts: tuple[tuple[Where, str], ...] = (
        ("titre", title),
        ("titre", programme),
        ("conditions", conditions),
        ("description", description),
    )
    for where, text in parts:
        for found in _SENTENCE.finditer(text):
            shown = " ".join(found[0].split())
            if shown:
                yield Saying(shown[:LONGEST], where), folded(shown).replace("'", " ")


def _size(one: Saying, plain: str) -> Size | None:
    if _FAVOUR.search(plain):
        return None
    small, large = _SMALL.search(plain), _LARGE.search(plain)
    if not small and not large:
        return None
    most, least = (_whole(small[1]) if small else None), (_whole(large[1]) if large else None)
    return Size(most, least, _OTHERS.search(plain) is None, one)


def _programmes(sayings: list[tuple[Saying, str]]) -> Iterator[tuple[str, str, Saying]]:
    """Only what the title or the conditions name: a description also tells of other schemes."""
    for slug, name, pattern in PROGRAMMES:
        for one, plain in sayings:
            if one.where != "description" and pattern.search(plain) and not _FAVOUR.search(plain):
                yield slug, name, one
                break


def _least_cost(one: Saying, plain: str) -> tuple[int, Saying] | None:
    found = _COST.search(plain)
    if not found:
        return None
    unit = {"k": 1_000, "m": 1_000_000}.get((found[3] or "")[:1], 1)
    decimals = found[2] or ""
    amount = _whole(found[1]) * unit + (int(decimals[:3]) * unit // 10 ** len(decimals[:3]) if decimals else 0)
    return (amount, one) if amount >= 1_000 else None


def _whole(written: str) -> int:
    return int(re.sub(r"\D", "", written))
