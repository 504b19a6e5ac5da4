"""A message that could not leave is tried again, less and less often, for three days; then people are told.

Jitter shortens each delay a little, so that the mails of one outage do not all come back in the same second.
"""

from datetime import datetime, timedelta

_MINUTE = timedelta(minutes=1)
_HOUR = timedelta(hours=1)

DELAYS: tuple[timedelta, ...] = (
    _MINUTE,
    5 * _MINUTE,
    15 * _MINUTE,
    _HOUR,
    2 * _HOUR,
    4 * _HOUR,
    8 * _HOUR,
    12 * _HOUR,
)
"""Before each new attempt; the last one is repeated until HORIZON."""
HORIZON = timedelta(hours=72)
"""From the moment a message could leave to the moment it is given up."""
JITTER = 0.2


def delay(attempts: int, jitter: float) -> timedelta:
    """How long to wait after `attempts` attempts (1 or more); `jitter` in [0, 1) is drawn by the caller."""
    if attempts < 1 or not 0 <= jitter < 1:
        raise ValueError(f"attempts {attempts} must be 1 or more, jitter {jitter} in [0, 1)")
    return DELAYS[min(attempts, len(DELAYS)) - 1] * (1 - JITTER * jitter)


def next_attempt(ready_at: datetime, attempts: int, at: datetime, jitter: float) -> datetime | None:
    """When to try again, or None when three days are over; the last attempt is at the very end of them."""
    end = ready_at + HORIZON
    if at >= end:
        return None
    return min(at + delay(attempts, jitter), end)
