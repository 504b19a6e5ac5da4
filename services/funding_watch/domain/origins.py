"""Where each fact of a call comes from: the words of the source's own text, or a field of its record.

The rule kept here: a passage is quoted as it stands in the text; a fact that no passage says is said to come from a
field, never from a text.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from funding_watch.domain.call import FundingCall
from funding_watch.domain.trust import days_in
from funding_watch.domain.wording import FIELD_WORDS, NARROW, amount_words, day_words

AROUND = 60
"""Characters shown on each side of what is quoted."""
_GAP = "[ \u00a0\u202f.]"
_TEXTS = (("titre", "title"), ("description", "description"), ("conditions", "eligibility_text"))


@dataclass(frozen=True, slots=True)
class Origin:
    """A fact in words, and the passage that says it with the text in which it stands; none for a field."""

    fact: str
    value: str
    where: str | None = None
    passage: str | None = None


def origins(call: FundingCall) -> list[Origin]:
    """The dates, rates and amounts of a call, in the order in which its page shows them."""
    days = {"opens_on": call.opens_on, "closes_at": call.closes_on}
    found = [_of_day(call, name, day) for name, day in days.items() if day]
    found += [
        _of_number(call, name, number, f"{number}{NARROW}%", r"\s*(?:%|pour ?cent|percent)")
        for name in ("rate_min", "rate_max")
        if (number := getattr(call, name)) is not None
    ]
    found += [
        _of_number(call, name, number, amount_words(number), r"\s*(?:€|euros?|EUR)")
        for name in ("amount_min", "amount_max", "envelope")
        if (number := getattr(call, name)) is not None
    ]
    return found


def _of_day(call: FundingCall, name: str, day: date) -> Origin:
    for where, text in _texts(call):
        for said, start, end in days_in(text):
            if said == day:
                return Origin(FIELD_WORDS[name], day_words(day), where, _around(text, start, end))
    return Origin(FIELD_WORDS[name], day_words(day))


def _of_number(call: FundingCall, name: str, number: int, value: str, unit: str) -> Origin:
    written = re.compile(rf"(?<![\d,])(?<!\d{_GAP}){_digits(number)}(?:,0+)?{unit}", re.IGNORECASE)
    for where, text in _texts(call):
        if found := written.search(text):
            return Origin(FIELD_WORDS[name], value, where, _around(text, found.start(), found.end()))
    return Origin(FIELD_WORDS[name], value)


def _digits(number: int) -> str:
    """However its thousands are parted: `1000000`, `1 000 000`, `1.000.000`."""
    return re.sub(",", f"{_GAP}?", f"{number:,}")


def _texts(call: FundingCall) -> Iterator[tuple[str, str]]:
    for where, name in _TEXTS:
        if text := getattr(call, name):
            yield where, text


def _around(text: str, start: int, end: int) -> str:
    """The passage in one line, whole words, with dots where the text goes on."""
    first, last = max(0, start - AROUND), min(len(text), end + AROUND)
    before = text[first:start] if first == 0 else text[first:start].partition(" ")[2]
    after = text[end:last] if last == len(text) else text[end:last].rpartition(" ")[0]
    shown = " ".join(f"{before}{text[start:end]}{after}".split())
    return f"{'' if first == 0 else '… '}{shown}{'' if last == len(text) else ' …'}"
