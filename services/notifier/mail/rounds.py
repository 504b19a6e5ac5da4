"""The messages of one claim, shared by the lines that send them; what they become is confirmed as it comes.

Messages to one recipient keep their order. When nothing more can be confirmed, nothing more is sent.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence

from notifier.domain.delivery import Delivery, Outcome
from notifier.mail.pace import Pace

Attempt = tuple[Delivery, Outcome]
GATHERING = 0.02
"""Seconds in which answers are gathered into one commit: more would let a crash repeat more."""
LONGEST_IDLE = 1.0
"""Seconds that a line waits for its turn before it looks again whether it is to stop."""


class Round:
    """`waiting`: the messages that no line has taken, by recipient. `away`: why the server is, once it is."""

    def __init__(self, taken: Sequence[Delivery], stopping: asyncio.Event) -> None:
        self.waiting: dict[str, deque[Delivery]] = {}
        for one in taken:
            self.waiting.setdefault(one.recipient, deque()).append(one)
        self.away: Exception | None = None
        self._stopping = stopping
        self._spoken: set[str] = set()
        self._done: list[Attempt] = []
        self._news = asyncio.Event()
        self._over = False

    def next(self, pace: Pace, in_time: Callable[[Delivery], bool]) -> Delivery | float | None:
        """A message to send; seconds to wait where all must; None where this line has nothing more to do."""
        if self._over or self._stopping.is_set():
            return None
        waits = []
        for recipient, theirs in self.waiting.items():
            if recipient in self._spoken:
                continue  # the line that speaks to them goes on with the rest of theirs
            if not in_time(theirs[0]):
                return None
            wait = 0.0 if self.away else pace.wait(theirs[0].address or "")
            if not wait:
                return self._take(recipient)
            waits.append(wait)
        return min(waits, default=None)

    def _take(self, recipient: str) -> Delivery:
        theirs = self.waiting[recipient]
        one = theirs.popleft()
        if not theirs:
            del self.waiting[recipient]
        self._spoken.add(recipient)
        return one

    def put_back(self, one: Delivery) -> None:
        """The line that took it cannot send it."""
        self._spoken.discard(one.recipient)
        self.waiting.setdefault(one.recipient, deque()).appendleft(one)

    def done(self, one: Delivery, outcome: Outcome) -> None:
        """This became of it, to be confirmed."""
        self._spoken.discard(one.recipient)
        self._done.append((one, outcome))
        self._news.set()

    async def idle(self, seconds: float) -> None:
        """Wait, but never so long that a stop would be."""
        await asyncio.sleep(min(seconds, LONGEST_IDLE))

    def end(self) -> None:
        """The lines are done."""
        self._over = True
        self._news.set()

    async def settle_all(self, confirm: Callable[[Sequence[Attempt]], Awaitable[None]]) -> None:
        """Confirm what is done, together and as it comes, until the end."""
        try:
            while self._done or not self._over:
                await self._news.wait()
                if not self._over:
                    await asyncio.sleep(GATHERING)
                self._news.clear()
                done, self._done = self._done, []
                if done:
                    await confirm(done)
        finally:
            self._over = True
