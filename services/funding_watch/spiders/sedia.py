"""The European portal's search service (SEDIA): how it is asked, and when a reading of it is believed.

The rule kept here: the service repeats and drops rows under paging, so one pass proves nothing. A pass
counts only if the totals taken before and after, the total of each page and the rows agree; the catalogue
is believed when two passes in a row show the same documents.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

TYPES = ("1", "2", "8")
"""Grants, calls for proposals, cascade funding; 0 would be public procurement."""

FORTHCOMING, OPEN, CLOSED = "31094501", "31094502", "31094503"

MANY = 20
"""Rows of which one at least has a text and one a deadline, or the portal changed."""

SORT = tuple({"field": field, "order": "ASC"} for field in ("identifier", "DATASOURCE", "esDA_IngestDate"))

DISPLAYED = [
    "identifier",
    "title",
    "callTitle",
    "callIdentifier",
    "ccm2Id",
    "type",
    "status",
    "frameworkProgramme",
    "startDate",
    "deadlineDate",
    "deadlineModel",
    "typesOfAction",
    "descriptionByte",
    "topicConditions",
    "keywords",
    "tags",
    "budgetOverview",
    "esDA_IngestDate",
    "DATASOURCE",
]

Row = Mapping[str, Any]
Identity = tuple[str, str, str]


def search_parts() -> dict[str, object]:
    """The parts of a search for every call that is open or will be, in the order that paging needs."""
    must = [{"terms": {"type": TYPES}}, {"terms": {"status": (FORTHCOMING, OPEN)}}]
    return {"query": {"bool": {"must": must}}, "languages": ["en"], "sort": SORT, "displayFields": DISPLAYED}


def count_parts() -> dict[str, object]:
    """The same search unsorted: its total is taken independently of the pages."""
    return {name: part for name, part in search_parts().items() if name in {"query", "languages"}}


def asking_parts(field: str, values: Sequence[str]) -> dict[str, object]:
    """The parts of a search for calls by name, whatever their status."""
    must = [{"terms": {field: list(values)}}]
    return {"query": {"bool": {"must": must}}, "languages": ["en"], "displayFields": DISPLAYED}


def multipart(parts: Mapping[str, object]) -> tuple[str, bytes]:
    """(content type, body). Every part is a JSON file of its own: plain form fields are answered by a 500."""
    written = {name: json.dumps(part, ensure_ascii=False).encode() for name, part in parts.items()}
    boundary = "part-" + hashlib.sha256(b"".join(written.values())).hexdigest()[:32]
    lines: list[bytes] = []
    for name, part in written.items():
        head = (
            f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"; filename="blob"\r\n'
            "Content-Type: application/json\r\n\r\n"
        )
        lines += [head.encode(), part, b"\r\n"]
    return f"multipart/form-data; boundary={boundary}", b"".join([*lines, f"--{boundary}--\r\n".encode()])


class PassRejected(Exception):
    """This pass shows a catalogue that cannot be the real one."""


class CataloguePass:
    """One reading of all pages, between two totals."""

    def __init__(self, total: int, page_size: int) -> None:
        self.total = total
        self.page_size = page_size
        self.rows: dict[Identity, Row] = {}

    @property
    def last_page(self) -> int:
        return -(-self.total // self.page_size)

    def add(self, answer: Mapping[str, Any], page: int) -> None:
        """Take one page in, or raise PassRejected."""
        rows: Sequence[Row] = answer["results"]
        asked = (page, self.page_size)
        if (given := (answer["pageNumber"], answer["pageSize"])) != asked:
            raise PassRejected(f"page {asked} was asked, {given} was answered")
        if answer.get("warnings"):
            raise PassRejected(f"page {page} came with warnings: {answer['warnings']}")
        if answer["totalResults"] != self.total:
            raise PassRejected(f"totals disagree: {self.total} before, {answer['totalResults']} on page {page}")
        expected = min(self.page_size, self.total - (page - 1) * self.page_size)
        if len(rows) != expected:
            raise PassRejected(f"page {page} has {len(rows)} rows where {expected} were due")
        for row in rows:
            if (identity := identity_of(row)) in self.rows:
                raise PassRejected(f"pages overlap: {identity} came twice, again on page {page}")
            self.rows[identity] = row

    def finish(self, total: int) -> None:
        """Compare with the total taken after the pages, or raise PassRejected."""
        if total != self.total or len(self.rows) != total:
            raise PassRejected(f"totals disagree: {self.total} before, {total} after, {len(self.rows)} rows")
        if gone := lost_landmarks(self.rows.values()):
            raise PassRejected(f"no row has {' or '.join(gone)} any more: the portal changed its answer")

    def shows_the_same_as(self, other: "CataloguePass | None") -> bool:
        """Whether both passes met the same versions of the same documents."""
        return other is not None and self._versions() == other._versions()

    def _versions(self) -> dict[Identity, str]:
        return {identity: first(row, "esDA_IngestDate") or "" for identity, row in self.rows.items()}

    def newest(self) -> list[Row]:
        """One row a reference: complete ones before stubs, then the newest by esDA_IngestDate."""
        kept: dict[str, Row] = {}
        for row in self.rows.values():
            rival = kept.get(row["reference"])
            if rival is None or _freshness(row) > _freshness(rival):
                kept[row["reference"]] = row
        return list(kept.values())


def _freshness(row: Row) -> tuple[bool, str]:
    complete = bool(first(row, "status") and first(row, "descriptionByte"))
    return complete, first(row, "esDA_IngestDate") or ""


def identity_of(row: Row) -> Identity:
    """(DATASOURCE, reference, language): what makes a document one."""
    return first(row, "DATASOURCE") or "", row["reference"], row.get("language") or ""


def lost_landmarks(rows: Sequence[Row] | Any) -> list[str]:
    """The fields that some row must have, and that none has; a few rows may well be without text or deadline."""
    rows = list(rows)
    wanted = ("identifier", "status", "title", *(("descriptionByte", "deadlineDate") if len(rows) >= MANY else ()))
    return [field for field in wanted if rows and not any(first(row, field) for row in rows)]


def every(row: Row, field: str) -> list[str]:
    """All the values of a metadata field: the service gives arrays of strings even for one value."""
    values = row["metadata"].get(field) or []
    return [value for value in values if value]


def first(row: Row, field: str) -> str | None:
    """The first value of a metadata field."""
    return next(iter(every(row, field)), None)
