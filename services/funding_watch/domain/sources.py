"""Whether a reading of a source can be believed, and what is said of it when it cannot.

The rule kept here: a source that breaks in silence is the worst failure of a watch. A reading that is incomplete,
or shows far fewer calls than the last good one, changes nothing and says so.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from kernel.contracts.funding_watch import Health

SourceState = Literal["ok", "degrade", "jamais"]

LEAST_SHARE = 0.8
"""Share of the last good count under which a reading is not believed."""
LONGEST_DETAIL = 300


@dataclass(frozen=True, slots=True)
class SourceHealth:
    """What the crawls of a source came to."""

    name: str
    title: str
    state: SourceState = "jamais"
    last_success_at: datetime | None = None
    last_count: int | None = None
    last_tried_at: datetime | None = None
    reason: str | None = None
    refused_count: int | None = None
    """What the last reading showed, when it was refused for being far too short and for nothing else."""
    health: Health | None = None


@dataclass(frozen=True, slots=True)
class Remembered:
    """What the last good reading left, for the source to say whether anything changed since."""

    address: str
    reader: str
    """The reader and the declaration under which it was read."""
    etag: str = ""
    last_modified: str = ""

    def is_of(self, other: "Remembered") -> bool:
        """Whether both are readings of one address by one reader."""
        return (self.address, self.reader) == (other.address, other.reader)

    def headers(self) -> dict[str, str]:
        """The conditions of the next question; none when the source gave nothing to compare with."""
        conditions = {"If-None-Match": self.etag, "If-Modified-Since": self.last_modified}
        return {name: value for name, value in conditions.items() if value}


def trouble(last_count: int | None, count: int, errors: Sequence[str]) -> str | None:
    """Why a reading of `count` calls is not believed, as a French sentence; None when it is."""
    if errors:
        detail = " ".join(errors[0].split())[:LONGEST_DETAIL]
        return f"La source n’a pas pu être lue en entier. Détail technique\u202f: {detail}"
    if count == 0:
        return "La source a répondu mais n’a montré aucun appel."
    if last_count is not None and count < LEAST_SHARE * last_count:
        return (
            f"La source n’a montré que {count} appels, contre {last_count} à la dernière bonne lecture. "
            "Si elle a vraiment été réduite, acceptez cette lecture."
        )
    return None


def after_success(health: SourceHealth, count: int, at: datetime) -> SourceHealth:
    """The source was read to its end."""
    return SourceHealth(health.name, health.title, "ok", at, count, at, health=health.health)


def after_trouble(health: SourceHealth, reason: str, at: datetime, refused: int | None = None) -> SourceHealth:
    """The reading was not believed: the last good one still counts. `refused` is its count when it was too short."""
    return replace(health, state="degrade", last_tried_at=at, reason=reason, refused_count=refused)


def after_acceptance(health: SourceHealth, count: int) -> SourceHealth:
    """A person accepts that the source shows `count` calls from now on; the next reading is compared with that.

    Raises ValueError when that is not what the last reading showed.
    """
    if health.refused_count is None or health.refused_count != count:
        raise ValueError(f"{health.name} has no refused reading of {count} calls: it is {health.refused_count}")
    return replace(health, last_count=count, refused_count=None)
