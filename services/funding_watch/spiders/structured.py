"""Reads schema.org data (JSON-LD) that pages carry for search engines, from one page or from those of a sitemap.

The rule kept here: a page without such data is left out and told; none with it is a site that changed, and fails. Only
what the data says of dates is taken: `validThrough`, `endDate`, `availabilityEnds`; the day of publication is none.
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from parsel import Selector
from scrapy import Request
from scrapy.http import Response
from scrapy.spidermiddlewares.httperror import HttpError
from twisted.python.failure import Failure

from funding_watch.domain.call import FundingCall
from funding_watch.spiders.base import MAX_PAGES
from funding_watch.spiders.declared import DeclaredSpider
from funding_watch.spiders.syndication import shortened
from funding_watch.spiders.text import one_line, plain_text, web_address

TYPES = frozenset(["Grant", "MonetaryGrant", "GovernmentService", "FinancialProduct", "Service", "Event", "Article"])
CLOSES = ("applicationDeadline", "validThrough", "availabilityEnds", "endDate")
OPENS = ("validFrom", "availabilityStarts", "startDate")
GONE = frozenset([404, 410])
BLOCKS = "//script[@type='application/ld+json']/text()"


class JsonLdSpider(DeclaredSpider):
    """Every call that the page describes."""

    name = "json_ld"

    def read(self, response: Response) -> Iterator[Request | FundingCall]:
        nodes = list(self._nodes(response))
        if not nodes:
            raise ValueError(f"{response.url} carries no JSON-LD of {', '.join(sorted(TYPES))}")
        for node in nodes:
            yield from self.once(self.readable(node | {"page": response.url}, self.parse_node))

    def _nodes(self, response: Response) -> Iterator[dict[str, Any]]:
        for block in Selector(text=response.text).xpath(BLOCKS).getall():
            try:
                written = json.loads(block, strict=False)
            except ValueError as error:
                self.remark(f"{response.url} has a JSON-LD block that cannot be read: {error}")
                continue
            yield from _calls_in(written)

    def parse_node(self, node: Mapping[str, Any]) -> FundingCall:
        where = self.declared_perimeter()
        url = web_address(_text(node.get("url")), node["page"], base=node["page"])
        closes_at = next((at for at in (self.deadline(node, name) for name in CLOSES) if at), None)
        return FundingCall(
            source=self.name,
            reference=shortened(_text(node.get("@id")) or url),
            title=one_line(_text(node.get("name")) or _text(node.get("headline"))),
            funders=tuple(filter(None, (_named(node, "funder", "provider"),))) or (self.declaration.owner,),
            description=plain_text(_text(node.get("description")) or _text(node.get("articleBody"))),
            audiences=self.declaration.audiences,
            perimeter_scale=where.scale,
            perimeter_name=where.name,
            perimeter_codes=where.codes,
            opens_on=next((day for day in (self.day(node, name) for name in OPENS) if day), None),
            closes_at=closes_at,
            cut_offs=(closes_at,) if closes_at else (),
            url=url,
        )


class SitemapSpider(JsonLdSpider):
    """Every page of the sitemap whose address the declaration follows, one request each.

    The sitemap says nothing of what changed inside its pages: nothing is remembered, everything is read each time.
    """

    name = "sitemap"

    def read(self, response: Response) -> Iterator[Request | FundingCall]:
        self.remembered = None
        sitemap = Selector(text=response.text, type="xml")
        addresses = sitemap.xpath("//*[local-name()='url']/*[local-name()='loc']/text()").getall()
        wanted = [one.strip() for one in addresses if re.search(self.declaration.follow, one)]
        if not wanted:
            raise ValueError(f"none of the {len(addresses)} addresses is as follow says: {self.declaration.follow!r}")
        if len(wanted) > MAX_PAGES:
            raise ValueError(f"{len(wanted)} pages to read, more than {MAX_PAGES}: narrow follow")
        for address in wanted[:1] if self.first_page else wanted:
            yield Request(address, self.parse_page, errback=self.on_lost_page)

    def on_lost_page(self, failure: Failure) -> None:
        """A sitemap may name a page that is gone: that page is left out; any other trouble fails the reading."""
        error = failure.value
        if isinstance(error, HttpError) and error.response.status in GONE:
            self.leave_out(error.response.url, f"the sitemap names it, and it answers {error.response.status}")
        else:
            self.on_error(failure)

    def parse_page(self, response: Response) -> Iterator[FundingCall]:
        self.pages += 1
        nodes = list(self._nodes(response))
        if not nodes:
            self.leave_out(response.url, f"no JSON-LD of {', '.join(sorted(TYPES))}")
        for node in nodes[:1]:
            yield from self.once(self.readable(node | {"page": response.url}, self.parse_node))


def _calls_in(written: Any) -> Iterator[dict[str, Any]]:
    """The nodes of our types, in lists and graphs too."""
    if isinstance(written, list):
        for one in written:
            yield from _calls_in(one)
    elif isinstance(written, dict):
        kinds = written.get("@type")
        if TYPES & set(kinds if isinstance(kinds, list) else [kinds]):
            yield written
        else:
            for name in ("@graph", "itemListElement", "item", "mainEntity"):
                yield from _calls_in(written.get(name))


def _text(value: Any) -> str:
    return value.strip() if isinstance(value, str) else ""


def _named(node: Mapping[str, Any], *names: str) -> str:
    for name in names:
        value = node.get(name)
        found = _text(value.get("name")) if isinstance(value, dict) else _text(value)
        if found:
            return one_line(found)
    return ""
