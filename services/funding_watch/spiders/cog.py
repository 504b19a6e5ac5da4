"""Perimeters written as codes of the Code officiel géographique (`PAYS-99100`, `REG-32`, `DEP-62`, `COM-62498`).

The rule kept here: an exclusion takes precedence, and what cannot be worked out exactly gets no code at all: the
record keeps the words and the territory is to check. A territory is never left out because our tables lack it.
"""

import re
from typing import NamedTuple

from funding_watch.domain.call import Scale
from funding_watch.spiders.perimeters import DEPARTMENTS, REGIONS, codes_of

FRANCE = "PAYS-99100"
BASIN = "BASSIN-"
COUNTRIES = {FRANCE: "FR", "PAYS-99131": "BE"}
SCALES: dict[str, Scale] = {"COM": "commune", "EPCI": "epci", "DEP": "departement", "REG": "region", "PAYS": "pays"}

# Region → departments: Code officiel géographique (INSEE), in force since 2016.
_DEPARTMENTS_OF = """
01 971|02 972|03 973|04 974|06 976|11 75 77 78 91 92 93 94 95|24 18 28 36 37 41 45|27 21 25 39 58 70 71 89 90|
28 14 27 50 61 76|32 02 59 60 62 80|44 08 10 51 52 54 55 57 67 68 88|52 44 49 53 72 85|53 22 29 35 56|
75 16 17 19 23 24 33 40 47 64 79 86 87|76 09 11 12 30 31 32 34 46 48 65 66 81 82|
84 01 03 07 15 26 38 42 43 63 69 73 74|93 04 05 06 13 83 84|94 2A 2B
"""
DEPARTMENTS_OF: dict[str, frozenset[str]] = {
    region: frozenset(departments)
    for region, *departments in (entry.split() for entry in _DEPARTMENTS_OF.replace("\n", "").split("|"))
}
EVERYWHERE = frozenset().union(*DEPARTMENTS_OF.values())

_CODE = re.compile(r"[A-Z]+-[0-9][0-9A-Z]*")


def _names(prefix: str, written: str) -> dict[str, str]:
    pairs = (entry.strip().split(" ", 1) for entry in written.replace("\n", "").split("|") if entry.strip())
    return {f"{prefix}-{code}": name for code, name in pairs}


NAMES = {FRANCE: "France"} | _names("REG", REGIONS) | _names("DEP", DEPARTMENTS)
NAMED_AT_MOST = 6


class Perimeter(NamedTuple):
    """Where a call applies; without codes it is to check."""

    scale: Scale
    codes: tuple[str, ...]
    name: str


def perimeter_of(included: str, excluded: str = "") -> Perimeter:
    """The perimeter of two pipe lists of codes. Raises ValueError for what is no code, or an empty perimeter."""
    within, without = _codes(included), _codes(excluded)
    name = _words(within) + (f", sauf {_words(without)}" if without else "")
    left = within - without
    if not left:
        raise ValueError(f"{included!r} without {excluded!r} leaves no territory: ask the publisher")
    if _are_departments(left | without):
        return _grouped(_departments(left) - _departments(without), name)
    kinds = {code.partition("-")[0] for code in left}
    if len(kinds) > 1 or not kinds <= set(SCALES) or not _exact(kinds, without):
        return Perimeter("autre", (), name)
    codes = tuple(sorted(COUNTRIES.get(code, code.partition("-")[2]) for code in left))
    return Perimeter(SCALES[kinds.pop()], codes, name)


def basin_of(name: str) -> Perimeter:
    """The perimeter of a river basin, which the Code officiel géographique does not know. Raises ValueError."""
    codes = codes_of("bassin", name, {})
    if not codes:
        raise ValueError(f"{name!r} is no basin of a water agency: artois-picardie, seine-normandie…")
    return Perimeter("bassin", codes, name.replace("-", " ").title().replace(" ", "-"))


def _codes(written: str) -> set[str]:
    codes = {code.strip() for code in written.split("|") if code.strip()}
    for code in codes:
        if not _CODE.fullmatch(code):
            raise ValueError(f"{code!r} is no code of the Code officiel géographique: REG-32, DEP-62, COM-62498")
    return codes


def _words(codes: set[str]) -> str:
    named = [NAMES.get(code, code) for code in sorted(codes)]
    more = len(named) - NAMED_AT_MOST
    return ", ".join(named[:NAMED_AT_MOST]) + (f" et {more} autres" if more > 0 else "")


def _are_departments(codes: set[str]) -> bool:
    """Whether all of it is France, regions and departments that the tables know."""
    return all(code in NAMES for code in codes)


def _exact(kinds: set[str], without: set[str]) -> bool:
    """Taking codes away is exact only among areas of one kind: a commune may lie in a region that stays."""
    return {code.partition("-")[0] for code in without} <= kinds


def _departments(codes: set[str]) -> frozenset[str]:
    parts = (
        EVERYWHERE if code == FRANCE else DEPARTMENTS_OF.get(number, frozenset()) if kind == "REG" else {number}
        for code, kind, number in ((code, *code.split("-")) for code in codes)
    )
    return frozenset().union(*parts)


def _grouped(departments: frozenset[str], name: str) -> Perimeter:
    """The widest scale that says exactly these departments."""
    if not departments:
        raise ValueError(f"{name}: the exclusions leave no territory: ask the publisher")
    if departments == EVERYWHERE:
        return Perimeter("pays", ("FR",), name)
    regions = {region for region, parts in DEPARTMENTS_OF.items() if parts <= departments}
    if frozenset().union(*(DEPARTMENTS_OF[region] for region in regions)) == departments:
        return Perimeter("region", tuple(sorted(regions)), name)
    return Perimeter("departement", tuple(sorted(departments)), name)
