"""`python -m tests.faults.dying POINT serve SERVICE`: the service, which kills itself at the point of its work."""

import os
import signal
import sys
from collections.abc import Awaitable, Callable
from typing import Any

import funding_watch.handlers
import notifier.handlers
from chevalement import cli
from kernel.runtime.consumer import Consumer
from kernel.runtime.relay import Relay
from tests.faults.hasty import hurry

POINTS: dict[str, tuple[Any, str]] = {
    "committed, held by a relay, not published": (Relay, "publish"),
    "published, still in the outbox": (Relay, "_settle"),
    "delivered, nothing committed": (Consumer, "effect"),
    "committed, not acknowledged": (Consumer, "effect"),
    "taken by the mail server, not confirmed": (notifier.handlers, "settle_deliveries"),
    "read from the portal, not stored": (funding_watch.handlers, "store_calls"),
    "stored, the reading not closed": (funding_watch.handlers, "finish_crawl"),
}
AFTER = {"committed, not acknowledged"}
"""Where the step itself is done, and death comes right behind it."""


def arm(point: str) -> None:
    """Put death at `point`."""
    holder, name = POINTS[point]
    step: Callable[..., Awaitable[Any]] = getattr(holder, name)

    async def die(*arguments: Any, **named: Any) -> None:
        if point in AFTER:
            await step(*arguments, **named)
        os.kill(os.getpid(), signal.SIGKILL)

    setattr(holder, name, die)


if __name__ == "__main__":
    arm(sys.argv.pop(1))
    hurry()
    cli.main()
