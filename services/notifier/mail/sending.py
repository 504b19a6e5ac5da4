"""Written, sent, confirmed: three moments, and one commit at each end of a round, so that a crash loses nothing.

Killed before the server's 250, a message is sent when its lease ends. Killed between the 250 and the
confirmation, it is sent once more with the same Message-ID, by which mailboxes know it is the same. Answers are
confirmed together while the next messages are spoken, so that what such a crash may repeat is what one commit
takes. Nothing is written or sent while a transaction is open.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID, uuid4

import structlog
from jinja2 import TemplateError

from kernel.runtime.clock import Clock
from kernel.runtime.failures import sentence
from notifier.domain.delivery import Delivery, Expired, Outcome, Postponed, Refused, check_address, has_expired
from notifier.mail.pace import Pace
from notifier.mail.posting import CONNECT_SECONDS, SEND_SECONDS, Line, Postman, Unreachable
from notifier.mail.rooms import Rooms
from notifier.mail.rounds import Round
from notifier.mail.trial import Trial
from notifier.mail.writing import CannotWrite, Writer

SAFETY_POLL = 1.0
LONGEST_DELAY = 30.0
ONE_MESSAGE = timedelta(seconds=CONNECT_SECONDS + SEND_SECONDS + 5)
"""A claim with less time left than this is not used: another sender may take it while we speak."""

log = structlog.get_logger()
Attempt = tuple[Delivery, Outcome]


async def _nowhere(_: UUID) -> str:
    return ""


@dataclass(frozen=True, slots=True)
class Ledger:
    """The short transactions of the sender, each its own commit."""

    claim: Callable[[UUID], Awaitable[list[Delivery]]]
    settle: Callable[[Sequence[Attempt]], Awaitable[set[UUID]]]
    give_back: Callable[[UUID], Awaitable[None]]
    wording: Callable[[str, int], Awaitable[str | None]]


@dataclass
class Sender:
    """Sends what is due. Several may run, in one process or in many."""

    ledger: Ledger
    writer: Writer
    postman: Postman
    clock: Clock
    trial: Trial = field(default_factory=Trial)
    pace: Pace = field(default_factory=Pace)
    rooms: Rooms = field(default_factory=lambda: Rooms(_nowhere, ""))
    wake: asyncio.Event = field(default_factory=asyncio.Event)

    async def run(self, stopping: asyncio.Event) -> None:
        """Send until `stopping`; the messages in hand are finished, the others are given back."""
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
        if taken:
            await self._learn(taken)
            hand = Round(taken, stopping or asyncio.Event())
            settling = asyncio.create_task(hand.settle_all(self.confirm))
            try:
                await asyncio.gather(*(self._speak(line, hand) for line in self.postman.needed(len(taken))))
            finally:
                hand.end()
                await settling
            if hand.waiting:
                await self.ledger.give_back(token)
        return len(taken)

    async def _learn(self, taken: Sequence[Delivery]) -> None:
        """Know the wordings that staff wrote; one that cannot be read fails its messages, each by itself."""
        for one in taken:
            if not self.writer.knows(one):
                source = await self.ledger.wording(one.kind, one.template_version)
                with contextlib.suppress(TemplateError, ValueError):
                    self.writer.learn(one.kind, one.template_version, source or "")

    async def _speak(self, line: Line, hand: Round) -> None:
        """Send on one line until the round is empty, the time is up, or the server wants no more lines."""
        while (one := hand.next(self.pace, self._in_time)) is not None:
            if isinstance(one, float):
                await hand.idle(one)
                continue
            try:
                outcome = Postponed(str(hand.away)) if hand.away else await self._attempt_safely(line, one)
            except Unreachable as error:
                if await self.postman.others_open(line):
                    hand.put_back(one)
                    return
                hand.away, outcome = error, Postponed(str(error))
            hand.done(one, outcome)

    def _in_time(self, delivery: Delivery) -> bool:
        until = delivery.claimed_until
        return until is not None and until - self.clock.now() >= ONE_MESSAGE

    async def _attempt_safely(self, line: Line, delivery: Delivery) -> Outcome:
        try:
            return await self.attempt(delivery, line)
        except Unreachable:
            raise
        except Exception as error:  # a fault of ours must not hold back the messages of others
            log.error("sender.fault", delivery=delivery.id.hex, exc_info=error)
            return Postponed(sentence(error))

    async def attempt(self, delivery: Delivery, line: Line) -> Outcome:
        """Write and hand over one message. Raises `Unreachable`."""
        now = self.clock.now()
        if has_expired(delivery, now):
            return Expired()
        refused = check_address(delivery) or self.trial.refused(delivery.address or "")
        if refused:
            return refused
        try:
            written = self.writer.write(delivery, now)
            if delivery.recipient_kind == "room":
                return await self.rooms.post(delivery, written.subject, written.text)
            letter = self.trial.readdressed(self.writer.compose(delivery, written, now))
            raw = self.postman.sign(letter.raw())
        except (CannotWrite, ValueError) as error:
            return Refused(str(error))
        return await line.post(self.writer.mail_from, letter.to, raw, written.subject)

    async def confirm(self, attempts: Sequence[Attempt]) -> None:
        """Write what became of these, where we still hold them."""
        held = await self.ledger.settle(attempts)
        for delivery, outcome in attempts:
            if delivery.id not in held:
                log.warning("sender.late", delivery=delivery.id.hex, outcome=type(outcome).__name__)

    async def _wait(self, seconds: float) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self.wake.wait(), seconds)
