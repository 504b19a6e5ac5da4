"""No faster than the relay wants: so many mails a second over all, and so many to one domain.

Each has a bucket of one second of mails, so that a few leave at once and a thousand do not.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass
class _Bucket:
    """Holds `left` mails at the moment `at`, and fills by `rate` a second up to one second's worth."""

    rate: float
    left: float
    at: float

    def wait(self, now: float) -> float:
        full = max(1.0, self.rate)
        self.left = min(full, self.left + (now - self.at) * self.rate)
        self.at = now
        return 0.0 if self.left >= 1 else (1 - self.left) / self.rate


@dataclass
class Pace:
    """`rate` over all and `domain_rate` to one domain, mails a second; 0 is no limit. `now` only ever grows."""

    rate: float = 0.0
    domain_rate: float = 0.0
    now: Callable[[], float] = time.monotonic
    _buckets: dict[str, _Bucket] = field(default_factory=dict)

    def wait(self, address: str) -> float:
        """Seconds until a mail to `address` may leave; 0 takes its place at once."""
        if not self.rate and not self.domain_rate:
            return 0.0
        now = self.now()
        buckets = self._of(address, now)
        longest = max((bucket.wait(now) for bucket in buckets), default=0.0)
        if not longest:
            for bucket in buckets:
                bucket.left -= 1
        return longest

    def _of(self, address: str, now: float) -> list[_Bucket]:
        domain = address.rpartition("@")[2].lower()
        wanted = (("", self.rate), (domain, self.domain_rate))
        return [self._buckets.setdefault(name, _Bucket(rate, max(1.0, rate), now)) for name, rate in wanted if rate > 0]
