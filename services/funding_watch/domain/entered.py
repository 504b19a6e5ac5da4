"""Calls that a person enters by hand, because no source shows them: somebody heard of one.

The rule kept here: such a call is like any other, under a source that no crawl reads, so that no absence can put it in
doubt; its deadline closes it, and so does whoever takes it back.
"""

import re
from collections.abc import Mapping

from funding_watch.domain.call import FundingCall, Scale

SOURCE = "saisie"
TITLE = "Saisi à la main par l’équipe"
_REFERENCE = re.compile(r"[0-9a-f]{32}")

Where = tuple[Scale, tuple[str, ...], str]
"""Scale, codes and name of a perimeter."""
Places = Mapping[str, Where]
"""The perimeters that a form offers, by the value of their choice."""


def is_entered(call: FundingCall) -> bool:
    """Whether a person wrote it."""
    return call.source == SOURCE


def is_reference(text: str) -> bool:
    """Whether it may name an entered call: drawn with the form, so that a form sent twice enters one call."""
    return _REFERENCE.fullmatch(text) is not None


def place_of(call: FundingCall, places: Places) -> str:
    """The choice that the call's perimeter is; none where it is another."""
    where = (call.perimeter_scale, call.perimeter_codes, call.perimeter_name)
    return next((value for value, one in places.items() if one == where), "")
