"""Reads list pages, and the pages to which they lead, by the CSS selectors of their declaration.

The rule kept here: selectors that find nothing are a page that changed, and fail; a deadline is taken only when the
words found hold a whole date, and is otherwise to check. A call whose own page cannot be read is left out and told.
"""

from collections.abc import Iterator, Mapping
from itertools import chain
from typing import Any
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.http import Response
from scrapy.http.response.html import HtmlResponse
from scrapy.spidermiddlewares.httperror import HttpError
from twisted.python.failure import Failure

from funding_watch.domain.call import FundingCall
from funding_watch.domain.declarations import Selectors
from funding_watch.spiders.amounts import stated_amounts, stated_rates
from funding_watch.spiders.base import MAX_PAGES
from funding_watch.spiders.calendars import Calendar, earliest
from funding_watch.spiders.declared import DeclaredSpider
from funding_watch.spiders.elements import Row, overlaid, rows_of, words_of
from funding_watch.spiders.syndication import shortened
from funding_watch.spiders.text import one_line, plain_text, web_address

MAX_DETAILS = 2_000
"""Pages of calls that one list may lead to; the largest guide of a region has some 1,100."""
GONE = frozenset([404, 410])


class ListPageSpider(DeclaredSpider):
    """Every element that `selectors.each` finds on the pages of the list."""

    name = "page"
    revision = 2

    def __init__(self, **arguments: Any) -> None:
        super().__init__(**arguments)
        self.details = 0

    def read(self, response: Response) -> Iterator[Request | FundingCall]:
        selectors = self.declaration.selectors
        if selectors is None:
            raise ValueError(f"{self.name} has no selectors: add [{self.name}.selectors]")
        rows = list(rows_of(_html(response), selectors))
        if not rows:
            raise ValueError(f"each = {selectors.each!r} finds nothing on the page")
        if self.declaration.detail or selectors.next:
            self.remembered = None  # the list may stay the same while a page behind it changes
        for row in rows:
            yield from self._call_or_page(row)
        yield from self._next(response, selectors)

    def _call_or_page(self, row: Row) -> Iterator[Request | FundingCall]:
        if not self.declaration.detail:
            yield from self.once(self.readable(row, self.parse_element))
            return
        try:
            address = web_address(row["link"], base=row["page"])
        except ValueError as error:
            self.leave_out(row["title"] or "?", str(error))
            return
        if urlsplit(address).netloc != urlsplit(row["page"]).netloc:
            self.leave_out(address, "its page is on another site, whose layout the declaration does not know")
        elif not self.first_page or not self.details:
            yield from self._detail(address, row)

    def _detail(self, address: str, row: Row) -> Iterator[Request]:
        if self.details >= MAX_DETAILS:
            raise ValueError(f"more than {MAX_DETAILS} calls: narrow each")
        self.details += 1
        yield Request(address, self.parse_detail, cb_kwargs={"row": row}, errback=self.on_lost_page)

    def _next(self, response: Response, selectors: Selectors) -> Iterator[Request]:
        following = response.css(selectors.next).get() if selectors.next else None
        if not following or self.first_page:
            return
        address = response.urljoin(following)
        if urlsplit(address).netloc != urlsplit(response.url).netloc:
            raise ValueError(f"next leads to {address}, on another server")
        if self.pages >= MAX_PAGES:
            raise ValueError(f"more than {MAX_PAGES} pages: the list loops")
        yield Request(address, self.parse, errback=self.on_error)

    def parse_detail(self, response: Response, row: Row) -> Iterator[FundingCall]:
        """The call of a page: what its list said, and what it says itself."""
        self.pages += 1
        try:
            found = words_of(_html(response).css("html"), self.declaration.detail)
        except ValueError as error:
            self.leave_out(response.url, str(error))
            return
        if not any(found.values()):
            self.leave_out(response.url, "none of the selectors of detail finds anything on its page")
            return
        yield from self.once(self.readable(overlaid(row, found), self.parse_element))

    def on_lost_page(self, failure: Failure) -> None:
        """A list may name a page that is gone: that call is left out; any other trouble fails the reading."""
        error = failure.value
        if isinstance(error, HttpError) and error.response.status in GONE:
            self.leave_out(error.response.url, f"the list names it, and it answers {error.response.status}")
        else:
            self.on_error(failure)

    def parse_element(self, row: Any) -> FundingCall:
        where, calendar = self.declared_perimeter(), self._calendar(row)
        (least, most), (rate_min, rate_max) = stated_amounts(row["amount"]), stated_rates(row["amount"])
        url = web_address(row["link"], base=row["page"]) if self._own_pages else row["page"]
        return FundingCall(
            source=self.name,
            reference=shortened(row["identity"] or url),
            title=one_line(row["title"]),
            funders=self._funders(row),
            description=plain_text(row["description"]),
            eligibility_text="\n".join(filter(None, (row["eligibility"], row["amount"], row["shared_eligibility"]))),
            audiences=self.applicants(row["audiences"]) or self.declaration.audiences,
            perimeter_scale=where.scale,
            perimeter_name=where.name,
            perimeter_codes=where.codes,
            opens_on=calendar.opens_on,
            closes_at=max(calendar.cut_offs, default=None),
            cut_offs=calendar.cut_offs,
            recurrence="permanente" if calendar.permanent and not calendar.cut_offs else None,
            rate_min=rate_min,
            rate_max=rate_max,
            amount_min=least,
            amount_max=most,
            url=url,
        )

    @property
    def _own_pages(self) -> bool:
        """Whether each call has a page; else they all stand on the list."""
        return bool(self.declaration.selectors and self.declaration.selectors.link)

    def _funders(self, row: Mapping[str, Any]) -> tuple[str, ...]:
        """Who the page names; the declaration's owner only where it is not the page's to say."""
        selectors, detail = self.declaration.selectors, self.declaration.detail
        named = (selectors and selectors.funder) or (detail and detail.funder)
        if not named:
            return (self.declaration.owner,)
        return tuple(filter(None, (one_line(row["funder"]).strip(" ()–-:"),)))

    def _calendar(self, row: Mapping[str, Any]) -> Calendar:
        """What the call says of its dates, else what the page says of all its calls."""
        closes = self.calendar(row, "closes", row["under"])
        if not (closes.cut_offs or closes.permanent):
            closes = self.calendar(row, "shared_closes", None)
        opens = self.calendar(row, "opens", row["under"])
        days = chain((opens.opens_on,), (at.date() for at in opens.cut_offs), (closes.opens_on,))
        return Calendar(earliest(list(days)), closes.cut_offs, closes.permanent)


def _html(response: Response) -> HtmlResponse:
    if not isinstance(response, HtmlResponse):
        raise ValueError(f"no HTML page: {response.body[:100]!r}")
    return response
