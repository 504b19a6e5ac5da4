"""A bar never lies: its parts are cut in proportion to the larger of the total and their sum."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType
from typing import Literal, TypedDict

Fill = Literal["solid", "striped", "dotted"]


class Part(TypedDict):
    """What a template gives: the words, the amount, and the pattern that tells it without colour."""

    label: str
    amount: int | float | Decimal
    fill: Fill


@dataclass(frozen=True, slots=True)
class Segment:
    """A part with its place on the bar; `start` and `width` are in percent."""

    label: str
    amount: Decimal
    fill: Fill
    start: float
    width: float


@dataclass(frozen=True, slots=True)
class Coverage:
    """`rest` is what no part covers, `excess` what goes beyond the total; at least one of them is zero.

    `percent` is the covered share of the total, above 100 when there is an excess.
    """

    segments: tuple[Segment, ...]
    rest: Decimal
    excess: Decimal
    percent: Decimal


def _amount(part: Part) -> Decimal:
    amount = Decimal(str(part["amount"]))
    if amount < 0:
        raise ValueError(f"part {part['label']!r} is {amount}: an amount cannot be negative")
    return amount


def coverage(parts: Sequence[Part], total: int | float | Decimal) -> Coverage:
    """Lay the parts side by side; an amount under zero or a total of zero raises ValueError."""
    whole = Decimal(str(total))
    if whole <= 0:
        raise ValueError(f"total is {whole}: a bar needs a total above zero")
    amounts = [_amount(part) for part in parts]
    summed = sum(amounts, Decimal(0))
    length = max(whole, summed)
    segments, start = [], Decimal(0)
    for part, amount in zip(parts, amounts, strict=True):
        place = (round(float(100 * start / length), 2), round(float(100 * amount / length), 2))
        segments.append(Segment(part["label"], amount, part["fill"], *place))
        start += amount
    none = Decimal(0)
    percent = round(100 * summed / whole)
    return Coverage(tuple(segments), max(whole - summed, none), max(summed - whole, none), Decimal(percent))


def days_share(left: int, span: int) -> float:
    """Percent of a deadline's bar to fill: the days left over the span shown, from 0 to 100."""
    return round(100 * min(max(left, 0), span) / span, 2)


GLOBALS: Mapping[str, object] = MappingProxyType({"coverage_of": coverage, "days_share": days_share})
