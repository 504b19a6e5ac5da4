"""Reads any JSON list of calls by the paths of its declaration: open data portals, « portails des aides » and the like.

The rule kept here: a path that is found in no row at all is an answer that changed, and fails; a list that announces
another number of rows than it holds, on all its pages together, is not believed. Several dates under one path are
several cut-offs.
"""

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from scrapy import Request
from scrapy.http import Response

from funding_watch.domain.call import Audience, FundingCall
from funding_watch.domain.declarations import Fields
from funding_watch.spiders.amounts import stated_amounts, stated_rates
from funding_watch.spiders.base import MAX_PAGES, answer_of
from funding_watch.spiders.dates import day_of, deadline_of
from funding_watch.spiders.declared import DeclaredSpider
from funding_watch.spiders.syndication import shortened
from funding_watch.spiders.text import one_line, plain_text, web_address


class RecordsSpider(DeclaredSpider):
    """Every row of the answer that the declaration keeps."""

    name = "records"
    revision = 2

    def __init__(self, **arguments: Any) -> None:
        super().__init__(**arguments)
        self.rows_met = 0

    def read(self, response: Response) -> Iterator[Request | FundingCall]:
        fields = self.declaration.fields
        if fields is None:
            raise ValueError(f"{self.name} has no fields: add [{self.name}.fields]")
        answer = answer_of(response)
        rows = _rows(answer, fields.items)
        if gone := _lost(rows, fields):
            raise ValueError(f"fields are gone: no row has {', '.join(gone)}")
        self.rows_met += len(rows)
        for row in rows:
            if all(word in map(str, at_path(row, path)) for path, word in fields.keep.items()):
                yield from self.once(self.readable(row, lambda one: self.parse_record(one, fields)))
        yield from self._next(rows, at_path(answer, fields.count), fields)

    def _next(self, rows: list[dict[str, Any]], announced: list[Any], fields: Fields) -> Iterator[Request]:
        """The page that follows, as long as rows are due; a list that adds up to another number is not believed."""
        due = announced[0] if announced else None
        if not fields.offset or not rows or (due is not None and self.rows_met >= due):
            if due is not None and self.rows_met != due:
                raise ValueError(f"{self.rows_met} rows where {due} were announced")
            return
        self.remembered = None  # the first page may stay the same while another changes
        if self.pages >= MAX_PAGES:
            raise ValueError(f"more than {MAX_PAGES} pages: the list loops")
        if not self.first_page:
            yield self.ask(_moved_on(self.address, fields.offset, self.rows_met), {})

    def parse_record(self, row: Mapping[str, Any], fields: Fields) -> FundingCall:
        where = self.declared_perimeter()
        reference = _one(row, fields.reference)
        closings = sorted({at for at in map(self._closing, at_path(row, fields.closes)) if at})
        stated = _texts(row, (fields.amount,))
        (least, most), (rate_min, rate_max) = stated_amounts(stated), stated_rates(stated)
        openings = [day_of(str(written), self.timezone) for written in at_path(row, fields.opens) if written]
        return FundingCall(
            source=self.name,
            reference=shortened(reference),
            title=one_line(_one(row, fields.title)),
            funders=_listed(row, fields.funder) or (self.declaration.owner,),
            description=_texts(row, fields.description),
            eligibility_text=_texts(row, fields.eligibility),
            audiences=self._audiences(row, fields) or self.declaration.audiences,
            perimeter_scale=where.scale,
            perimeter_name=where.name,
            perimeter_codes=where.codes,
            themes=_listed(row, fields.themes),
            opens_on=min((day for day in openings if day), default=None),
            closes_at=closings[-1] if closings else None,
            cut_offs=tuple(closings),
            rate_min=rate_min,
            rate_max=rate_max,
            amount_min=least,
            amount_max=most,
            url=self._link(row, fields, reference),
        )

    def _closing(self, written: Any) -> Any:
        try:
            return deadline_of(str(written), self.timezone) if written else None
        except ValueError:
            self.remark(f"the deadline says {written!r:.80}, which is no date: it is to check")
            return None

    def _audiences(self, row: Mapping[str, Any], fields: Fields) -> tuple[Audience, ...]:
        return self.applicants("\n".join(map(str, at_path(row, fields.audiences))))

    def _link(self, row: Mapping[str, Any], fields: Fields, reference: str) -> str:
        if "{reference}" in fields.link:
            return web_address(fields.link.replace("{reference}", reference))
        written = at_path(row, fields.link)
        return web_address(str(written[0]) if written else "", self.address, base=self.address)


def _rows(answer: Any, path: str) -> list[dict[str, Any]]:
    found = answer
    for name in path.split(".") if path else ():
        found = found.get(name) if isinstance(found, dict) else None
    if not isinstance(found, list) or not all(isinstance(row, dict) for row in found):
        raise ValueError(f"items = {path!r} leads to no list of rows: {str(answer)[:100]!r}")
    return found


def _moved_on(address: str, parameter: str, rows: int) -> str:
    """The same address, past the rows that were read."""
    parts = urlsplit(address)
    query = [(name, value) for name, value in parse_qsl(parts.query) if name != parameter]
    return parts._replace(query=urlencode([*query, (parameter, str(rows))])).geturl()


def _listed(row: Mapping[str, Any], path: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one_line(str(word)) for word in at_path(row, path) if str(word).strip()))


def at_path(value: Any, path: str) -> list[Any]:
    """All that stands at the dotted path; a list on the way is gone through, and so is one at its end."""
    found = [value] if path else []
    for name in path.split(".") if path else ():
        inside = [one.get(name) for one in found if isinstance(one, dict)]
        found = [part for one in inside for part in (one if isinstance(one, list) else [one]) if part is not None]
    return found


def _one(row: Mapping[str, Any], path: str) -> str:
    found = at_path(row, path)
    if not found or not str(found[0]).strip():
        raise ValueError(f"nothing at {path}")
    return str(found[0]).strip()


def _texts(row: Mapping[str, Any], paths: tuple[str, ...]) -> str:
    texts = (plain_text(str(text)) for path in paths for text in at_path(row, path))
    return "\n".join(text for text in texts if text)


def _lost(rows: list[dict[str, Any]], fields: Fields) -> list[str]:
    """The paths that every call needs and that no row has."""
    return [path for path in (fields.reference, fields.title) if rows and not any(at_path(row, path) for row in rows)]
