"""Streams and consumers have one owner: the service that produces the events, which declares both at start.

A stream exists before its first event, and so do all its consumers, so that a service which starts late
finds everything that happened before it. Subscribers declare nothing (a subscriber with defaults would wipe
the settings of a stream it does not own).
"""

from nats.js import JetStreamContext, api
from nats.js.errors import BadRequestError, NotFoundError

from kernel.contracts.registry import SERVICES, consumed_by

DAY = 24 * 3600.0
RETENTION = 90 * DAY
DEDUPLICATION = 600.0
"""Seconds in which the server itself drops a second publication; after that the inbox does."""
ACK_WAIT = 30.0
"""Seconds before what a killed process held is done by another; far above the time of a batch (0.1 s)."""
BATCH = 500
"""How many messages a consumer takes into one transaction, at most."""
DEAD_LETTERS = "DEADLETTER"
DEAD_LETTER_SUBJECT = "deadletter"


def stream_name(service: str) -> str:
    """The stream of a service's events: `FUNDING_WATCH`."""
    return service.upper()


def stream_config(service: str) -> api.StreamConfig:
    """Events of `service` and its appointments; atomic batches and message schedules are switched on."""
    return api.StreamConfig(
        name=stream_name(service),
        description=f"what {service} tells",
        subjects=[f"{service}.>"],
        retention=api.RetentionPolicy.LIMITS,
        storage=api.StorageType.FILE,
        max_age=RETENTION,
        duplicate_window=DEDUPLICATION,
        allow_direct=True,
        allow_atomic=True,
        allow_msg_schedules=True,
        allow_msg_ttl=True,
    )


def dead_letter_config() -> api.StreamConfig:
    """Where set-aside messages wait for a person; the same whoever declares it."""
    return api.StreamConfig(
        name=DEAD_LETTERS,
        description="messages set aside, with the reason",
        subjects=[f"{DEAD_LETTER_SUBJECT}.>"],
        storage=api.StorageType.FILE,
        max_age=RETENTION,
        duplicate_window=DEDUPLICATION,
        allow_direct=True,
    )


def consumer_config(service: str, producer: str) -> api.ConsumerConfig:
    """The durable consumer `service` on the stream of `producer`.

    It takes every version of the events it knows, so that an unknown version is set aside and seen, not
    missed. Deliveries are not limited by the server, which drops silently: the runtime counts them.
    """
    subjects = sorted(f"{contract.event.type}.*" for contract in consumed_by(service, producer))
    return api.ConsumerConfig(
        durable_name=service,
        description=f"{service} reads {producer}",
        filter_subjects=subjects,
        deliver_policy=api.DeliverPolicy.ALL,
        ack_policy=api.AckPolicy.EXPLICIT,
        ack_wait=ACK_WAIT,
        max_deliver=-1,
        max_ack_pending=4 * BATCH,
    )


async def declare(js: JetStreamContext, service: str) -> None:
    """Create or update the stream of `service`, every consumer of it, and the dead-letter stream."""
    await _declare_stream(js, stream_config(service))
    await _declare_stream(js, dead_letter_config())
    for consumer in SERVICES:
        if consumed_by(consumer, service):
            await js.add_consumer(stream_name(service), consumer_config(consumer, service))


async def _declare_stream(js: JetStreamContext, config: api.StreamConfig) -> None:
    try:
        await js.stream_info(config.name or "")
    except NotFoundError:
        await _add(js, config)
    else:
        await js.update_stream(config)


async def _add(js: JetStreamContext, config: api.StreamConfig) -> None:
    """Add, and where another process was faster (the dead-letter stream is everybody's), update."""
    try:
        await js.add_stream(config)
    except BadRequestError as error:
        if error.err_code != 10058:  # stream name already in use
            raise
        await js.update_stream(config)
