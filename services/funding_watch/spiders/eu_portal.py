"""Reads the European Union's Funding & Tenders portal through its search service.

The rule kept here: what belongs to a call is what names it. The budget of a row lists all the topics of
its call, so only the lines that begin with our identifier are read; a date without an hour is the end of
that day in Brussels.
"""

import json
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from datetime import date, datetime, time
from typing import Any, NamedTuple
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from scrapy import Request
from scrapy.http import Response

from funding_watch.domain.call import FundingCall, Kind
from funding_watch.spiders.base import MAX_PAGES, PAGE_SIZE, PortalSpider, answer_of
from funding_watch.spiders.sedia import (
    FORTHCOMING,
    CataloguePass,
    PassRejected,
    Row,
    count_parts,
    every,
    first,
    multipart,
    search_parts,
)
from funding_watch.spiders.text import one_line, plain_text

BRUSSELS = ZoneInfo("Europe/Brussels")
SCREENS = "https://ec.europa.eu/info/funding-tenders/opportunities/portal/screen/opportunities"
CASCADE = "8"
PASSES = 4
"""Tries to see the same catalogue twice in a row; the portal was seen to need them."""

PROGRAMMES: Mapping[str, str] = {
    "43108390": "Horizon Europe",
    "43152860": "Digital Europe (DIGITAL)",
    "43252405": "LIFE",
    "43252476": "Single Market Programme (SMP)",
    "43251589": "Citizens, Equality, Rights and Values (CERV)",
    "43251567": "Connecting Europe Facility (CEF)",
    "43251814": "Creative Europe (CREA)",
    "43353764": "Erasmus+",
    "43254019": "European Social Fund+ (EaSI)",
    "44416173": "Interregional Innovation Investments (I3)",
    "44773066": "Just Transition Mechanism",
    "43252517": "Social Prerogative and Specific Competencies Lines (SOCPL)",
    "43254037": "European Solidarity Corps",
    "43637601": "Pilot Projects and Preparatory Actions",
    "46324255": "Technical assistance for ERDF, CF and JTF",
    "43089234": "Innovation Fund",
    "43392145": "European Maritime, Fisheries and Aquaculture Fund (EMFAF)",
}
EXTERNAL_ACTION = "111111"
"""Grants outside the Union: of no use to a territory in it, and left out unless it is asked for by its code."""


class Budget(NamedTuple):
    """What the budget table says of one topic."""

    least: int | None
    most: int | None
    envelope: int | None
    opens: str | None
    deadlines: tuple[str, ...]


class EuPortalSpider(PortalSpider):
    """Every grant, call for proposals and cascade call that is open or forthcoming, in English.

    `programmes`: codes of the only ones to keep; none means all but external action. All rows are collected whatever
    they are, since only a whole catalogue can be believed; what is not kept is told.
    """

    name = "eu_portal"
    source_title = "Portail européen Funding & Tenders"
    owner = "Commission européenne"
    base_url = "https://api.tech.ec.europa.eu/search-api/prod/rest"
    timezone = "Europe/Brussels"
    reach = "européenne"

    def __init__(
        self, *, base_url: str | None = None, page_size: int | str = PAGE_SIZE, programmes: Sequence[str] | str = ()
    ) -> None:
        super().__init__(base_url, page_size)
        codes = programmes.split(",") if isinstance(programmes, str) else programmes
        self.programmes = frozenset(code.strip() for code in codes if code.strip())
        self.passes = 0
        self.current = CataloguePass(0, self.page_size)
        self.previous: CataloguePass | None = None

    async def start(self) -> AsyncIterator[Request]:
        yield self.begin_pass()

    def begin_at(self, address: str) -> list[Request]:
        self.base_url = address.rstrip("/")
        return [self.begin_pass()]

    def begin_pass(self) -> Request:
        """A pass begins by counting."""
        self.passes += 1
        return self.ask(count_parts(), self.parse_total, size=1)

    def ask(self, parts: Mapping[str, object], callback: Any, *, page: int = 1, size: int = 0) -> Request:
        """A search; `apiKey=SEDIA` is the portal's own public key, `***` means no free text."""
        size = size or self.page_size
        query = urlencode({"apiKey": "SEDIA", "text": "***", "pageSize": size, "pageNumber": page}, safe="*")
        content_type, body = multipart(parts)
        return Request(
            f"{self.base_url}/search?{query}",
            callback,
            method="POST",
            headers={"Content-Type": content_type, "Accept": "application/json"},
            body=body,
            errback=self.on_error,
            dont_filter=True,
        )

    def parse_total(self, response: Response) -> Iterator[Request]:
        self.current = CataloguePass(answer_of(response)["totalResults"], self.page_size)
        if self.current.last_page > MAX_PAGES:
            self.fail(f"{self.current.total} rows announced, more than {MAX_PAGES} pages: narrow the search")
            return
        yield self._page(1) if self.current.total else self._recount()

    def _page(self, number: int) -> Request:
        return self.ask(search_parts(), self.parse, page=number)

    def _recount(self) -> Request:
        return self.ask(count_parts(), self.parse_recount, size=1)

    def parse(self, response: Response) -> Iterator[Request]:
        """A page of the catalogue: into the pass, then the next one."""
        self.pages += 1
        number = len(self.current.rows) // self.page_size + 1
        try:
            self.current.add(answer_of(response), number)
        except PassRejected as reason:
            yield from self._again(str(reason))
            return
        yield self._page(number + 1) if number < self.current.last_page else self._recount()

    def parse_recount(self, response: Response) -> Iterator[Request | FundingCall]:
        try:
            self.current.finish(answer_of(response)["totalResults"])
        except PassRejected as reason:
            yield from self._again(str(reason))
            return
        if self.current.shows_the_same_as(self.previous):
            yield from self._calls()
        else:
            self.previous = self.current
            yield from self._again("no two passes in a row showed the same documents")

    def _again(self, reason: str) -> Iterator[Request]:
        if self.passes < PASSES:
            yield self.begin_pass()
        else:
            self.fail(f"the catalogue was not believed after {PASSES} passes: {reason}")

    def _calls(self) -> Iterator[FundingCall]:
        left: Counter[str] = Counter()
        for row in self.current.newest():
            programme = first(row, "frameworkProgramme")
            if not self._is_kept(programme):
                left[programme or ""] += 1
            elif call := self.readable(row, self.parse_topic):
                yield call
        if left:
            counted = ", ".join(f"{PROGRAMMES.get(code, code)} ({count})" for code, count in left.most_common())
            self.remark(f"left out as its programmes are not watched: {counted}")

    def _is_kept(self, programme: str | None) -> bool:
        """A row that names no programme is kept: what is not said is no reason to lose a call."""
        if not programme:
            return True
        return programme in self.programmes if self.programmes else programme != EXTERNAL_ACTION

    def parse_topic(self, row: Row) -> FundingCall:
        budget = _parse_budget(row)
        cut_offs = _parse_cut_offs(row, budget)
        return FundingCall(
            source=self.name,
            reference=row["reference"],
            title=_parse_title(row),
            funders=("Commission européenne",),
            programme=_parse_programme(row),
            description=plain_text(first(row, "descriptionByte")),
            eligibility_text=plain_text(first(row, "topicConditions")),
            perimeter_scale="europe",
            perimeter_name="Union européenne",
            perimeter_codes=("EU",),
            kinds=_parse_kinds(row),
            themes=tuple(dict.fromkeys([*every(row, "keywords"), *every(row, "tags")])),
            language="en",
            timezone=self.timezone,
            opens_on=_parse_opening(row, budget),
            closes_at=_parse_closing(row, cut_offs),
            cut_offs=cut_offs,
            recurrence="ponctuelle",
            amount_min=budget.least,
            amount_max=budget.most,
            envelope=budget.envelope,
            url=_parse_page(row),
        )


def _parse_title(row: Row) -> str:
    """A cascade call bears its parent's title; its own is callTitle."""
    own = first(row, "callTitle") if first(row, "type") == CASCADE else None
    return one_line(own or first(row, "title"))


def _parse_programme(row: Row) -> str | None:
    code = first(row, "frameworkProgramme")
    return PROGRAMMES.get(code, code) if code else None


def _parse_kinds(row: Row) -> tuple[Kind, ...]:
    return ("prix",) if any("Prize" in action for action in every(row, "typesOfAction")) else ("subvention",)


def _parse_page(row: Row) -> str:
    """The page for people; the address in the metadata leads to raw data."""
    if first(row, "type") == CASCADE:
        return f"{SCREENS}/competitive-calls-cs/{first(row, 'ccm2Id')}"
    return f"{SCREENS}/topic-details/{first(row, 'identifier')}"


def _parse_budget(row: Row) -> Budget:
    """The lines of our topic only: the table holds every topic of the call."""
    table = json.loads(first(row, "budgetOverview") or "{}").get("budgetTopicActionMap") or {}
    ours = f"{first(row, 'identifier')} "
    lines = [line for topic in table.values() for line in topic if f"{line['action']} ".startswith(ours)]
    least = [int(line["minContribution"]) for line in lines if line.get("minContribution")]
    most = [int(line["maxContribution"]) for line in lines if line.get("maxContribution")]
    years = [int(sum_) for line in lines for sum_ in (line.get("budgetYearMap") or {}).values() if sum_]
    return Budget(
        least=min(least, default=None),
        most=max(most, default=None),
        envelope=sum(years) or None,
        opens=next((line["plannedOpeningDate"] for line in lines if line.get("plannedOpeningDate")), None),
        deadlines=tuple(day for line in lines for day in line.get("deadlineDates") or ()),
    )


def _parse_opening(row: Row, budget: Budget) -> date | None:
    written = first(row, "startDate") or budget.opens
    if written:
        return _moment(written).astimezone(BRUSSELS).date()
    if first(row, "status") == FORTHCOMING:
        raise ValueError("forthcoming, and no opening date in startDate nor in the budget")
    return None


def _parse_cut_offs(row: Row, budget: Budget) -> tuple[datetime, ...]:
    """Every stage and cut-off once a day; the row's own hour wins over the bare day of the budget table."""
    days: dict[date, datetime] = {}
    for written in [*every(row, "deadlineDate"), *budget.deadlines]:
        at = _moment(written)
        days.setdefault(at.astimezone(BRUSSELS).date(), at)
    return tuple(days[day] for day in sorted(days))


def _parse_closing(row: Row, cut_offs: tuple[datetime, ...]) -> datetime | None:
    """Nobody enters at a second stage; everybody may at a later cut-off."""
    if not cut_offs:
        return None
    return cut_offs[0] if first(row, "deadlineModel") == "two-stage" else cut_offs[-1]


def _moment(written: str) -> datetime:
    """A deadline. Midnight, in UTC or in Brussels, is how the portal writes a day: then the end of it."""
    at = datetime.fromisoformat(written)
    at = at if at.tzinfo else at.replace(tzinfo=BRUSSELS)
    local = at.astimezone(BRUSSELS)
    if at.time() == time() or local.time() == time():
        day = at.date() if at.time() == time() else local.date()
        return datetime.combine(day, time(23, 59, 59), BRUSSELS)
    return local
