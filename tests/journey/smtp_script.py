"""Mail servers that misbehave as they are told to, over real sockets."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage

from aiosmtpd.smtp import SMTP, Envelope, Session

OK = "250 OK"
DROP = "drop the line after the data"


class ScriptedServer:
    """Answers to recipients and to messages in the order of its script, then 250 for ever.

    `kept` are the messages that it took the responsibility for, or might have (after DROP).
    """

    def __init__(self, recipients: Sequence[str] = (), messages: Sequence[str] = (), most: int = 100) -> None:
        self._most = most
        self._open = 0
        self._recipients = list(recipients)
        self._messages = list(messages)
        self.kept: list[EmailMessage] = []
        self.arrived = asyncio.Event()
        self.lines = 0
        self.port = 0

    def session(self) -> asyncio.Protocol:
        if self._open >= self._most:
            return TooMany()
        self.lines += 1
        self._open += 1
        return SMTP(self, hostname="scripted.localhost", loop=asyncio.get_running_loop())

    async def handle_RCPT(
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        answer = self._recipients.pop(0) if self._recipients else OK
        if answer == OK:
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:
        answer = self._messages.pop(0) if self._messages else OK
        if answer in (OK, DROP):
            self.kept.append(message_from_bytes(envelope.original_content or b"", policy=policy.default))
            self.arrived.set()
        if answer == DROP:
            server.transport.abort()
        return answer


class TooMany(asyncio.Protocol):
    """A line that is one too many."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        transport.write(b"421 4.7.0 too many connections\r\n")
        transport.close()


@asynccontextmanager
async def serving(
    recipients: Sequence[str] = (), messages: Sequence[str] = (), most: int = 100
) -> AsyncIterator[ScriptedServer]:
    """A scripted server on a free port; `most` is how many lines it takes in its life."""
    scripted = ScriptedServer(recipients, messages, most)
    server = await asyncio.get_running_loop().create_server(scripted.session, "127.0.0.1", 0)
    scripted.port = server.sockets[0].getsockname()[1]
    try:
        yield scripted
    finally:
        server.close()
