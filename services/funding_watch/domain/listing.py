"""The list of calls as staff see it: what could pay for a project first, then what closes first.

The rule kept here: a filter never hides in silence; each is in the address, and an unknown value is no filter.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import get_args

from funding_watch.domain.call import FundingCall, Status
from funding_watch.domain.words import folded, words_of
from kernel.contracts.funding_watch import Verdict

VERDICT_ORDER = {"eligible": 0, "a_verifier": 1, None: 2, "non": 3}
STATUS_ORDER = {"ouvert": 0, "permanent": 1, "a_venir": 2, "clos": 3}


@dataclass(frozen=True, slots=True)
class Filters:
    """What to show; None or no text means all."""

    source: str | None = None
    status: Status | None = None
    text: str = ""
    doubtful: bool = False
    """Only the calls that are unconfirmed."""


@dataclass(frozen=True, slots=True)
class Line:
    """A call with the best of its matches of today, why, and the projects that it could pay for."""

    call: FundingCall
    status: Status
    verdict: Verdict | None = None
    reason: str | None = None
    projects: tuple[str, ...] = ()


def status_named(name: str) -> Status | None:
    """The status of that name; None for any other word."""
    statuses: tuple[Status, ...] = get_args(Status)
    return next((status for status in statuses if status == name), None)


def select(lines: Iterable[Line], filters: Filters) -> list[Line]:
    """The lines that the filters let through, in the order in which staff read them."""
    return sorted((line for line in lines if _passes(line, filters)), key=_order)


def _passes(line: Line, filters: Filters) -> bool:
    if filters.source and line.call.source != filters.source:
        return False
    if filters.status and line.status != filters.status:
        return False
    if filters.doubtful and line.call.presence != "non_confirme":
        return False
    return not filters.text or speaks_of(line.call, filters.text)


def speaks_of(call: FundingCall, text: str) -> bool:
    """Whether the call's head holds the text as typed, or its whole text every word of it."""
    head = folded(" ".join([call.title, call.programme or "", *call.funders]))
    if folded(text) in head:
        return True
    wanted = {word.stem for word in words_of(text)}
    whole = " . ".join([call.title, call.description, call.eligibility_text, *call.themes])
    return bool(wanted) and wanted <= {word.stem for word in words_of(whole, call.language)}


def _order(line: Line) -> tuple[int, int, bool, datetime | None, str]:
    closes = line.call.closes_at
    return (VERDICT_ORDER[line.verdict], STATUS_ORDER[line.status], closes is None, closes, line.call.key)
