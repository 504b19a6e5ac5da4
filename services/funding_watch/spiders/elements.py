"""What the selectors of a declaration find on a page, as words; what they mean is read elsewhere.

The rule kept here: a row holds the source's own words, each under the name of its selector, and nothing else.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from parsel import SelectorList
from scrapy.http.response.html import HtmlResponse

from funding_watch.domain.declarations import Reading, Selectors
from funding_watch.spiders.calendars import month_of
from funding_watch.spiders.text import one_line, plain_text

Row = dict[str, Any]

FIELDS = tuple(Reading.model_fields)


def rows_of(page: HtmlResponse, selectors: Selectors) -> Iterator[Row]:
    """The calls of a list page in its order, each with the month under which it stands."""
    shared = {
        "page": page.url,
        "shared_eligibility": _text(page, selectors.shared_eligibility),
        "shared_closes": _text(page, selectors.shared_closes),
    }
    headings = {one.root for one in page.css(selectors.under)} if selectors.under else set()
    month: date | None = None
    for element in page.css(f"{selectors.under}, {selectors.each}" if selectors.under else selectors.each):
        if element.root in headings:
            month = month_of(_text(element, "*")) or month
            continue
        link = (element.css(selectors.link).get("") if selectors.link else "").strip()
        words = words_of(element, selectors)
        yield {**words, **shared, "link": link, "under": month, "identity": _identity(link, words["title"], selectors)}


def words_of(element: Any, reading: Reading | None) -> Row:
    """What each selector finds, as plain text, by its name."""
    return {name: _text(element, getattr(reading, name, "")) for name in FIELDS}


def overlaid(row: Mapping[str, Any], found: Mapping[str, Any]) -> Row:
    """The row of a list, with what the call's own page says in its place."""
    return {**row, **{name: words for name, words in found.items() if words}}


def _identity(link: str, title: str, selectors: Selectors) -> str:
    if not selectors.link:
        return one_line(title)
    found = re.search(selectors.identity, link) if selectors.identity else None
    return next((group for group in found.groups() if group), "") if found else ""


def _text(element: Any, selector: str) -> str:
    """The words that a selector finds, with or without ::text at its end, a line an element."""
    if not selector:
        return ""
    found: SelectorList[Any] = element.css(selector)
    return "\n".join(filter(None, (plain_text(one) for one in found.getall())))
