"""What of a call cannot be believed as read: it waits in quarantine until a person has looked.

The rule kept here: a fact that the source's own text contradicts, or does not hold at all, is proposed to nobody. The
text is searched for the dates that it calls a deadline; one that names none contradicts nothing.
"""

import re
from collections.abc import Iterator
from datetime import date

from funding_watch.domain.call import FundingCall
from funding_watch.domain.evidence import lost_facts
from funding_watch.domain.wording import MONTHS, amount_words, day_words

_MONTHS = {name: number for number, name in enumerate(MONTHS, 1)} | {"fevrier": 2, "aout": 8, "decembre": 12}
_WRITTEN = rf"(\d{{1,2}})(?:er)?[ \u00a0\u202f]+({'|'.join(_MONTHS)})[ \u00a0\u202f]+(\d{{4}})"
_DATE = re.compile(rf"\b{_WRITTEN}\b|\b(\d{{1,2}})/(\d{{1,2}})/(\d{{4}})\b", re.I)
_DEADLINE = re.compile(
    r"date limite|date de clôture|clôture (?:de|des|du|le)|au plus tard|dépôt des (?:dossiers|candidatures) jusqu", re.I
)
REACH = 80
"""Characters after such words in which their date stands; a full stop ends it sooner."""


def doubts(call: FundingCall) -> list[str]:
    """Why a person must look before the call is proposed, as French sentences; none for most calls."""
    return [*_order(call), *_sums(call), *_contradicted(call), *lost_facts(call)]


def _order(call: FundingCall) -> Iterator[str]:
    if call.opens_on and call.closes_on and call.closes_on < call.opens_on:
        yield f"La date limite ({day_words(call.closes_on)}) précède l’ouverture ({day_words(call.opens_on)})."


def _sums(call: FundingCall) -> Iterator[str]:
    if call.amount_max and call.envelope and call.amount_max > call.envelope:
        yield (
            f"L’aide la plus haute ({amount_words(call.amount_max)}) dépasse l’enveloppe entière "
            f"({amount_words(call.envelope)})."
        )


def _contradicted(call: FundingCall) -> Iterator[str]:
    if call.closes_on is None:
        return
    stated = set(stated_deadlines("\n".join((call.title, call.description, call.eligibility_text))))
    known = {call.closes_on, *map(call.local_day, call.cut_offs)}
    if stated and not stated & known:
        said = " ou ".join(day_words(day) for day in sorted(stated))
        yield f"Le texte de la source donne pour date limite {said}, la fiche le {day_words(call.closes_on)}."


def stated_deadlines(text: str) -> Iterator[date]:
    """The days that a French text calls a deadline."""
    for found in _DEADLINE.finditer(text):
        near = text[found.end() : found.end() + REACH].partition(". ")[0].partition("\n")[0]
        for day in _DATE.finditer(near):
            if read := _day(day):
                yield read


def days_in(text: str) -> Iterator[tuple[date, int, int]]:
    """Every day that a text names, with where its words begin and end."""
    for found in _DATE.finditer(text):
        if read := _day(found):
            yield read, found.start(), found.end()


def _day(found: re.Match[str]) -> date | None:
    try:
        if found[2]:
            return date(int(found[3]), _MONTHS[found[2].lower()], int(found[1]))
        return date(int(found[6]), int(found[5]), int(found[4]))
    except ValueError:
        return None
