"""What a CommonGrants client may ask: a text, filters, an order, a page.

The rule kept here: what we cannot apply is said in the answer, never applied in silence as something else; a call whose
date or amount is not known is outside every range.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from funding_watch.domain.call import FundingCall
from funding_watch.domain.common_grants import status_value

MOST = 100
"""Items of a page at most."""
STATUS_ORDER = {"forecasted": 0, "open": 1, "custom": 2, "closed": 3}


class Wire(BaseModel):
    """camelCase on the wire; unknown properties are left alone."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, extra="ignore", frozen=True)


class StatusFilter(Wire):
    operator: Literal["in", "notIn"]
    value: tuple[str, ...]


class Days(Wire):
    min: date | None = None
    max: date | None = None


class DayFilter(Wire):
    operator: Literal["between", "outside"]
    value: Days


class Amount(Wire):
    amount: Decimal
    currency: str = "EUR"


class Amounts(Wire):
    min: Amount | None = None
    max: Amount | None = None


class AmountFilter(Wire):
    operator: Literal["between", "outside"]
    value: Amounts


class Filters(Wire):
    status: StatusFilter | None = None
    close_date_range: DayFilter | None = None
    total_funding_available_range: AmountFilter | None = None
    min_award_amount_range: AmountFilter | None = None
    max_award_amount_range: AmountFilter | None = None
    custom_filters: dict[str, Any] | None = None


class Sorting(Wire):
    sort_by: str = "lastModifiedAt"
    sort_order: Literal["asc", "desc"] = "desc"


class Paging(Wire):
    page: int = Field(default=1, ge=1)
    page_size: int = Field(default=10, ge=1, le=MOST)


class Search(Wire):
    """A request of the protocol."""

    search: str | None = Field(default=None, max_length=200)
    filters: Filters | None = None
    sorting: Sorting = Sorting()
    pagination: Paging = Paging()


@dataclass(frozen=True, slots=True)
class Candidate:
    """A call with the dates of its life."""

    call: FundingCall
    first_seen: datetime
    changed: datetime


@dataclass(frozen=True, slots=True)
class Found:
    """The calls that the request lets through, in its order, and what of it could not be applied."""

    calls: list[Candidate]
    filter_errors: list[str] = field(default_factory=list)
    sort_errors: list[str] = field(default_factory=list)
    sorted_by: str = "lastModifiedAt"


def search(calls: Sequence[Candidate], asked: Search, now: datetime, found: Collection[str] | None = None) -> Found:
    """Apply a request; `found` are the keys that answer its text, None when it has none."""
    filters = asked.filters or Filters()
    chosen = [one for one in calls if _passes(one.call, filters, now)]
    if found is not None:
        chosen = [one for one in chosen if one.call.key in found]
    order = _orders(now).get(asked.sorting.sort_by)
    sort_errors = [] if order else [f"sortBy {asked.sorting.sort_by!r} is not known here: lastModifiedAt is used"]
    chosen.sort(key=lambda one: one.call.key)
    _sort(chosen, order or _orders(now)["lastModifiedAt"], descending=asked.sorting.sort_order == "desc")
    errors = [f"customFilters.{name} is not known here: it was not applied" for name in filters.custom_filters or ()]
    return Found(chosen, errors, sort_errors, asked.sorting.sort_by if order else "lastModifiedAt")


def _sort(calls: list[Candidate], order: Callable[[Candidate], Any], *, descending: bool) -> None:
    """What is not known comes last in both orders."""
    known = [one for one in calls if order(one) is not None]
    unknown = [one for one in calls if order(one) is None]
    calls[:] = [*sorted(known, key=order, reverse=descending), *unknown]


def _orders(now: datetime) -> dict[str, Callable[[Candidate], Any]]:
    return {
        "lastModifiedAt": lambda one: one.changed,
        "createdAt": lambda one: one.first_seen,
        "title": lambda one: one.call.title.casefold(),
        "status.value": lambda one: STATUS_ORDER[status_value(one.call, now)],
        "keyDates.closeDate": lambda one: one.call.closes_on,
        "funding.maxAwardAmount": lambda one: one.call.amount_max,
        "funding.minAwardAmount": lambda one: one.call.amount_min,
        "funding.totalAmountAvailable": lambda one: one.call.envelope,
    }


def _passes(call: FundingCall, filters: Filters, now: datetime) -> bool:
    status = filters.status
    if status and (status_value(call, now) in status.value) != (status.operator == "in"):
        return False
    days = filters.close_date_range
    if days and not _within(call.closes_on, days.value.min, days.value.max, days.operator):
        return False
    amounts = (
        (filters.total_funding_available_range, call.envelope),
        (filters.min_award_amount_range, call.amount_min),
        (filters.max_award_amount_range, call.amount_max),
    )
    return all(_in_range(amount, wanted) for wanted, amount in amounts if wanted)


def _in_range(amount: int | None, wanted: AmountFilter) -> bool:
    bounds = [bound for bound in (wanted.value.min, wanted.value.max) if bound]
    if any(bound.currency != "EUR" for bound in bounds):
        return False
    least, most = (bound.amount if bound else None for bound in (wanted.value.min, wanted.value.max))
    return _within(amount, least, most, wanted.operator)


def _within(value: Any, least: Any, most: Any, operator: str) -> bool:
    if value is None:
        return False
    inside = (least is None or value >= least) and (most is None or value <= most)
    return bool(inside == (operator == "between"))
