"""Written, sent, confirmed: three moments and two transactions, so that a crash at any point loses nothing.

Killed before the server's 250, the message is sent when the lease ends. Killed between the 250 and the
confirmation, it is sent once more with the same Message-ID, by which mailboxes know it is the same.
Nothing is written or sent while a transaction is open.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID, uuid4

import structlog

from kernel.runtime.clock import Clock
from kernel.runtime.failures import sentence
from notifier.domain.delivery import Delivery, Expired, Outcome, Postponed, Refused, check_address, has_expired
from notifier.mail.posting import CONNECT_SECONDS, SEND_SECONDS, Postman, Unreachable
from notifier.mail.trial import Trial
from notifier.mail.writing import CannotWrite, Writer

SAFETY_POLL = 1.0
LONGEST_DELAY = 30.0
ONE_MESSAGE = timedelta(seconds=CONNECT_SECONDS + SEND_SECONDS + 5)
"""A claim with less time left than this is not used: another sender may take it while we speak."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Ledger:
    """The short transactions of the sender, each its own commit."""

    claim: Callable[[UUID], Awaitable[list[Delivery]]]
    settle: Callable[[Delivery, Outcome], Awaitable[bool]]
    give_back: Callable[[UUID], Awaitable[None]]


@dataclass
class Sender:
    """Sends what is due. Several may run, in one process or in many."""

    ledger: Ledger
    writer: Writer
    postman: Postman
    clock: Clock
    trial: Trial = field(default_factory=Trial)
    wake: asyncio.Event = field(default_factory=asyncio.Event)

    async def run(self, stopping: asyncio.Event) -> None:
        """Send until `stopping`; the message in hand is finished, the others are given back."""
        stop = asyncio.create_task(stopping.wait())
        stop.add_done_callback(lambda _: self.wake.set())
        delay = 0.0
        try:
            while not stopping.is_set():
                self.wake.clear()  # before the query: a delivery that comes during it must not be slept through
                worked, delay = await self._pump_safely(stopping, delay)
                if not worked:
                    await self.postman.rest()
                    await self._wait(delay or SAFETY_POLL)
        finally:
            stop.cancel()
            await self.postman.rest()

    async def _pump_safely(self, stopping: asyncio.Event, delay: float) -> tuple[bool, float]:
        try:
            return await self.pump(stopping) > 0, 0.0
        except Exception as error:  # noqa: BLE001 - whatever it was, the rows are there and their lease ends
            log.error("sender.waiting", reason=sentence(error))
            return False, min(LONGEST_DELAY, delay * 2 or SAFETY_POLL)

    async def pump(self, stopping: asyncio.Event | None = None) -> int:
        """Take what is due and send it; returns how many deliveries were taken."""
        token = uuid4()
        taken = await self.ledger.claim(token)
        away: Unreachable | None = None
        for delivery in taken:
            if (stopping and stopping.is_set()) or not self._in_time(delivery):
                await self.ledger.give_back(token)
                break
            away = await self._send(delivery, away)
        return len(taken)

    def _in_time(self, delivery: Delivery) -> bool:
        until = delivery.claimed_until
        return until is not None and until - self.clock.now() >= ONE_MESSAGE

    async def _send(self, delivery: Delivery, away: Unreachable | None) -> Unreachable | None:
        """Attempt and confirm one; once the server is away, the rest of the batch is postponed unasked."""
        if away is not None:
            await self.confirm(delivery, Postponed(str(away)))
            return away
        try:
            outcome = await self.attempt(delivery)
        except Unreachable as error:
            away, outcome = error, Postponed(str(error))
        except Exception as error:  # a fault of ours must not hold back the messages of others
            log.error("sender.fault", delivery=delivery.id.hex, exc_info=error)
            outcome = Postponed(sentence(error))
        await self.confirm(delivery, outcome)
        return away

    async def attempt(self, delivery: Delivery) -> Outcome:
        """Write and hand over one message. Raises `Unreachable`."""
        now = self.clock.now()
        if has_expired(delivery, now):
            return Expired()
        refused = check_address(delivery) or self.trial.refused(delivery.address or "")
        if refused:
            return refused
        try:
            written = self.writer.write(delivery, now)
            message = self.trial.readdressed(self.writer.compose(delivery, written, now))
        except CannotWrite as error:
            return Refused(str(error))
        return await self.postman.post(message, written.subject)

    async def confirm(self, delivery: Delivery, outcome: Outcome) -> None:
        """Write what became of it, if we still hold it."""
        if not await self.ledger.settle(delivery, outcome):
            log.warning("sender.late", delivery=delivery.id.hex, outcome=type(outcome).__name__)

    async def _wait(self, seconds: float) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self.wake.wait(), seconds)
