"""Asks a source for single calls that its listing no longer shows.

The rule kept here: only a clear answer counts. "Not found" for a call's identifier or page is "gone", a source that
says closed is closed, and anything else, an error or another page for one, says nothing at all.
"""

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import unquote

from scrapy import Request
from scrapy.http import Response
from twisted.python.failure import Failure

from funding_watch.domain.call import FundingCall
from funding_watch.domain.presence import Answer
from funding_watch.spiders.aides_territoires import REFUSED, AidesTerritoiresSpider, Page
from funding_watch.spiders.base import PortalSpider, answer_of
from funding_watch.spiders.eu_portal import EuPortalSpider
from funding_watch.spiders.sedia import CLOSED, FORTHCOMING, OPEN, Row, asking_parts, first

GONE = frozenset([404, 410])


class Asking(PortalSpider):
    """What a spider that asks for single calls learns; `calls` are those that it is to ask for."""

    calls: Sequence[FundingCall]
    answers: dict[str, Answer]

    def expect(self, calls: Sequence[FundingCall]) -> None:
        """Nothing is known of any of them yet."""
        self.calls = calls
        self.answers = {call.key: "unclear" for call in calls}


class PageAsking(Asking):
    """Asks for the page of each call: 404 or 410 is gone; a page that answers proves nothing more."""

    name = "pages"
    base_url = ""

    def __init__(self, *, calls: Sequence[FundingCall], base_url: str | None = None, **_: Any) -> None:
        super().__init__(base_url)
        self.expect(calls)

    async def start(self) -> AsyncIterator[Request]:
        for call in self.calls:
            meta = {"handle_httpstatus_list": sorted(GONE)}
            cb_kwargs = {"key": call.key}
            yield Request(
                call.url, self.parse_page, meta=meta, cb_kwargs=cb_kwargs, errback=self.on_silence, dont_filter=True
            )

    def parse_page(self, response: Response, key: str) -> None:
        self.answers[key] = "gone" if response.status in GONE else "page"

    def on_silence(self, failure: Failure) -> None:
        """A page that cannot be had says nothing: the call stays as doubtful as it was."""
        self.remark(f"{getattr(failure, 'request', None)}: {failure.value}")


class AidesTerritoiresAsking(Asking, AidesTerritoiresSpider):
    """Asks for aids by their identifier; the answer says whether each is live."""

    def __init__(self, *, calls: Sequence[FundingCall], **arguments: Any) -> None:
        super().__init__(**arguments)
        self.expect(calls)

    def ask(self, page: Page) -> Request:
        """The request for the aid that stands at the page's number, counted from 1."""
        call = self.calls[page.number - 1]
        return Request(
            f"{self.base_url}/aids/by-id/{call.reference}/",
            self.parse_aid_alone,
            headers={"Authorization": f"Bearer {self.jwt}", "Accept": "application/json"},
            meta={"handle_httpstatus_list": [*REFUSED, *GONE]},
            cb_kwargs={"page": page},
            errback=self.on_error,
            dont_filter=True,
        )

    async def parse_aid_alone(self, response: Response, page: Page) -> AsyncIterator[Request | FundingCall]:
        if response.status in REFUSED:
            async for request in self._ask_again(response, page):
                yield request
            return
        call = self.calls[page.number - 1]
        if response.status in GONE:
            self.answers[call.key] = "gone"
        else:
            for found in self._read(call, answer_of(response)):
                yield found
        if page.number < len(self.calls):
            yield self.ask(Page((), page.number + 1))

    def _read(self, call: FundingCall, aid: Mapping[str, Any]) -> Iterator[FundingCall]:
        if str(aid.get("id")) != call.reference:
            return
        if aid.get("is_live") is False:
            self.answers[call.key] = "closed"
        elif found := self.readable(aid, self.parse_aid):
            self.answers[call.key] = "there"
            yield found


class EuPortalAsking(Asking, EuPortalSpider):
    """Searches the portal by the identifiers that stand in the calls' addresses, whatever their status."""

    def __init__(self, *, calls: Sequence[FundingCall], **arguments: Any) -> None:
        super().__init__(**arguments)
        self.expect(calls)

    async def start(self) -> AsyncIterator[Request]:
        for request in self._searches():
            yield request

    def begin_at(self, address: str) -> list[Request]:
        self.base_url = address.rstrip("/")
        return list(self._searches())

    def _searches(self) -> Iterator[Request]:
        wanted: dict[str, list[str]] = {}
        for call in self.calls:
            field = "ccm2Id" if "competitive-calls-cs" in call.url else "identifier"
            wanted.setdefault(field, []).append(unquote(call.url.rpartition("/")[2]))
        for field, values in wanted.items():
            request = self.ask(asking_parts(field, values), self.parse_found)
            request.cb_kwargs["field"] = field
            yield request

    def parse_found(self, response: Response, field: str) -> Iterator[FundingCall]:
        envelope = answer_of(response)
        rows: Sequence[Row] = envelope["results"]
        if envelope["totalResults"] != len(rows) or envelope.get("warnings"):
            self.fail(f"{envelope['totalResults']} rows announced and {len(rows)} given: nothing is concluded")
            return
        for call in self.calls:
            if (field == "ccm2Id") == ("competitive-calls-cs" in call.url):
                yield from self._answered(call, field, rows)

    def _answered(self, call: FundingCall, field: str, rows: Sequence[Row]) -> Iterator[FundingCall]:
        value = unquote(call.url.rpartition("/")[2])
        named = [row for row in rows if first(row, field) == value]
        ours = [row for row in named if row["reference"] == call.reference and first(row, "status")]
        if not named:
            self.answers[call.key] = "gone"
        elif ours and all(first(row, "status") == CLOSED for row in ours):
            self.answers[call.key] = "closed"
        elif live := [row for row in ours if first(row, "status") in {FORTHCOMING, OPEN}]:
            newest = max(live, key=lambda row: first(row, "esDA_IngestDate") or "")
            if found := self.readable(newest, self.parse_topic):
                self.answers[call.key] = "there"
                yield found


ASKING: Mapping[str, type[Asking]] = {"aides_territoires": AidesTerritoiresAsking, "eu_portal": EuPortalAsking}
"""Spiders that ask by identifier; for any other source the page of the call is asked."""
