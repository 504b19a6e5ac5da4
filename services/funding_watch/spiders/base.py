"""What every spider of the watch has: who it reads, and three ways to say that something is wrong.

The rule kept here: silence is a failure. A spider either yields what its source shows, or says why not:
`fail` when the whole reading cannot be trusted, `leave_out` when one row cannot be read, `remark` when a
word is new. It never guesses.
"""

import json
import re
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any, ClassVar
from urllib.parse import urlsplit

import scrapy
from pydantic import ValidationError
from scrapy.http import Response
from scrapy.spidermiddlewares.httperror import HttpError
from twisted.python.failure import Failure

from funding_watch.domain.call import FundingCall, Zone
from funding_watch.domain.declarations import Reach
from funding_watch.domain.sources import Remembered

PAGE_SIZE = 100
"""The most that both portals give at once."""

NOT_FOUND = 404
LONGEST_PAYLOAD = 400_000
"""Characters kept of what a source wrote of one call; topics with all the budgets of their call have some 60,000."""

MAX_PAGES = 200
"""Beyond it a portal is not paging but looping; the largest catalogue met has 31 pages."""


class PortalSpider(scrapy.Spider):
    """response → FundingCall. Subclasses say who they read in their class attributes."""

    source_title: ClassVar[str]
    owner: ClassVar[str]
    timezone: ClassVar[Zone]
    reach: ClassVar[Reach] = "nationale"
    left_out_at_most: ClassVar[float] = 0.02
    """Share of the rows that may be unreadable before the source counts as broken: our choice, one in fifty."""
    base_url: str
    """The real public address; the argument `base_url` puts another in its place."""

    def __init__(self, base_url: str | None = None, page_size: int | str = PAGE_SIZE) -> None:
        super().__init__()
        self.base_url = elsewhere(base_url, type(self).base_url).rstrip("/")
        self.bare = _bare(base_url)
        """An address that was given without a path: asked as it is where the source's own path is not found there."""
        self.page_size = int(page_size)
        self.pages = 0
        self.unchanged = False
        self.remembered: Remembered | None = None
        self.failures: list[str] = []
        self.left_out: list[str] = []
        self.remarks: Counter[str] = Counter()

    def fail(self, reason: str) -> None:
        """This reading is not to be trusted as a whole."""
        self.failures.append(f"{self.name}: {reason}")

    def leave_out(self, reference: object, reason: str) -> None:
        """One row cannot be read; the others can."""
        self.left_out.append(f"{self.name}:{reference}: {reason}")

    def remark(self, what: str) -> None:
        """Something was read, but someone should know: said once, with how often it was met."""
        self.remarks[f"{self.name}: {what}"] += 1

    def begin_at(self, address: str) -> list[scrapy.Request]:
        """The first requests of a reading, at another address; none where a spider has no other way to begin."""
        return []

    def on_error(self, failure: Failure) -> list[scrapy.Request]:
        """The errback of every request: refused, unreachable, forbidden by robots.txt, an HTTP error."""
        error = failure.value
        if isinstance(error, HttpError):
            response: Response = error.response
            if response.status == NOT_FOUND and self.bare and not self.pages:
                address, self.bare = self.bare, ""
                if requests := self.begin_at(address):
                    return requests
            self.fail(f"{response.url} answered {response.status}: {response.text[:200]}")
        else:
            address = getattr(getattr(failure, "request", None), "url", self.base_url)
            self.fail(f"{address}: {type(error).__name__}: {_INNER.sub('', str(error))}")
        return []

    def readable(self, row: Mapping[str, Any], build: Callable[[Any], FundingCall]) -> FundingCall | None:
        """The call that `build` makes of the row; None, and the row left out, when it cannot."""
        try:
            return build(row).model_copy(update={"payload": payload_of(row)})
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            where = ".".join(str(part) for part in first["loc"])
            self.leave_out(_reference(row), f"{where} {first['msg']}: {first['input']!r:.200}")
        except (AttributeError, KeyError, LookupError, TypeError, ValueError) as error:
            self.leave_out(_reference(row), f"{type(error).__name__}: {error}")
        return None


def elsewhere(base_url: str | None, own: str) -> str:
    """The address to ask instead of a source's own; one without a path (another host) keeps the source's path."""
    if not base_url:
        return own
    there, path = urlsplit(base_url), urlsplit(own)
    if there.path.strip("/") or there.query:
        return base_url
    return there._replace(path=path.path, query=path.query).geturl()


def _bare(base_url: str | None) -> str:
    parts = urlsplit(base_url or "")
    return "" if parts.path.strip("/") or parts.query else (base_url or "")


def answer_of(response: Response) -> Any:
    """The JSON of an answer; ValueError with what came in its place, a page of maintenance for one."""
    try:
        return json.loads(response.body)
    except ValueError as error:
        kind = (response.headers.get("Content-Type") or b"nothing").decode("latin-1")
        raise ValueError(f"{response.url} answered {kind}, not JSON: {response.body[:100]!r}") from error


_INNER = re.compile(r" ssl:\S+(?: \S+)*?(?=\s\[|$)")
"""What the HTTP client says of its own objects, in the middle of what it says of the server."""


def payload_of(row: Mapping[str, Any]) -> str:
    """A row as its source wrote it: JSON, the fields in order, cut where it is longer than any real one."""
    written = json.dumps(row, ensure_ascii=False, sort_keys=True, default=str).replace("\\u0000", "")
    return written if len(written) <= LONGEST_PAYLOAD else f"{written[: LONGEST_PAYLOAD - 1]}…"


def _reference(row: Mapping[str, Any]) -> object:
    return row.get("reference") or row.get("id") or "?"
