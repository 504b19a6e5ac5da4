"""The `chevalement` command with the same leases, shorter: what a killed process held comes back in a second.

Real leases are 30 to 60 s, above what their work takes under load; the order of things is the same.
"""

from datetime import timedelta
from typing import Any

import funding_watch.crawling
import funding_watch.store.sources
import notifier.domain.delivery
import notifier.mail.sending
from chevalement import cli
from kernel.runtime import outbox, streams

LEASE = timedelta(seconds=1.5)


WAITS: tuple[tuple[Any, str, Any], ...] = (
    (streams, "ACK_WAIT", LEASE.total_seconds()),
    (outbox, "LEASE", LEASE),
    (notifier.domain.delivery, "LEASE", LEASE),
    (notifier.mail.sending, "ONE_MESSAGE", LEASE / 3),
    (funding_watch.store.sources, "LEASE", LEASE),
    (funding_watch.crawling, "LEASE", LEASE),
    (funding_watch.crawling, "LOOK_AGAIN", 0.5),
)


def hurry() -> None:
    """Shorten every wait for something that a dead process held."""
    for holder, name, value in WAITS:
        setattr(holder, name, value)


if __name__ == "__main__":
    hurry()
    cli.main()
