"""An event travels as a CloudEvents 1.0 message in NATS binary mode: attributes in headers, JSON in the body.

Rule guarded here: what was written is what is read. An event's identity, its cause and its trace are set
once, when it is recorded with the state that it tells of, and no later hop may change them.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Self

from pydantic import BaseModel, ConfigDict

SPEC_VERSION = "1.0"
CONTENT_TYPE = "application/json"
MAX_BODY_BYTES = 256 * 1024
"""Above this an event carries a document, which belongs in a store with a reference on the bus."""


class Fact(BaseModel):
    """A value inside an event. Frozen; JSON types are not coerced; unknown fields are left alone.

    Unknown fields are ignored so that a producer may add an optional one before its consumers know it.
    """

    model_config = ConfigDict(frozen=True, strict=True, extra="ignore")


class Event(Fact):
    """Something that happened, named in the past tense, whose shape never changes within a version."""

    type: ClassVar[str]
    version: ClassVar[int] = 1
    about: ClassVar[str]

    @classmethod
    def subject(cls) -> str:
        """The NATS subject, which is the CloudEvents type too: `intake.candidacy.submitted.v1`."""
        return f"{cls.type}.v{cls.version}"

    @classmethod
    def producer(cls) -> str:
        """The service that alone may record this event: the first word of its type."""
        return cls.type.partition(".")[0]

    @property
    def aggregate(self) -> str:
        """The identity of the thing that the event is about, as text."""
        return str(getattr(self, self.about))


@dataclass(frozen=True, slots=True)
class Cause:
    """Why something happens: the whole story (correlation), the last step (causation), the trace."""

    correlation_id: str
    causation_id: str | None
    traceparent: str

    @classmethod
    def new(cls, traceparent: str | None = None) -> Self:
        """The cause of a story that begins here: a page, a command line, a schedule."""
        return cls(secrets.token_hex(16), None, traceparent or new_traceparent())

    def followed_by(self, event_id: str) -> Self:
        """The cause of what is done in answer to the event `event_id`, in the same story and trace."""
        return type(self)(self.correlation_id, event_id, next_span(self.traceparent))


@dataclass(frozen=True, slots=True)
class Envelope:
    """An event with the attributes that make it traceable. `time` is aware and in UTC."""

    id: str
    event: Event
    time: datetime
    cause: Cause

    @classmethod
    def seal(cls, event: Event, at: datetime, cause: Cause) -> Self:
        """Give `event` its identity. Done once, in the transaction that records it."""
        return cls(secrets.token_hex(16), event, at, cause)

    def headers(self) -> dict[str, str]:
        """The CloudEvents attributes as NATS headers; `Nats-Msg-Id` makes a second publication harmless."""
        event = self.event
        headers = {
            "Nats-Msg-Id": self.id,
            "content-type": CONTENT_TYPE,
            "ce-specversion": SPEC_VERSION,
            "ce-id": self.id,
            "ce-type": event.subject(),
            "ce-source": f"/{event.producer()}",
            "ce-subject": event.aggregate,
            "ce-time": self.time.isoformat(),
            "ce-correlationid": self.cause.correlation_id,
            "traceparent": self.cause.traceparent,
        }
        if self.cause.causation_id:
            headers["ce-causationid"] = self.cause.causation_id
        return headers

    def body(self) -> str:
        """The event as JSON text."""
        return self.event.model_dump_json()


def new_traceparent() -> str:
    """A W3C trace context that begins here, sampled."""
    return f"00-{secrets.token_hex(16)}-{secrets.token_hex(8)}-01"


def next_span(traceparent: str) -> str:
    """The same trace with a new span; a malformed context begins a new trace, as the W3C text asks."""
    parts = traceparent.split("-")
    if len(parts) != 4 or len(parts[1]) != 32:
        return new_traceparent()
    return f"{parts[0]}-{parts[1]}-{secrets.token_hex(8)}-{parts[3]}"
