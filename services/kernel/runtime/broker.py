"""The broker's settings, decided once for all services.

FastStream declares and runs the subscribers; its stock batch subscriber is fed here by a rolling pull instead
of the client's `fetch`, so that a message is handed over when it arrives and a backlog comes in large batches.
Acknowledgement belongs to `kernel.runtime.consumer` alone. The client's defaults give up after two minutes of
outage, freeze the loop, and cancel handlers on SIGTERM: none of them is kept.
"""

from collections.abc import Callable
from typing import Any

import structlog
from faststream.message import StreamMessage
from faststream.middlewares import AckPolicy
from faststream.nats import JStream, NatsBroker, PullSub
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.js import JetStreamContext

from kernel.runtime.consumer import Consumer
from kernel.runtime.failures import sentence
from kernel.runtime.pull import RollingPull
from kernel.runtime.streams import BATCH, consumer_config, stream_name

GRACE = 5.0
"""Seconds that the batches in hand have to end when the service stops; what has not ended then is done again."""

log = structlog.get_logger()


class RollingJetStream(JetStreamContext):
    """JetStream whose pull subscriptions keep a request open. Declares nothing: streams have one owner."""

    def __init__(self, connection: Client, held: Callable[[str], bool]) -> None:
        super().__init__(connection)
        self._held_stream = held
        self.pulls: list[RollingPull] = []

    async def pull_subscribe(self, subject: str, *_: Any, **options: Any) -> Any:
        """A rolling pull on an existing (or future) durable consumer; never creates or changes one."""
        stream = str(options["stream"])
        pull = RollingPull(self._nc, stream, str(options["durable"]), lambda: self._held_stream(stream))
        await pull.start()
        self.pulls.append(pull)
        return pull


class ServiceBroker(NatsBroker):
    """One service's connection. Reconnects for ever; a consumer that is paused takes nothing."""

    def __init__(self, url: str, service: str) -> None:
        super().__init__(
            url,
            name=service,
            connect_timeout=2,
            reconnect_time_wait=0.25,  # type: ignore[arg-type] # the client takes seconds with a fraction
            max_reconnect_attempts=-1,
            ping_interval=10,  # a half-open connection is noticed in half a minute, not in minutes
            graceful_timeout=GRACE,
            pending_size=8 * 1024 * 1024,
            apply_types=False,
            logger=None,
            error_cb=_report,
            reconnected_cb=self._reconnected,
        )
        self.service = service
        self.consumers: dict[str, Consumer] = {}

    async def _connect(self) -> Client:
        connection: Client = await super()._connect()
        self.config.broker_config.connection_state.connect(connection, RollingJetStream(connection, self._held))
        return connection

    async def _reconnected(self) -> None:
        log.info("broker.reconnected", service=self.service)
        for pull in self.jetstream.pulls:
            await pull.reconnected()

    def _held(self, stream: str) -> bool:
        consumer = self.consumers.get(stream)
        return consumer is not None and consumer.is_paused

    @property
    def jetstream(self) -> RollingJetStream:
        """JetStream of the open connection."""
        stream = self.config.broker_config.connection_state.stream
        if not isinstance(stream, RollingJetStream):
            raise TypeError(f"{self.service} has a {type(stream).__name__}, not the one made by _connect")
        return stream

    def consume(self, producer: str, consumer: Consumer) -> None:
        """Feed `consumer` with what `producer` tells. Call before `start`."""
        stream = stream_name(producer)
        self.consumers[stream] = consumer

        @self.subscriber(
            config=consumer_config(self.service, producer),
            durable=self.service,
            stream=JStream(stream, declare=False),
            pull_sub=PullSub(BATCH, timeout=5.0, batch=True),
            ack_policy=AckPolicy.MANUAL,
            decoder=_as_they_came,
            title=f"{self.service} reads {producer}",
        )
        async def handle(messages: list[Msg]) -> None:
            await consumer(messages)


async def _as_they_came(message: StreamMessage[list[Msg]]) -> list[Msg]:
    """The messages themselves: the consumer reads headers, counts deliveries and settles each."""
    return message.raw_message


async def _report(error: Exception) -> None:
    log.warning("broker.error", reason=sentence(error))
