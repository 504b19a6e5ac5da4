"""Reads a list page by the CSS selectors of its declaration.

The rule kept here: selectors that find nothing are a page that changed, and fail; a deadline is taken only when the
words found hold a whole date, and is otherwise to check.
"""

from collections.abc import Iterator
from typing import Any

from parsel import Selector
from scrapy import Request
from scrapy.http import Response
from scrapy.http.response.html import HtmlResponse

from funding_watch.domain.call import FundingCall
from funding_watch.domain.declarations import Selectors
from funding_watch.spiders.declared import DeclaredSpider
from funding_watch.spiders.syndication import shortened
from funding_watch.spiders.text import one_line, plain_text, web_address


class ListPageSpider(DeclaredSpider):
    """Every element that `selectors.each` finds on the page."""

    name = "page"

    def read(self, response: Response) -> Iterator[Request | FundingCall]:
        selectors = self.declaration.selectors
        if selectors is None:
            raise ValueError(f"{self.name} has no selectors: add [{self.name}.selectors]")
        if not isinstance(response, HtmlResponse):
            raise ValueError(f"no HTML page: {response.body[:100]!r}")
        found = response.css(selectors.each)
        if not found:
            raise ValueError(f"each = {selectors.each!r} finds nothing on the page")
        for element in found:
            row = _row(element, selectors) | {"page": response.url}
            yield from self.once(self.readable(row, self.parse_element))

    def parse_element(self, row: Any) -> FundingCall:
        where = self.declared_perimeter()
        url = web_address(row["link"], base=row["page"])
        closes_at = self.deadline(row, "closes")
        return FundingCall(
            source=self.name,
            reference=shortened(url),
            title=one_line(row["title"]),
            funders=(self.declaration.owner,),
            description=plain_text(row["description"]),
            audiences=self.declaration.audiences,
            perimeter_scale=where.scale,
            perimeter_name=where.name,
            perimeter_codes=where.codes,
            opens_on=self.day(row, "opens"),
            closes_at=closes_at,
            cut_offs=(closes_at,) if closes_at else (),
            url=url,
        )


def _row(element: Selector, selectors: Selectors) -> dict[str, str]:
    return {
        "title": _text(element, selectors.title),
        "link": element.css(selectors.link).get("") if selectors.link else "",
        "description": "".join(element.css(selectors.description).getall()) if selectors.description else "",
        "opens": _text(element, selectors.opens),
        "closes": _text(element, selectors.closes),
    }


def _text(element: Selector, selector: str) -> str:
    """The words that a selector finds, with or without ::text at its end."""
    return " ".join(plain_text(found) for found in element.css(selector).getall()) if selector else ""
