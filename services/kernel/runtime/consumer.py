"""A batch of messages becomes one transaction: inbox, effects, new events; acknowledged after the commit.

Two kinds of failure. What can never succeed is set aside with its reason, at once. The rest comes back later,
with a growing delay, and is set aside before it would be given up. A batch that fails is halved until the
message at fault stands alone, so one bad message costs its neighbours nothing. When dead letters come too
fast the consumer stops taking messages and says so: then the code is wrong, not the messages.
"""

import re
import time
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import structlog
from nats.aio.msg import Msg
from nats.js import JetStreamContext

from kernel.contracts.envelope import MAX_BODY_BYTES, Cause, Event
from kernel.runtime import deadletter, inbox
from kernel.runtime.clock import Clock
from kernel.runtime.database import Database, Work
from kernel.runtime.failures import PermanentFailure, is_infrastructure, is_permanent, sentence
from kernel.runtime.subscriptions import Subscriptions

DELAYS = (1.0, 5.0, 30.0, 120.0, 600.0, 1800.0, 3600.0)
"""Seconds before each new delivery of a message that failed; after the last one it is set aside."""
PAUSE = 300.0
"""Seconds for which a consumer that makes too many dead letters takes nothing."""

OURS = re.compile(r"[0-9a-f]{32}")
"""How our own producers write an event's identity; anything else is parsed, which costs more."""
SCHEDULER = "Nats-Scheduler"

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Received:
    """A message that was understood: the event, its id in the inbox, its cause."""

    message: Msg
    id: str
    event: Event

    @property
    def cause(self) -> Cause:
        """Worked out when an effect begins: most effects of a bulk flow record nothing."""
        headers = self.message.headers or {}
        story = headers.get("ce-correlationid") or self.id
        return Cause(story, None, headers.get("traceparent", "")).followed_by(self.id)


@dataclass
class Consumer:
    """The effects of one service on one stream."""

    database: Database
    jetstream: JetStreamContext
    subscriptions: Subscriptions
    clock: Clock
    limit: deadletter.RateLimit = field(default_factory=deadletter.RateLimit)
    paused_until: float = 0.0

    async def __call__(self, messages: Sequence[Msg]) -> None:
        """Do `messages` and settle each: acknowledged, sent back with a delay, or set aside."""
        understood = []
        for message in messages:
            try:
                understood.append(self.read(message))
            except Exception as error:  # noqa: BLE001 - whatever a reader raises, the bytes will not change
                await self._set_aside(message, sentence(error))
        if understood:
            await self._do(understood)

    def read(self, message: Msg) -> Received:
        """Understand a message. Raises `PermanentFailure` or a validation error when that cannot be."""
        if len(message.data) > MAX_BODY_BYTES:
            raise PermanentFailure(f"body of {len(message.data)} bytes, the limit is {MAX_BODY_BYTES}")
        headers = message.headers or {}
        model = self.subscriptions.models.get(message.subject)
        if model is None:
            raise PermanentFailure(f"unknown event or version {message.subject!r}: {self._known()}")
        kind = headers.get("ce-type")
        if kind != message.subject:
            raise PermanentFailure(f"ce-type {kind!r} on subject {message.subject!r}: they must be the same")
        event_id = event_identity(headers, message)
        return Received(message, event_id, model.model_validate_json(message.data))

    def _known(self) -> str:
        return f"{self.subscriptions.service} knows {', '.join(sorted(self.subscriptions.models))}"

    async def _do(self, batch: list[Received]) -> None:
        """One transaction for the whole batch; halved when it fails and no infrastructure is to blame."""
        try:
            await self.effect(batch)
        except Exception as error:  # noqa: BLE001 - every failure is named and settled in _failed
            if len(batch) == 1 or is_infrastructure(error):
                for received in batch:
                    await self._failed(received.message, error)
                return
            middle = len(batch) // 2
            await self._do(batch[:middle])
            await self._do(batch[middle:])
            return
        for received in batch:
            await received.message.ack()

    async def effect(self, batch: Sequence[Received]) -> None:
        """Inbox and effects of `batch` in one commit; events done before have none."""
        by_id = {received.id: received for received in batch}
        async with self.database.work() as work:
            fresh = await inbox.admit(work.connection, self.subscriptions.service, by_id, work.at)
            todo = [(r.event, _entering(work, r)) for r in by_id.values() if r.id in fresh]
            await self.subscriptions.apply(todo, work)

    async def _failed(self, message: Msg, error: BaseException) -> None:
        deliveries = message.metadata.num_delivered
        if is_permanent(error) or (deliveries > len(DELAYS) and not is_infrastructure(error)):
            await self._set_aside(message, sentence(error))
            return
        delay = DELAYS[min(deliveries, len(DELAYS)) - 1]
        log.warning(
            "consumer.retry", subject=message.subject, deliveries=deliveries, delay=delay, reason=sentence(error)
        )
        await message.nak(delay=delay)

    async def _set_aside(self, message: Msg, reason: str) -> None:
        """Dead letter first, acknowledgement second: killed between the two, the server dedups the copy."""
        service = self.subscriptions.service
        try:
            await deadletter.set_aside(self.jetstream, service, message, reason, self.clock.now())
        except Exception as error:  # noqa: BLE001 - not stored: the message must come back
            log.error("deadletter.not_stored", subject=message.subject, reason=sentence(error))
            await message.nak(delay=DELAYS[1])
            return
        await message.term()
        log.error("deadletter.stored", consumer=service, subject=message.subject, reason=reason)
        if self.limit.exceeded_by(time.monotonic()):
            self.paused_until = time.monotonic() + PAUSE
            self.limit.reset()
            log.error("consumer.paused", consumer=service, seconds=PAUSE, stream=message.metadata.stream)

    @property
    def is_paused(self) -> bool:
        return time.monotonic() < self.paused_until

    def resume(self) -> None:
        """Take messages again; an operator's act, or the end of the pause."""
        self.paused_until = 0.0


def _entering(work: Work, received: Received) -> Callable[[], None]:
    def enter() -> None:
        work.cause = received.cause

    return enter


def event_identity(headers: dict[str, str], message: Msg) -> str:
    """The inbox identity of a message: its ce-id, or for a schedule that fires again and again, each firing's.

    Raises `PermanentFailure` when there is none or it is not a UUID.
    """
    raw = headers.get("ce-id", "")
    if OURS.fullmatch(raw) and SCHEDULER not in headers:
        return raw
    try:
        identity = uuid.UUID(raw)
    except ValueError:
        raise PermanentFailure(f"ce-id {raw!r} is not a UUID") from None
    if SCHEDULER in headers:
        return uuid.uuid5(identity, str(message.metadata.sequence.stream)).hex
    return identity.hex
