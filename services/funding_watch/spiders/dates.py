"""Days and deadlines as feeds write them.

The rule kept here: a date without an hour, or at midnight sharp, is a day; its deadline is the end of that day where
the funder sits. What is no date raises, so that the reader says so instead of guessing.
"""

import re
from datetime import date, datetime, time
from email.utils import parsedate_to_datetime
from zoneinfo import ZoneInfo

_MONTHS = """
janvier|février fevrier|mars|avril|mai|juin|juillet|août aout|septembre|octobre|novembre|décembre decembre
"""
MONTHS = {name: number for number, names in enumerate(_MONTHS.split("|"), 1) for name in names.split()}
_FRENCH = re.compile(rf"\b(\d{{1,2}})(?:er)?[ \u00a0\u202f]+({'|'.join(MONTHS)})[ \u00a0\u202f]+(\d{{4}})\b", re.I)
_SLASHED = re.compile(r"\b(\d{1,2})/(\d{1,2})/(\d{4})\b")


def day_of(written: str | None, zone: str) -> date | None:
    """The day that a feed writes, where the funder sits; None when it writes none. Raises ValueError."""
    moment = _moment(written, zone)
    return moment.astimezone(ZoneInfo(zone)).date() if isinstance(moment, datetime) else moment


def deadline_of(written: str | None, zone: str) -> datetime | None:
    """The last moment that a feed writes; a day ends at its last second. Raises ValueError."""
    moment = _moment(written, zone)
    if moment is None or isinstance(moment, datetime):
        return moment
    return datetime.combine(moment, time(23, 59, 59), ZoneInfo(zone))


def _moment(written: str | None, zone: str) -> date | datetime | None:
    """A day, or an aware moment when an hour is said."""
    text = (written or "").strip()
    if not text:
        return None
    if found := _FRENCH.search(text):
        return date(int(found[3]), MONTHS[found[2].casefold()], int(found[1]))
    if found := _SLASHED.search(text):
        return date(int(found[3]), int(found[2]), int(found[1]))
    moment = datetime.fromisoformat(text) if text[0].isdigit() else parsedate_to_datetime(text)
    if moment.time() == time(0):
        return moment.date()
    return moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(zone))
