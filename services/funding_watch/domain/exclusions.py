"""Calls that may not be taken together: because each of them says so, or because a rule of the label's file does.

The rule kept here: an exclusion says whose rule it is and where it can be read. What was obtained already counts.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from funding_watch.domain.call import FundingCall
from funding_watch.domain.eligibility.sayings import conditions_of
from funding_watch.domain.words import folded
from kernel.contracts.cumulation import Cumulation


@dataclass(frozen=True, slots=True)
class Exclusion:
    """Calls (by key) of which `most` at most may be taken. `why` in French; `source` and `url` say where it stands."""

    keys: frozenset[str]
    why: str = ""
    most: int = 1
    source: str = ""
    url: str = ""


def exclusions(
    calls: Sequence[FundingCall], rules: Iterable[Cumulation], obtained: Collection[FundingCall], today: date
) -> list[Exclusion]:
    """All that limits these calls, in one order. `obtained`: calls that the project has money of already."""
    found = [*_said_by_calls(calls), *(one for rule in rules for one in _ruled(calls, rule, obtained, today))]
    return sorted(found, key=lambda one: (sorted(one.keys), one.why))


def _said_by_calls(calls: Iterable[FundingCall]) -> Iterable[Exclusion]:
    """Those of one funder that each say that they do not add up."""
    by_funder: dict[str, set[str]] = {}
    for call in calls:
        if conditions_of(call).cumul is not None:
            for funder in call.funders:
                by_funder.setdefault(funder, set()).add(call.key)
    kept = {frozenset(keys): funder for funder, keys in sorted(by_funder.items()) if len(keys) > 1}
    return [Exclusion(keys, f"{funder} : chacun de ces appels refuse le cumul") for keys, funder in kept.items()]


def _ruled(
    calls: Iterable[FundingCall], rule: Cumulation, obtained: Collection[FundingCall], today: date
) -> Iterable[Exclusion]:
    """A limit for each year in which calls of the rule close, or one for the project; those that limit nothing left
    out. A call without a deadline counts for this year: it may be asked for today."""
    groups: dict[int, set[str]] = {}
    for call in calls:
        if is_under(call, rule):
            groups.setdefault(_year(call, rule, today), set()).add(call.key)
    taken = Counter(_year(call, rule, today) for call in obtained if is_under(call, rule))
    for year, keys in sorted(groups.items()):
        most = max(0, rule.most - taken[year])
        if len(keys) > most:
            had = f" ({taken[year]} déjà obtenu en {year})" if year and taken[year] else ""
            yield Exclusion(frozenset(keys), f"{rule.name}{had}", most, rule.source, rule.url)


def _year(call: FundingCall, rule: Cumulation, today: date) -> int:
    """The year that the call counts for; 0 where the rule holds for the whole project."""
    return (call.closes_on or today).year if rule.every == "an" else 0


def is_under(call: FundingCall, rule: Cumulation) -> bool:
    """Whether the rule speaks of the call: it comes from one of its sources, or its title or programme says one of its
    phrases; of one of its funders, where it names some."""
    named = _words(f"{call.title} . {call.programme or ''}")
    told = call.source in rule.sources or any(_words(phrase) in named for phrase in rule.phrases)
    funders = " . ".join(_words(one) for one in call.funders)
    return told and (not rule.funders or any(_words(one) in funders for one in rule.funders))


def _words(text: str) -> str:
    """Folded, with a space around each word, so that a phrase is found as whole words."""
    return f" {' '.join(''.join(c if c.isalnum() else ' ' for c in folded(text)).split())} "
