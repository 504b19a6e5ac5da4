"""Amounts that a funder states in words.

The rule kept here: a figure is taken only where the sentence says that it is the aid itself ("aide de X à
Y €", "subvention plafonnée à X €"); a ceiling on spending ("dépenses plafonnées à") is not an aid.
"""

import re

_NUMBER = r"(\d{1,3}(?:[ .\u00a0\u202f]\d{3})+|\d+)"
_UNIT = r"[ \u00a0\u202f]*(?:€|euros)"
_EUROS = _NUMBER + _UNIT
_SPENT = r"dépense|coût|budget|assiette|travaux|investissement|projet"
_AID = rf"\b(?:aide|subvention|prêt|avance|apport|bourse)s?\b(?:(?!{_SPENT})[^.;\d€]){{0,40}}?"

_BETWEEN = re.compile(rf"{_AID}\b(?:de|entre) {_NUMBER}(?:{_UNIT})? (?:à|et) {_EUROS}", re.I)
_AT_MOST = re.compile(rf"{_AID}\b(?:jusqu['’]à|plafonnée? à|limitée? à|maximum de|d['’]au plus) {_EUROS}", re.I)
_AT_LEAST = re.compile(rf"{_AID}\b(?:à partir de|minimum de|d['’]au moins) {_EUROS}", re.I)
_EXACTLY = re.compile(rf"{_AID}\bde {_EUROS}", re.I)


def stated_amounts(comment: str) -> tuple[int | None, int | None]:
    """(least, most) euros of aid that a French sentence states; None where it states none."""
    if found := _BETWEEN.search(comment):
        least, most = sorted((_euros(found[1]), _euros(found[2])))
        return least, most
    at_least, at_most = _AT_LEAST.search(comment), _AT_MOST.search(comment)
    if at_least or at_most:
        return (_euros(at_least[1]) if at_least else None, _euros(at_most[1]) if at_most else None)
    exactly = _EXACTLY.search(comment)
    return (_euros(exactly[1]), _euros(exactly[1])) if exactly else (None, None)


def _euros(written: str) -> int:
    return int(re.sub(r"\D", "", written))
