"""Whether a fact of a record stands in what the source wrote: the second look that a reader's mistake does not survive.

The rule kept here: the reader took a fact out of the payload, and this looks for it there by other means. Where no
payload was kept nothing is concluded. Sums that we add up ourselves stand nowhere and are not looked for.
"""

import html
import re
from collections.abc import Iterator
from datetime import date, timedelta

from funding_watch.domain.call import FundingCall
from funding_watch.domain.wording import MONTHS, amount_words, day_words

ENGLISH = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
_GAP = "[ .,\u00a0\u202f]"
_UNACCENTED = str.maketrans("éû", "eu")


def lost_facts(call: FundingCall) -> Iterator[str]:
    """The deadline and the amounts that the payload does not hold, as French sentences."""
    if not call.payload:
        return
    text = html.unescape(call.payload).casefold()
    day = call.closes_on
    if day and not holds_day(text, day):
        yield f"La date limite de la fiche ({day_words(day)}) ne se retrouve pas dans ce que la source a écrit."
    for amount in {call.amount_min, call.amount_max} - {None, 0}:
        if amount and not holds_amount(text, amount):
            yield f"Le montant de la fiche ({amount_words(amount)}) ne se retrouve pas dans ce que la source a écrit."


def holds_day(text: str, day: date) -> bool:
    """Whether a text (in small letters) writes that day in figures or words; a year may stand apart from its day."""
    eve = day - timedelta(days=1)  # midnight of the day, told in UTC
    if any(form in text for form in (day.isoformat(), f"{day:%Y%m%d}", f"{eve.isoformat()}t2")):
        return True
    month = MONTHS[day.month - 1]
    words = f"{month}|{month.translate(_UNACCENTED)}|{ENGLISH[day.month - 1]}"
    number = rf"(?<!\d)0?{day.day}"
    figures = rf"{number}[/.-]0?{day.month}[/.-](?:{day.year}|{day:%y})(?!\d)"
    if re.search(figures, text):
        return True
    written = rf"{number}(?:er|st|nd|rd|th)?\s+(?:{words})\b|\b(?:{words})\s+0?{day.day}(?!\d)"
    return str(day.year) in text and bool(re.search(written, text))


def holds_amount(text: str, amount: int) -> bool:
    """Whether a text writes that many euros: in whole figures however parted, in thousands or in millions."""
    whole = re.sub(",", f"{_GAP}?", f"{amount:,}")
    forms = [rf"(?<!\d){whole}(?!\d)"]
    for size, unit in ((1_000, r"k"), (1_000_000, r"(?:m\b|m€|meur|million)")):
        if amount % (size // 100) == 0:
            figure = f"{amount / size:,.2f}".rstrip("0").rstrip(".").replace(".", "[.;]").replace(",", f"{_GAP}?")
            figure = figure.replace(";", ",")
            forms.append(rf"(?<!\d){figure}(?:[.,]0+)?\s*{unit}")
    return any(re.search(form, text) for form in forms)
