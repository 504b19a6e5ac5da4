"""Reads Aides-territoires: the State's catalogue of aids to local authorities, API v1.8.

The rule kept here: a valid token is refused now and then, so a first refusal logs in again and asks the same page at
once; the next ones wait, twice as long each time, and a fifth is a failure. The rows of a query must add up to the
count it announces.
"""

import asyncio
import math
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from scrapy import Request
from scrapy.http import Response

from funding_watch.domain.call import FundingCall
from funding_watch.spiders import taxonomy
from funding_watch.spiders.amounts import stated_amounts
from funding_watch.spiders.base import MAX_PAGES, PAGE_SIZE, PortalSpider, answer_of
from funding_watch.spiders.interruption import unless
from funding_watch.spiders.perimeters import codes_of, named, scale_of
from funding_watch.spiders.text import one_line, plain_text, web_address

SITE = "https://aides-territoires.beta.gouv.fr"
REFUSED = [401, 403]
PATIENT = 3
"""Waits after the refusals that follow the first one, before access counts as withdrawn."""
LONGEST_QUERY = 6_000
"""Characters of perimeter codes in one address, so that the whole stays under the 8 kB that servers read."""

READ_FIELDS = frozenset(
    [
        "id",
        "url",
        "name",
        "financers",
        "programs",
        "description",
        "eligibility",
        "perimeter",
        "perimeter_scale",
        "origin_url",
        "categories",
        "application_url",
        "targeted_audiences",
        "aid_types",
        "destinations",
        "start_date",
        "predeposit_date",
        "submission_deadline",
        "subvention_rate_lower_bound",
        "subvention_rate_upper_bound",
        "subvention_comment",
        "loan_amount",
        "recoverable_advance_amount",
        "recurrence",
    ]
)
"""The fields that the record is made of: one that goes missing is a portal that changed."""


@dataclass(frozen=True)
class Page:
    """One page of the query on a group of perimeter codes (empty: the whole catalogue)."""

    codes: tuple[str, ...]
    number: int = 1
    announced: int | None = None
    refusals: int = 0


class AidesTerritoiresSpider(PortalSpider):
    """`token`: the API token of the account; `perimeter_codes`: INSEE codes of communes or departments.

    The portal answers what contains one of the places or lies in it. As few queries as addresses are long enough for;
    their union is kept. `local_places` (name → code) names the territory's communes and EPCI.
    """

    name = "aides_territoires"
    source_title = "Aides-territoires"
    owner = "Agence nationale de la cohésion des territoires"
    base_url = f"{SITE}/api"
    timezone = "Europe/Paris"

    def __init__(
        self,
        *,
        base_url: str | None = None,
        page_size: int | str = PAGE_SIZE,
        token: str = "",
        perimeter_codes: Sequence[str] | str = (),
        local_places: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(base_url, page_size)
        codes = perimeter_codes.split(",") if isinstance(perimeter_codes, str) else perimeter_codes
        stripped = dict.fromkeys(code.strip() for code in codes if code.strip())
        self.queries = _grouped(tuple(stripped))
        self.token = token
        self.local_places = named(local_places)
        self.jwt = ""
        self.seen: set[object] = set()
        self.seen_in_query: set[object] = set()

    async def start(self) -> AsyncIterator[Request]:
        if self.token or self.base_url != type(self).base_url:  # another address may ask for none
            yield self.login(Page(self.queries[0]))
        else:
            self.fail("no API token: ask for one in the portal's account page and give it as `token`")

    def begin_at(self, address: str) -> list[Request]:
        self.base_url = address.rstrip("/")
        return [self.login(Page(self.queries[0]))]

    def login(self, page: Page) -> Request:
        """Asks for a day's JWT, then for the page. Never follows a redirection: the header is a secret."""
        return Request(
            f"{self.base_url}/connexion/",
            self.parse_login,
            method="POST",
            headers={"X-AUTH-TOKEN": self.token, "Accept": "application/json"},
            meta={"handle_httpstatus_list": REFUSED, "dont_redirect": True},
            cb_kwargs={"page": page},
            errback=self.on_error,
            dont_filter=True,
        )

    def ask(self, page: Page) -> Request:
        """The request for one page."""
        query = [("page", str(page.number)), ("itemsPerPage", str(self.page_size))]
        query += [("perimeter_codes[]", code) for code in page.codes]
        return Request(
            f"{self.base_url}/aids/?{urlencode(query)}",
            headers={"Authorization": f"Bearer {self.jwt}", "Accept": "application/json"},
            meta={"handle_httpstatus_list": REFUSED},
            cb_kwargs={"page": page},
            errback=self.on_error,
            dont_filter=True,
        )

    def parse_login(self, response: Response, page: Page) -> Iterator[Request]:
        if response.status in REFUSED:
            self.fail(f"the API token was refused ({response.status}): ask for a new one")
            return
        self.jwt = answer_of(response)["token"]
        yield self.ask(page)

    async def parse(self, response: Response, page: Page) -> AsyncIterator[Request | FundingCall]:
        if response.status in REFUSED:
            async for request in self._ask_again(response, page):
                yield request
            return
        for found in self._read_page(response, page):
            yield found

    def _read_page(self, response: Response, page: Page) -> Iterator[Request | FundingCall]:
        self.pages += 1
        envelope = answer_of(response)
        page = replace(page, announced=envelope["count"] if page.announced is None else page.announced)
        if trouble := self._trouble(envelope, page):
            self.fail(f"{response.url}: {trouble}")
            return
        yield from self._calls(envelope["results"])
        yield from self._next(page)

    async def _ask_again(self, response: Response, page: Page) -> AsyncIterator[Request]:
        if page.refusals > PATIENT:
            times = page.refusals + 1
            self.fail(f"{response.url} answered {response.status} {times} times to a fresh token: access was withdrawn")
            return
        if page.refusals:
            first_wait, interrupted = (self.crawler.settings[f"WATCH_{name}"] for name in ("BACK_OFF", "INTERRUPTED"))
            await unless(interrupted(), asyncio.sleep(first_wait * 2 ** (page.refusals - 1)))
        yield self.login(replace(page, refusals=page.refusals + 1))

    def _trouble(self, envelope: Mapping[str, Any], page: Page) -> str | None:
        """Why this page cannot be trusted; None when it can."""
        rows, count = envelope["results"], envelope["count"]
        expected = min(self.page_size, (page.announced or 0) - (page.number - 1) * self.page_size)
        if count != page.announced:
            return f"the catalogue moved while it was read ({page.announced} aids, then {count})"
        if len(rows) != expected:
            return f"{len(rows)} rows where {expected} were due"
        if gone := sorted(READ_FIELDS - set(rows[0]) if rows else ()):
            return f"fields are gone: {', '.join(gone)}"
        return self._overlap(rows)

    def _overlap(self, rows: Sequence[Mapping[str, Any]]) -> str | None:
        for row in rows:
            if row["id"] in self.seen_in_query:
                return f"pages overlap: aid {row['id']} came twice"
            self.seen_in_query.add(row["id"])
        return None

    def _calls(self, rows: Iterable[Mapping[str, Any]]) -> Iterator[FundingCall]:
        for row in rows:
            if row["id"] in self.seen:
                continue
            self.seen.add(row["id"])
            if call := self.readable(row, self.parse_aid):
                yield call

    def _next(self, page: Page) -> Iterator[Request]:
        if page.number < math.ceil((page.announced or 0) / self.page_size):
            if page.number >= MAX_PAGES:
                self.fail(f"more than {MAX_PAGES} pages for perimeters {page.codes[:3]}…: ask smaller perimeters")
            else:
                yield self.ask(replace(page, number=page.number + 1, refusals=0))
            return
        self.seen_in_query.clear()
        done = self.queries.index(page.codes) + 1
        if done < len(self.queries):
            yield self.ask(Page(self.queries[done]))

    def parse_aid(self, aid: Mapping[str, Any]) -> FundingCall:
        scale = scale_of(aid["perimeter_scale"])
        rates, amounts = _parse_rates(aid), _parse_amounts(aid)
        return FundingCall(
            source=self.name,
            reference=str(aid["id"]),
            title=one_line(aid["name"]),
            funders=tuple(one_line(name) for name in aid["financers"] or ()),
            programme=" · ".join(aid["programs"] or ()) or None,
            description=plain_text(aid["description"]),
            eligibility_text=_parse_eligibility(aid),
            audiences=self._parse_words(aid, "targeted_audiences", taxonomy.AUDIENCES),
            perimeter_scale=scale,
            perimeter_name=aid["perimeter"] or "",
            perimeter_codes=codes_of(scale, aid["perimeter"], self.local_places),
            kinds=self._parse_words(aid, "aid_types", taxonomy.KINDS),
            expenses=self._parse_words(aid, "destinations", taxonomy.EXPENSES),
            themes=tuple(aid["categories"] or ()),
            language="fr",
            timezone=self.timezone,
            opens_on=_parse_day(aid["start_date"]),
            closes_at=_end_of(_parse_day(aid["submission_deadline"])),
            cut_offs=_parse_cut_offs(aid),
            recurrence=taxonomy.RECURRENCES.get(aid["recurrence"] or ""),
            rate_min=rates[0],
            rate_max=rates[1],
            amount_min=amounts[0],
            amount_max=amounts[1],
            url=web_address(aid["origin_url"], aid["url"], base=SITE),
        )

    def _parse_words(
        self, aid: Mapping[str, Any], field: str, table: Mapping[str, tuple[taxonomy.Word, ...]]
    ) -> tuple[taxonomy.Word, ...]:
        if new := taxonomy.strangers(aid[field], table):
            self.remark(f"{field} says {', '.join(new)}: add it to taxonomy.py")
            return ()
        return taxonomy.ours(aid[field], table)


def _grouped(codes: Sequence[str]) -> tuple[tuple[str, ...], ...]:
    """The codes in as few groups as addresses are long enough for; one empty group when there are none."""
    each = len(urlencode({"perimeter_codes[]": max(codes, key=len, default="")})) + 1
    most = max(1, LONGEST_QUERY // each)
    return tuple(tuple(codes[start : start + most]) for start in range(0, max(len(codes), 1), most))


def _parse_eligibility(aid: Mapping[str, Any]) -> str:
    """The conditions, with what is said of the rate: both decide who gets how much."""
    parts = (plain_text(aid["eligibility"]), one_line(aid["subvention_comment"]))
    return "\n".join(part for part in parts if part)


def _parse_day(written: str | None) -> date | None:
    return date.fromisoformat(written[:10]) if written else None


def _end_of(day: date | None) -> datetime | None:
    """The portal gives days: a deadline is the end of that day in Paris."""
    return datetime.combine(day, time(23, 59, 59), ZoneInfo("Europe/Paris")) if day else None


def _parse_cut_offs(aid: Mapping[str, Any]) -> tuple[datetime, ...]:
    days = {_end_of(_parse_day(aid[field])) for field in ("predeposit_date", "submission_deadline")}
    return tuple(sorted(day for day in days if day))


def _parse_rates(aid: Mapping[str, Any]) -> tuple[int | None, int | None]:
    """In order, and only what can be a percentage: the fields are typed by hand."""
    written = (aid["subvention_rate_lower_bound"], aid["subvention_rate_upper_bound"])
    low, high = (int(rate) if rate is not None and 0 < float(rate) <= 100 else None for rate in written)
    return (high, low) if low is not None and high is not None and low > high else (low, high)


def _parse_amounts(aid: Mapping[str, Any]) -> tuple[int | None, int | None]:
    """What the comment states; for a loan or an advance its own field says the most."""
    least, most = stated_amounts(one_line(aid["subvention_comment"]))
    lent = max((int(aid[field] or 0) for field in ("loan_amount", "recoverable_advance_amount")), default=0)
    return (least if least is None or least <= lent else None, lent) if lent else (least, most)
