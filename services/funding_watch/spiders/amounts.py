"""Amounts and rates that a funder states in words.

The rule kept here: a figure is taken only where the sentence says that it is the aid itself ("aide de X à
Y €", "subvention plafonnée à X €", "50 % plafonné à 20 k€"); a ceiling on spending ("dépenses plafonnées à") is
not an aid.
"""

import re

_NUMBER = r"(\d{1,3}(?:[ .\u00a0\u202f]\d{3})+(?:,\d{1,2})?|\d+(?:,\d{1,2})?)"
_UNIT = r"[ \u00a0\u202f]*(€|euros|k€|K€|M€|millions? d['’]euros)"
_EUROS = _NUMBER + _UNIT
_SPENT = r"dépense|coût|budget|assiette|travaux|investissement|projet"
_AID = rf"\b(?:aide|subvention|prêt|avance|apport|bourse)s?\b(?:(?!{_SPENT})[^.;\d€]){{0,40}}?"
_CAPPED = r"plafonnée?s? à|dans la limite de|limitée?s? à"

_BETWEEN = re.compile(rf"{_AID}\b(?:de|entre) {_NUMBER}(?:{_UNIT})? (?:à|et) {_EUROS}", re.I)
_AT_MOST = re.compile(rf"{_AID}\b(?:jusqu['’]à|{_CAPPED}|maximum de|d['’]au plus) {_EUROS}", re.I)
_RATE_CAPPED = re.compile(rf"%(?:(?!{_SPENT})[^.;\d€]){{0,40}}?(?:{_CAPPED}) {_EUROS}", re.I)
_AT_LEAST = re.compile(rf"{_AID}\b(?:à partir de|minimum de|d['’]au moins) {_EUROS}", re.I)
_EXACTLY = re.compile(rf"{_AID}\bde {_EUROS}", re.I)
_RATE = re.compile(r"(?:(?:de|entre) (\d{1,3})[ \u00a0\u202f]*%? (?:à|et) )?(\d{1,3})[ \u00a0\u202f]*%", re.I)
_TIMES = {"€": 1, "euros": 1, "k€": 1_000, "m€": 1_000_000}
MILLION = 1_000_000


def stated_amounts(comment: str) -> tuple[int | None, int | None]:
    """(least, most) euros of aid that a French sentence states; None where it states none."""
    if found := _BETWEEN.search(comment):
        least, most = sorted((_euros(found[1], found[2] or found[4]), _euros(found[3], found[4])))
        return least, most
    at_least, at_most = _AT_LEAST.search(comment), _AT_MOST.search(comment) or _RATE_CAPPED.search(comment)
    if at_least or at_most:
        return (_first(at_least) if at_least else None, _first(at_most) if at_most else None)
    exactly = _EXACTLY.search(comment)
    return (_first(exactly), _first(exactly)) if exactly else (None, None)


def stated_rates(comment: str) -> tuple[int | None, int | None]:
    """(least, most) per cent that a sentence states, where it states one rate or one range and no other."""
    found = list(_RATE.finditer(comment))
    if len(found) != 1:
        return None, None
    most, least = int(found[0][2]), int(found[0][1]) if found[0][1] else None
    if not 0 < most <= 100 or (least is not None and least > most):
        return None, None
    return least, most


def _first(found: re.Match[str]) -> int:
    return _euros(found[1], found[2])


def _euros(written: str, unit: str) -> int:
    """Whole euros: cents are dropped from a ceiling, never added to it."""
    whole, _, part = written.partition(",")
    cents = int(re.sub(r"\D", "", whole) + part.ljust(2, "0"))
    return cents * _TIMES.get(unit.casefold(), MILLION) // 100
