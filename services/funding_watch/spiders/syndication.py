"""Reads RSS 2.0 and Atom: an entry is a call, with the little that a feed says of it.

The rule kept here: the day an entry was published is not the day a call opens, and a feed has no field for the
deadline; both stay to check. What the declaration says of perimeter and audiences holds for every entry.
"""

import hashlib
import re
from collections.abc import Iterator
from typing import Any

from parsel import Selector
from scrapy import Request
from scrapy.http import Response

from funding_watch.domain.call import FundingCall
from funding_watch.spiders.declared import DeclaredSpider
from funding_watch.spiders.text import one_line, plain_text, web_address

LONGEST_REFERENCE = 200
LONGEST_END = 200
"""Characters in which the end of the root element is looked for; a comment may follow it."""

_ENCODING = re.compile(rb"""\s*(?:\xef\xbb\xbf)?<\?xml[^>]*?encoding=["']([\w-]+)["']""")

# Whatever the prefixes and the namespace, by local name: feeds of both families mix them.
ENTRIES = "//*[local-name()='item' or local-name()='entry']"
LINKS = "./*[local-name()='link'][not(@rel) or @rel='alternate']"
TEXTS = ("encoded", "content", "description", "summary")


class SyndicationSpider(DeclaredSpider):
    """Every entry of the feed."""

    name = "syndication"

    def read(self, response: Response) -> Iterator[Request | FundingCall]:
        text = self._decoded(response.body)
        feed = Selector(text=text, type="xml")
        kind = feed.xpath("local-name(/*)").get("")
        if kind not in {"rss", "feed", "RDF"}:
            raise ValueError(f"neither RSS nor Atom: {response.body[:100]!r}")
        if f"{kind}>" not in text[-LONGEST_END:]:
            raise ValueError(f"the feed was cut before its end: …{text[-60:]!r}")
        for entry in feed.xpath(ENTRIES):
            yield from self.once(self.readable(_row(entry), self.parse_entry))

    def _decoded(self, body: bytes) -> str:
        """As the feed declares, else as UTF-8, else as the spreadsheets of Western Europe."""
        declared = _ENCODING.match(body)
        for encoding in (declared[1].decode("ascii") if declared else "utf-8", "utf-8", "cp1252"):
            try:
                return body.decode(encoding)
            except (LookupError, UnicodeDecodeError) as error:
                self.remark(f"the feed is not in the encoding that it declares: {error}")
        raise ValueError(f"no known encoding reads this feed: {body[:100]!r}")

    def parse_entry(self, row: Any) -> FundingCall:
        where = self.declared_perimeter()
        return FundingCall(
            source=self.name,
            reference=shortened(row["reference"]),
            title=one_line(row["title"]),
            funders=(self.declaration.owner,),
            description=plain_text(row["description"]),
            audiences=self.declaration.audiences,
            perimeter_scale=where.scale,
            perimeter_name=where.name,
            perimeter_codes=where.codes,
            themes=tuple(word for word in map(one_line, row["themes"]) if word),
            url=web_address(row["link"], base=self.address),
        )


def _row(entry: Selector) -> dict[str, Any]:
    link = entry.xpath(f"{LINKS}/@href").get() or _text(entry, "link")
    texts = (_text(entry, name) for name in TEXTS)
    return {
        "reference": _text(entry, "guid") or _text(entry, "id") or link,
        "title": _text(entry, "title"),
        "link": link,
        "description": next((text for text in texts if text), ""),
        "themes": entry.xpath("./*[local-name()='category']/text() | ./*[local-name()='category']/@term").getall(),
    }


def _text(entry: Selector, name: str) -> str:
    return "".join(entry.xpath(f"./*[local-name()='{name}']//text()").getall()).strip()


def shortened(reference: str) -> str:
    """A reference that fits its column; the rest of a long one becomes a digest."""
    if len(reference) <= LONGEST_REFERENCE:
        return reference
    digest = hashlib.sha256(reference.encode()).hexdigest()[:32]
    return f"{reference[: LONGEST_REFERENCE - 33]}#{digest}"
