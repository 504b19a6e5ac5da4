"""The calls as feeds: Atom for readers, iCalendar for diaries.

The rule kept here: a feed holds what is public; a project is spoken of in the notes of its own secret feed alone. A
deadline bears the same identifier for ever, so that a diary moves it instead of doubling it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from types import MappingProxyType
from xml.etree import ElementTree

from funding_watch.domain.call import FundingCall
from funding_watch.domain.common_grants import identifier
from funding_watch.domain.opportunity_search import Candidate
from funding_watch.domain.retroplanning import Milestone
from funding_watch.domain.wording import STATUS_WORDS, UNCONFIRMED, day_words, listed, money_words

ATOM = "http://www.w3.org/2005/Atom"
LATEST = 100
"""Entries of the Atom feed: the calls that changed last."""
ALARM = "-P7D"
WIDEST = 75
"""Octets of a line, by RFC 5545; a longer one goes on after a space."""


Notes = Mapping[str, str]
"""Key of a call → what is said of it before all else."""
NO_NOTES: Notes = MappingProxyType({})


def atom(calls: Iterable[Candidate], *, title: str, address: str, now: datetime, notes: Notes = NO_NOTES) -> bytes:
    """The calls that came or changed last, the newest first."""
    newest = sorted(calls, key=lambda one: (one.changed, one.call.key), reverse=True)[:LATEST]
    ElementTree.register_namespace("", ATOM)
    feed = ElementTree.Element(f"{{{ATOM}}}feed")
    _put(feed, "id", address)
    _put(feed, "title", title)
    _put(feed, "updated", (newest[0].changed if newest else now).isoformat())
    ElementTree.SubElement(feed, f"{{{ATOM}}}link", rel="self", href=address)
    author = ElementTree.SubElement(feed, f"{{{ATOM}}}author")
    _put(author, "name", title)
    for one in newest:
        _entry(feed, one, now, notes)
    written: bytes = ElementTree.tostring(feed, encoding="utf-8", xml_declaration=True)
    return written


def _entry(feed: ElementTree.Element, one: Candidate, now: datetime, notes: Notes) -> None:
    entry = ElementTree.SubElement(feed, f"{{{ATOM}}}entry")
    _put(entry, "id", identifier(one.call.key).urn)
    _put(entry, "title", one.call.title)
    _put(entry, "published", one.first_seen.isoformat())
    _put(entry, "updated", one.changed.isoformat())
    ElementTree.SubElement(entry, f"{{{ATOM}}}link", href=one.call.url)
    _put(entry, "summary", _said(one.call, now, notes))


def _put(parent: ElementTree.Element, name: str, text: str) -> None:
    kept = "".join(character for character in text if character >= " " or character in "\t\n")
    ElementTree.SubElement(parent, f"{{{ATOM}}}{name}").text = kept


def _said(call: FundingCall, now: datetime, notes: Notes) -> str:
    note = notes.get(call.key)
    return f"{note}\n{summary(call, now)}" if note else summary(call, now)


def summary(call: FundingCall, now: datetime) -> str:
    """One line: state, who pays, how much, until when."""
    doubtful = call.presence == "non_confirme"
    parts = [
        UNCONFIRMED if doubtful else STATUS_WORDS[call.status_at(now)],
        listed(call.funders),
        money_words(call.amount_min, call.amount_max, call.rate_max),
        f"jusqu’au {day_words(call.closes_on)}" if call.closes_on else None,
    ]
    return " · ".join(part for part in parts if part)


def calendar(
    calls: Iterable[Candidate],
    *,
    title: str,
    now: datetime,
    notes: Notes = NO_NOTES,
    planned: Sequence[tuple[Candidate, Sequence[Milestone]]] = (),
) -> bytes:
    """Every dated step ahead of the calls that are not closed, as whole days with an alarm a week before.

    `planned`: what is to be done before the deadline of calls that were chosen.
    """
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Chevalement//Veille//FR", f"X-WR-CALNAME:{_escaped(title)}"]
    for one in sorted(calls, key=lambda one: one.call.key):
        if one.call.status_at(now) != "clos":
            lines += _events(one, now, notes)
    for one, steps in planned:
        for step in steps:
            if step.step != "limite":
                lines += _event(one, step.day, f"retro-{step.step}", step.words, step.words)
    lines.append("END:VCALENDAR")
    return "".join(f"{part}\r\n" for line in lines for part in _folded(line)).encode()


def _events(one: Candidate, now: datetime, notes: Notes) -> Iterator[str]:
    call, today = one.call, one.call.local_day(now)
    moments = {call.local_day(at) for at in (*call.cut_offs, *([call.closes_at] if call.closes_at else []))}
    for number, day in enumerate(sorted(moments), 1):
        if day >= today:
            last = day == call.closes_on
            yield from _event(one, day, "limite" if last else f"etape-{number}", _said(call, now, notes))


def _event(one: Candidate, day: date, step: str, said: str, ahead: str = "") -> list[str]:
    doubt = f"[{UNCONFIRMED}] " if one.call.presence == "non_confirme" else ""
    name = _escaped(f"{doubt}{ahead}{' — ' if ahead else ''}{one.call.title}")
    return [
        "BEGIN:VEVENT",
        f"UID:{identifier(one.call.key)}-{step}@chevalement",
        f"DTSTAMP:{one.changed.astimezone(UTC):%Y%m%dT%H%M%SZ}",
        f"DTSTART;VALUE=DATE:{day:%Y%m%d}",
        f"DTEND;VALUE=DATE:{day + timedelta(days=1):%Y%m%d}",
        f"SUMMARY:{name}",
        f"DESCRIPTION:{_escaped(said)}",
        f"URL:{one.call.url}",
        "TRANSP:TRANSPARENT",
        "BEGIN:VALARM",
        "ACTION:DISPLAY",
        f"DESCRIPTION:{name}",
        f"TRIGGER:{ALARM}",
        "END:VALARM",
        "END:VEVENT",
    ]


def _escaped(text: str) -> str:
    for character in ("\\", ";", ","):
        text = text.replace(character, f"\\{character}")
    return " ".join(text.split())


def _folded(line: str) -> Iterator[str]:
    """The line cut at `WIDEST` octets, never inside a character."""
    part = ""
    for character in line:
        if len((part + character).encode()) > WIDEST:
            yield part
            part = " "
        part += character
    yield part
