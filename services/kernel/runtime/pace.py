"""How often somebody may write: a measure for each door and each subject, which empties with time and fills with use.

A stranger is their network, somebody signed in is themselves: an office behind one address does not stop its own
people. Counts live in this process, are bounded, and hold no address that outlives them.
"""

import math
import re
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address, ip_network

from starlette.requests import Request
from starlette.types import Scope

MOST = 50_000
"""Subjects counted at once; the one unseen for longest is forgotten, about 10 MB."""
ROUNDING = 1e-6
"""Of a request: a wait that was told is enough, whatever floating numbers make of it."""
MINUTE, HOUR = 60, 3600


@dataclass(frozen=True, slots=True)
class Limit:
    """`times` in `seconds` for one subject, on the paths that match. `spoken`: the page itself says no, and keeps what
    was typed."""

    method: str
    path: str
    times: int
    seconds: int
    spoken: bool = False


EVERYWHERE = (Limit("POST", ".*", 300, MINUTE), Limit("PUT", ".*", 900, MINUTE), Limit("DELETE", ".*", 300, MINUTE))
"""Where a service names no limit of its own: more than any hand writes."""


class Pace:
    """The doors of one application. `generosity` multiplies every limit; 0 lifts them."""

    def __init__(self, limits: Sequence[Limit], generosity: float, now: Callable[[], float] = time.monotonic) -> None:
        self.now = now
        self._limits = [(one, re.compile(one.path)) for one in (*limits, *EVERYWHERE)]
        self.generosity = generosity
        self._levels: OrderedDict[tuple[Limit, str], tuple[float, float]] = OrderedDict()

    def limit_of(self, method: str, path: str) -> Limit | None:
        """The first limit that a request falls under; none for reading."""
        found = (one for one, pattern in self._limits if one.method == method and pattern.fullmatch(path))
        return next(found, None) if self.generosity else None

    def wait(self, limit: Limit, subject: str) -> int:
        """Seconds until `subject` may pass this door; 0 where they pass now, which is counted."""
        times, now = max(1.0, limit.times * self.generosity), self.now()
        rate = times / limit.seconds
        level, at = self._levels.pop((limit, subject), (0.0, now))
        level = max(0.0, level - (now - at) * rate)
        passes = level + 1 <= times + ROUNDING
        self._levels[limit, subject] = (level + 1 if passes else level, now)
        if len(self._levels) > MOST:
            self._levels.popitem(last=False)
        return 0 if passes else max(1, math.ceil((level + 1 - times) / rate))


def path_in(scope: Scope) -> str:
    """The path as the application's routes know it, under whatever prefix it is served."""
    path: str = scope["path"]
    return path.removeprefix(scope.get("root_path", "")) or "/"


def subject_of(request: Request) -> str:
    """Who is counted: the person, where somebody is signed in and kept, else the network."""
    person = getattr(request.state, "person", None)
    return f"person {person.id}" if person is not None and person.id else f"network {network_of(request)}"


def network_of(request: Request) -> str:
    """The network that asks: an IPv4 address, or the /64 of an IPv6 one, which is one household or office."""
    host = request.client.host if request.client else ""
    try:
        address = ip_address(host.partition("%")[0])
    except ValueError:
        return host
    if isinstance(address, IPv6Address) and address.ipv4_mapped is None:
        return str(ip_network((address, 64), strict=False))
    return str(address.ipv4_mapped or address) if isinstance(address, IPv6Address) else str(address)


def too_fast(request: Request) -> int:
    """Seconds to wait, for a page that says so itself; 0 where it may go on."""
    return int(getattr(request.state, "wait", 0))


def sentence(seconds: int) -> str:
    """What is said to whoever writes too fast."""
    minutes = math.ceil(seconds / MINUTE)
    when = "dans une minute" if minutes <= 1 else f"dans {minutes} minutes"
    return f"Beaucoup d’envois sont venus de votre réseau en peu de temps. Réessayez {when}."
