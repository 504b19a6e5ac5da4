"""The European portal's search service (SEDIA) as it answers: multipart in, arrays of strings out.

The rule kept here: it is as strict and as careless as the real one. Plain form fields give a 500, a query
in the address is ignored, unknown operators give a 400, and pages hold 100 rows whatever is asked.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from aiohttp import BodyPartReader, web

from chevalement.portals.faults import Fault
from chevalement.portals.sedia_rows import rows_of

MAX_SIZE = 100

Sample = Mapping[str, Any]
Row = dict[str, Any]


class BadPart(Exception):
    """A part of the request that the service does not read."""


class EuPortal:
    """The handler of one portal; the server counts and routes."""

    def __init__(self, topics: Sequence[Sample], *, today: Callable[[], date], faults: frozenset[Fault]) -> None:
        self._topics = topics
        self._today = today
        self._faults = faults
        self._searches = 0

    async def search(self, request: web.Request) -> web.Response:
        """POST search: the rows that the query admits, by pages."""
        if not request.content_type.startswith("multipart/"):
            return web.json_response({"type": "throwable"}, status=500)
        try:
            parts = await _parts(request)
            found = _selected(rows_of(self._topics, self._today()), parts)
        except BadPart:
            return web.json_response({"type": "throwable"}, status=500)
        except ValueError as error:
            return web.json_response({"message": f"Invalid Query format: {error}"}, status=400)
        return web.json_response(self._envelope(request, parts, found))

    def _envelope(self, request: web.Request, parts: Sample, found: list[Row]) -> dict[str, Any]:
        self._searches += 1
        size = min(MAX_SIZE, int(request.query.get("pageSize", "50")))
        page = int(request.query.get("pageNumber", "1"))
        start = (page - 1) * size
        if Fault.OVERLAPPING_PAGES in self._faults and page > 1:
            start -= 1
        shift = self._searches if Fault.SHIFTING_TOTAL in self._faults else 0
        return {
            "apiVersion": "2.142",
            "terms": request.query.get("text", "***"),
            "responseTime": 12,
            "totalResults": len(found) + shift,
            "pageNumber": page,
            "pageSize": size,
            "sort": None,
            "groupByField": None,
            "queryLanguage": {"language": "en", "probability": 0.0},
            "bestBets": [],
            "warnings": [],
            "results": [_displayed(row, parts.get("displayFields")) for row in found[start : start + size]],
        }


async def _parts(request: web.Request) -> dict[str, Any]:
    """The JSON parts by name; BadPart for one that does not say that it is JSON."""
    parts: dict[str, Any] = {}
    async for part in await request.multipart():
        if not isinstance(part, BodyPartReader) or part.headers.get("Content-Type") != "application/json":
            raise BadPart(getattr(part, "name", None))
        parts[part.name or ""] = json.loads(await part.text(encoding="utf-8"))
    return parts


def _selected(rows: Iterable[Row], parts: Sample) -> list[Row]:
    languages = parts.get("languages") or ["en"]
    conditions = parts.get("query", {}).get("bool", {}).get("must", [])
    found = [row for row in rows if row["language"] in languages and _admits(conditions, row)]
    for order in reversed(parts.get("sort") or []):
        found.sort(key=lambda row: row["metadata"].get(order["field"], [""]), reverse=order["order"] == "DESC")
    return found


def _admits(conditions: Sequence[Sample], row: Row) -> bool:
    return all(_holds(condition, row) for condition in conditions)


def _holds(condition: Sample, row: Row) -> bool:
    if set(condition) != {"terms"}:
        raise ValueError(f"{sorted(condition)} is not known here")
    ((field, wanted),) = condition["terms"].items()
    return bool(set(row["metadata"].get(field, ())) & set(wanted))


def _displayed(row: Row, fields: Sequence[str] | None) -> Row:
    if not fields:
        return row
    return row | {"metadata": {name: row["metadata"][name] for name in fields if name in row["metadata"]}}
