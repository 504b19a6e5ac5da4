"""A message that cannot be done is set aside with its reason, never dropped, and can be replayed by a person.

The dead-letter stream keeps body and headers as they came. A replay goes back to the original subject with the
same event id: services that already did it see a duplicate, the one that failed does it now.
"""

import contextlib
import uuid
from collections import deque
from dataclasses import dataclass
from datetime import datetime

from nats.aio.msg import Msg
from nats.js import JetStreamContext
from nats.js.errors import NotFoundError, ServerError

from kernel.runtime.streams import DEAD_LETTER_SUBJECT, DEAD_LETTERS

REASON = "Chevalement-Reason"
CONSUMER = "Chevalement-Consumer"
ORIGIN = "Chevalement-Subject"
DELIVERIES = "Chevalement-Deliveries"
SET_ASIDE_AT = "Chevalement-At"
OURS = (REASON, CONSUMER, ORIGIN, DELIVERIES, SET_ASIDE_AT)
SERVER_HEADERS = (
    "Nats-Expected-Stream",
    "Nats-Scheduler",
    "Nats-Schedule-Next",
    "Nats-Schedule",
    "Nats-Schedule-Target",
)


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A message set aside. `sequence` is its place in the dead-letter stream and its name for the commands."""

    sequence: int
    consumer: str
    subject: str
    reason: str
    deliveries: int
    at: str
    headers: dict[str, str]
    body: bytes


async def set_aside(js: JetStreamContext, consumer: str, message: Msg, reason: str, at: datetime) -> None:
    """Store `message` among the dead letters. Raises when the server did not confirm: the message then stays.

    Its identity is (consumer, stream sequence), so that a second attempt after a crash stores nothing new.
    """
    metadata = message.metadata
    headers = {
        k: v for k, v in (message.headers or {}).items() if not k.startswith("Nats-Batch") and k not in SERVER_HEADERS
    }
    headers |= {
        REASON: reason.encode("ascii", "replace").decode(),
        CONSUMER: consumer,
        ORIGIN: message.subject,
        DELIVERIES: str(metadata.num_delivered),
        SET_ASIDE_AT: at.isoformat(timespec="seconds"),
        "Nats-Msg-Id": f"{consumer}:{metadata.stream}:{metadata.sequence.stream}",
    }
    await js.publish(f"{DEAD_LETTER_SUBJECT}.{consumer}.{message.subject}", message.data, headers=headers, timeout=5)


async def letters(js: JetStreamContext) -> list[DeadLetter]:
    """All dead letters, oldest first."""
    state = (await js.stream_info(DEAD_LETTERS)).state
    if not state.messages:
        return []
    found = []
    for sequence in range(state.first_seq, state.last_seq + 1):
        letter = await read(js, sequence)
        if letter is not None:
            found.append(letter)
    return found


async def read(js: JetStreamContext, sequence: int) -> DeadLetter | None:
    """The dead letter number `sequence`, None where there is none (any more)."""
    try:
        raw = await js.get_msg(DEAD_LETTERS, sequence)
    except NotFoundError:
        return None
    headers = dict(raw.headers or {})
    return DeadLetter(
        sequence=sequence,
        consumer=headers.get(CONSUMER, ""),
        subject=headers.get(ORIGIN, raw.subject or ""),
        reason=headers.get(REASON, ""),
        deliveries=int(headers.get(DELIVERIES, "0")),
        at=headers.get(SET_ASIDE_AT, ""),
        headers={k: v for k, v in headers.items() if k not in OURS},
        body=raw.data or b"",
    )


async def count(js: JetStreamContext) -> int:
    """How many dead letters there are; none where the stream does not exist yet."""
    try:
        return (await js.stream_info(DEAD_LETTERS)).state.messages
    except NotFoundError:
        return 0


async def replay(js: JetStreamContext, letter: DeadLetter) -> None:
    """Publish `letter` again on its subject, then drop it; a crash between the two leaves a harmless copy.

    The publication gets a new Nats-Msg-Id, or the server would take it for the first one.
    """
    headers = letter.headers | {"Nats-Msg-Id": f"replay:{uuid.uuid4().hex}"}
    await js.publish(letter.subject, letter.body, headers=headers, timeout=5)
    await drop(js, letter)


async def drop(js: JetStreamContext, letter: DeadLetter) -> None:
    """Forget `letter` for good; harmless when it is gone already."""
    with contextlib.suppress(NotFoundError, ServerError):  # 2.15 answers 500 « no message found »
        await js.delete_msg(DEAD_LETTERS, letter.sequence)


class RateLimit:
    """Says when dead letters come so fast that the consumer, not the messages, is at fault."""

    def __init__(self, limit: int = 20, window: float = 60.0) -> None:
        self.limit = limit
        self.window = window
        self._times: deque[float] = deque()

    def exceeded_by(self, moment: float) -> bool:
        """Count one dead letter at `moment` (monotonic seconds); whether the limit is now exceeded."""
        self._times.append(moment)
        while self._times and self._times[0] < moment - self.window:
            self._times.popleft()
        return len(self._times) > self.limit

    def reset(self) -> None:
        self._times.clear()
