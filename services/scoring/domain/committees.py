"""Who sits where and who sees what: a committee reads its own opinion and those given before it.

The partners' technical committee speaks first, then the high-school students, then the experts. Staff, who
hold the pen for all of them (the students have no account), read and write everything.
"""

from typing import get_args

from kernel.contracts.scoring import Committee
from scoring.domain.states import State

COMMITTEES: tuple[Committee, ...] = get_args(Committee)
"""In the order in which they speak."""

SEATS: dict[str, tuple[Committee, ...]] = {
    "staff": COMMITTEES,
    "partner": ("technique",),
    "expert": ("expertise",),
}
"""The committees whose opinion a role may record; a role that is not here has none."""

_OPEN_TO_JURORS = frozenset({State.EN_INSTRUCTION, State.DECIDE})


def seats(role: str) -> tuple[Committee, ...]:
    """The committees for which `role` may speak."""
    return SEATS.get(role, ())


def before(committee: Committee) -> tuple[Committee, ...]:
    """The committees that speak before `committee`."""
    return COMMITTEES[: COMMITTEES.index(committee)]


def readable(role: str) -> tuple[Committee, ...]:
    """The committees whose opinion `role` may read, in the order in which they speak."""
    return tuple(c for c in COMMITTEES if any(c == seat or c in before(seat) for seat in seats(role)))


def readable_states(role: str) -> frozenset[State]:
    """The states in which `role` may open a dossier: jurors see what was handed to them, staff see all."""
    if role == "staff":
        return frozenset(State)
    return _OPEN_TO_JURORS if seats(role) else frozenset()
