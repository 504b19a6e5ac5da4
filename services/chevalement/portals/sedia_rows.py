"""From a topic of the sample to the rows of the European index, for a given day.

The rule kept here: every metadata value is an array of strings, and the budget of a row is that of its
whole call. A topic that gives an older version has two rows, the older one from the legacy index.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from html import escape
from typing import Any
from zoneinfo import ZoneInfo

BRUSSELS = ZoneInfo("Europe/Brussels")
FORTHCOMING, OPEN, CLOSED = "31094501", "31094502", "31094503"
CURRENT, LEGACY = "SEDIA", "SEDIA_PRD_CENTRICITY"
CASCADE = "8"

Sample = Mapping[str, Any]


def rows_of(topics: Sequence[Sample], today: date) -> list[dict[str, Any]]:
    """The whole index, older versions included, in no order that means anything."""
    rows: list[dict[str, Any]] = []
    for topic in topics:
        calls = [other for other in topics if other["call"] and other["call"] == topic["call"]]
        if older := topic.get("older"):
            past = {**topic, "title": older["title"], "closes_in": older["closes_in"]}
            rows.append(_row(past, calls, today, LEGACY, age=older["days"]))
        rows.append(_row(topic, calls, today, CURRENT, age=2))
    return rows


def _row(topic: Sample, calls: Sequence[Sample], today: date, index: str, age: int) -> dict[str, Any]:
    metadata = {
        "DATASOURCE": index,
        "esDA_IngestDate": _stamp(today - timedelta(days=age), 4),
        **_names(topic),
        **_dates(topic, today),
        "budgetOverview": _budget(topic, calls, today),
    }
    return {
        "apiVersion": "2.142",
        "reference": topic["reference"],
        "url": f"https://ec.europa.eu/info/funding-tenders/opportunities/data/topicDetails/"
        f"{topic['identifier'].lower()}.json",
        "contentType": "text/html",
        "language": "en",
        "database": "SEDIA",
        "summary": topic["title"],
        "weight": 1.0,
        "groupById": None,
        "checksum": None,
        "metadata": {name: _strings(value) for name, value in metadata.items() if value not in (None, [], "")},
        "citation": None,
    }


def _strings(value: object) -> list[str]:
    return [str(one) for one in value] if isinstance(value, list) else [str(value)]


def _names(topic: Sample) -> dict[str, Any]:
    return {
        "REFERENCE": topic["reference"],
        "identifier": topic["identifier"],
        "title": topic["title"],
        "callIdentifier": topic["call"],
        "callTitle": topic["call_title"],
        "ccm2Id": topic.get("ccm2_id"),
        "type": topic["type"],
        "frameworkProgramme": topic["programme"],
        "programmePeriod": "2021 - 2027",
        "typesOfAction": topic["action"],
        "descriptionByte": _html(topic["description"]),
        "topicConditions": _html(topic["conditions"]),
        "keywords": topic["keywords"],
        "tags": topic["tags"],
    }


def _dates(topic: Sample, today: date) -> dict[str, Any]:
    return {
        "status": topic.get("status") or _status(topic),
        "startDate": _stamp(today + timedelta(days=topic["opens_in"])),
        "deadlineDate": [_stamp(today + timedelta(days=day), topic.get("hour")) for day in topic["closes_in"]],
        "deadlineModel": topic["deadline_model"],
    }


def _status(topic: Sample) -> str:
    if topic["opens_in"] > 0:
        return FORTHCOMING
    return OPEN if max(topic["closes_in"], default=0) >= 0 else CLOSED


def _stamp(day: date, hour: int | None = None) -> str:
    """A bare day is midnight UTC; an hour is that of Brussels, told in UTC."""
    at = (
        datetime.combine(day, time(0), UTC)
        if hour is None
        else datetime.combine(day, time(hour), BRUSSELS).astimezone(UTC)
    )
    return at.strftime("%Y-%m-%dT%H:%M:%S.000+0000")


def _budget(topic: Sample, calls: Sequence[Sample], today: date) -> str | None:
    """All the topics of the call, ours among them; nothing for a cascade call."""
    if topic["type"] == CASCADE:
        return None
    year = str(today.year)
    lines = [_budget_line(other, today, year) for other in calls]
    lines += [
        _budget_line({**topic, **sibling, "least": 1, "most": sibling["total"]}, today, year)
        for sibling in topic["siblings"]
    ]
    table = {str(113000 + number): [line] for number, line in enumerate(lines)}
    return json.dumps({"budgetYearsColumns": [year], "budgetTopicActionMap": table})


def _budget_line(topic: Sample, today: date, year: str) -> dict[str, Any]:
    return {
        "action": f"{topic['identifier']} - {topic['action']}",
        "expectedGrants": topic["grants"],
        "minContribution": topic["least"],
        "maxContribution": topic["most"],
        "budgetYearMap": {year: str(topic["total"])} if topic["total"] else {},
        "plannedOpeningDate": (today + timedelta(days=topic["opens_in"])).isoformat(),
        "deadlineModel": topic["deadline_model"],
        "deadlineDates": [(today + timedelta(days=day)).isoformat() for day in topic["closes_in"]],
    }


def _html(text: str) -> str:
    if not text or text.startswith("<"):
        return text
    return f"<p>{escape(text, quote=False)}</p>"
