"""The list of calls as staff see it: what could pay for a project first, then what closes first, or as they ask.

The rule kept here: a filter never hides in silence; each is in the address, and an unknown value is no filter. What is
not known comes last, in whatever order.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, get_args

from funding_watch.domain.call import Audience, FundingCall, Kind, Status
from funding_watch.domain.words import folded
from kernel.contracts.funding_watch import Verdict

VERDICT_ORDER = {"eligible": 0, "a_verifier": 1, None: 2, "non": 3}
STATUS_ORDER = {"ouvert": 0, "permanent": 1, "a_venir": 2, "clos": 3}

Order = Literal["projets", "echeance", "montant", "taux", "recent", "titre"]
ORDER_WORDS: Mapping[Order, str] = {
    "projets": "Utile à un projet d’abord",
    "echeance": "Échéance la plus proche",
    "montant": "Montant le plus haut",
    "taux": "Taux le plus haut",
    "recent": "Modifié en dernier",
    "titre": "Titre",
}


@dataclass(frozen=True, slots=True)
class Filters:
    """What to show; None or no text means all. `text` is looked up by the databases' own search."""

    source: str | None = None
    status: Status | None = None
    text: str = ""
    doubtful: bool = False
    """Only the calls that are unconfirmed."""
    quarantined: bool = False
    """Only the calls that wait for a person to look."""
    audience: Audience | None = None
    kind: Kind | None = None
    order: Order = "projets"


@dataclass(frozen=True, slots=True)
class Line:
    """A call with the best of its matches of today, why, and the projects that it could pay for."""

    call: FundingCall
    status: Status
    verdict: Verdict | None = None
    reason: str | None = None
    projects: tuple[str, ...] = ()
    changed_at: datetime | None = None


def named(name: str, values: Any) -> Any:
    """The value of that name among those of a Literal; None for any other word."""
    return next((value for value in get_args(values) if value == name), None)


def select(lines: Iterable[Line], filters: Filters, found: Mapping[str, int] | None = None) -> list[Line]:
    """The lines that the filters let through, in the order asked for.

    `found`: key → how well it answers what was typed (0 best), for the calls that do; None when nothing was typed.
    """
    chosen = [line for line in lines if _passes(line, filters) and (found is None or line.call.key in found)]
    chosen.sort(key=_order)
    if filters.order == "projets":
        return sorted(chosen, key=lambda line: found.get(line.call.key, 1)) if found else chosen
    value = ORDERS[filters.order]
    known = [line for line in chosen if value(line) is not None]
    known.sort(key=value, reverse=filters.order in {"montant", "taux", "recent"})
    return known + [line for line in chosen if value(line) is None]


ORDERS: Mapping[Order, Callable[[Line], Any]] = {
    "echeance": lambda line: line.call.closes_at if line.status != "clos" else None,
    "montant": lambda line: line.call.amount_max,
    "taux": lambda line: line.call.rate_max,
    "recent": lambda line: line.changed_at,
    "titre": lambda line: folded(line.call.title),
}


def _passes(line: Line, filters: Filters) -> bool:
    call = line.call
    wanted = (
        filters.source in {None, call.source},
        filters.status in {None, line.status},
        not filters.doubtful or call.presence == "non_confirme",
        not filters.quarantined or call.quarantined,
        filters.audience is None or filters.audience in call.audiences,
        filters.kind is None or filters.kind in call.kinds,
    )
    return all(wanted)


def _order(line: Line) -> tuple[int, int, bool, datetime | None, str]:
    closes = line.call.closes_at
    return (VERDICT_ORDER[line.verdict], STATUS_ORDER[line.status], closes is None, closes, line.call.key)
