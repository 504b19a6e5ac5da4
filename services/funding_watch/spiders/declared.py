"""What the readers of declared feeds share: one address, asked only for what changed since the last good reading.

The rule kept here: "not modified" is believed only as the answer to a question that we asked, under the declaration
that the last reading was made with. A row that cannot be read, or a reference met twice, is told and left out.
"""

import re
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any, ClassVar

from scrapy import Request
from scrapy.http import Response

from funding_watch.domain.call import Audience, FundingCall
from funding_watch.domain.declarations import Declaration
from funding_watch.domain.sources import Remembered
from funding_watch.spiders import taxonomy
from funding_watch.spiders.base import PAGE_SIZE, PortalSpider, elsewhere
from funding_watch.spiders.calendars import Calendar, read_calendar
from funding_watch.spiders.cog import BASIN, Perimeter, basin_of, perimeter_of
from funding_watch.spiders.dates import day_of, deadline_of
from funding_watch.spiders.text import one_line

NOT_MODIFIED = 304
_PARTS = re.compile(r"[,;\n]| et (?=[a-zé])")


class DeclaredSpider(PortalSpider):
    """Reads the feed of a declaration; subclasses say how a page becomes calls."""

    name = "declared"
    base_url = ""
    timezone = "Europe/Paris"
    revision: ClassVar[int] = 1
    """To be raised when the same bytes would make other calls: then nothing remembered holds."""
    left_out_at_most = 0.5
    """Rows of these feeds are typed by hand: some are wrong for long. Our choice; half of them is another shape."""

    def __init__(
        self,
        *,
        declaration: Declaration,
        base_url: str | None = None,
        page_size: int | str = PAGE_SIZE,
        remembered: Remembered | None = None,
        first_page: bool = False,
    ) -> None:
        self.address = elsewhere(base_url, declaration.address)
        super().__init__(self.address, page_size)
        self.name = declaration.name
        self.declaration = declaration
        self.first_page = first_page
        blank = Remembered(self.address, f"{self.revision}:{declaration.fingerprint}")
        self.asked = remembered if remembered and remembered.is_of(blank) else blank
        self.remembered: Remembered | None = blank
        self.references: set[str] = set()

    async def start(self) -> AsyncIterator[Request]:
        yield self.ask(self.address, self.asked.headers())

    def begin_at(self, address: str) -> list[Request]:
        self.address = address
        return [self.ask(address, self.asked.headers())]

    def ask(self, address: str, headers: Mapping[str, str]) -> Request:
        """The request for a page of the feed."""
        return Request(
            address,
            self.parse,
            headers={**headers, **self.secrets()},
            meta={"handle_httpstatus_list": [NOT_MODIFIED], "dont_redirect": bool(self.secrets())},
            errback=self.on_error,
            dont_filter=True,
        )

    def secrets(self) -> Mapping[str, str]:
        """Headers that must not follow a redirection."""
        return {}

    def parse(self, response: Response) -> Iterator[Request | FundingCall]:
        if response.status == NOT_MODIFIED:
            self._believe_unchanged(response)
            return
        self.pages += 1
        if self.remembered:
            self.remembered = replace(self.remembered, **_validators(response))
        try:
            yield from self.read(response)
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            self.fail(f"{response.url}: {error}")

    def read(self, response: Response) -> Iterator[Request | FundingCall]:
        """The calls of a page, and the requests for what follows it. Raises ValueError for another shape."""
        raise NotImplementedError(f"{type(self).__name__} must say how its own shape is read")

    def once(self, call: FundingCall | None) -> Iterator[FundingCall]:
        """The call, unless its reference came before: two rows under one name are told, and one is kept."""
        if call is None:
            return
        if call.reference in self.references:
            self.leave_out(call.reference, "this reference came twice; the first row is kept")
            return
        self.references.add(call.reference)
        yield call

    def day(self, row: Mapping[str, Any], field: str) -> date | None:
        """The day in a field; one that cannot be read is told and is to check."""
        return self._dated(row, field, day_of)

    def deadline(self, row: Mapping[str, Any], field: str) -> datetime | None:
        """The deadline in a field, likewise."""
        return self._dated(row, field, deadline_of)

    def words(
        self, field: str, labels: Iterable[str] | None, table: Mapping[str, tuple[taxonomy.Word, ...]]
    ) -> tuple[taxonomy.Word, ...]:
        """Our words for the labels; none of them when one is new, since the list is then not known."""
        labels = list(labels or ())
        if new := taxonomy.strangers(labels, table):
            self.remark(f"{field} says {', '.join(map(repr, new))}, which is not known yet: it is to check")
            return ()
        return taxonomy.ours(labels, table)

    def calendar(self, row: Mapping[str, Any], field: str, under: date | None = None) -> Calendar:
        """The dates that a sentence holds; words that hold none, or one that cannot be, are told and to check."""
        found = read_calendar(row.get(field), self.timezone, under)
        for words in found.wrong or ((row[field],) if row.get(field) and found == Calendar() else ()):
            self.remark(f"{field} says {words!r:.80}, which is no date: it is to check")
        return found

    def applicants(self, written: str) -> tuple[Audience, ...]:
        """The legal forms that a list of kinds of applicants admits; none of them when one is new."""
        labels = [one_line(part).strip("-•–. ") for part in _PARTS.split(written)]
        return self.words("audiences", [label.casefold() for label in labels if label], taxonomy.APPLICANTS)

    def declared_perimeter(self) -> Perimeter:
        """What the declaration says where the feed says nothing."""
        declared = self.declaration.perimeter
        if declared.startswith(BASIN):
            return basin_of(declared.removeprefix(BASIN))
        return perimeter_of(declared) if declared else Perimeter("autre", (), "")

    def _dated(self, row: Mapping[str, Any], field: str, read: Any) -> Any:
        try:
            return read(row.get(field), self.timezone)
        except (AttributeError, TypeError, ValueError):
            self.remark(f"{field} says {row.get(field)!r:.80}, which is no date: it is to check")
            return None

    def _believe_unchanged(self, response: Response) -> None:
        if self.asked.headers():
            self.unchanged = True
            self.remembered = self.asked
        else:
            self.fail(f"{response.url} answered 304 to a question without condition: its cache is broken")


def _validators(response: Response) -> dict[str, str]:
    written = {"etag": response.headers.get("ETag"), "last_modified": response.headers.get("Last-Modified")}
    return {name: value.decode("latin-1") if value else "" for name, value in written.items()}
