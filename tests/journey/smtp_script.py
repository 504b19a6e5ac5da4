"""Mail servers that misbehave as they are told to, over real sockets."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

OK = "250 OK"
DROP = "drop the line after the data"


class ScriptedServer:
    """Answers to recipients and to messages in the order of its script, then 250 for ever.

    `kept` are the messages that it took the responsibility for, or might have (after DROP).
    """

    def __init__(
        self,
        recipients: Sequence[str] = (),
        messages: Sequence[str] = (),
        most: int = 100,
        secured: "Secured | None" = None,
    ) -> None:
        self._most = most
        self._secured = secured
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
        options = self._secured.options() if self._secured else {}
        return SMTP(self, hostname="scripted.localhost", loop=asyncio.get_running_loop(), **options)

    async def handle_RCPT(
        self, _server: SMTP, session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if self._secured and not session.authenticated:
            return "530 5.7.0 account needed"
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


@dataclass(frozen=True)
class Secured:
    """A server under TLS, at once or after STARTTLS, that takes mails from one account only."""

    certificate: ssl.SSLContext
    at_once: bool
    user: str
    password: str

    def options(self) -> dict[str, Any]:
        """`at_once` the whole line is under TLS already, which aiosmtpd does not see."""
        later = {"tls_context": self.certificate, "require_starttls": True}
        return {"authenticator": self._knows, **({"auth_require_tls": False} if self.at_once else later)}

    def _knows(
        self, _server: SMTP, _session: Session, _envelope: Envelope, _how: str, said: LoginPassword
    ) -> AuthResult:
        known = (said.login, said.password) == (self.user.encode(), self.password.encode())
        return AuthResult(success=known, handled=False)


class TooMany(asyncio.Protocol):
    """A line that is one too many."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        transport.write(b"421 4.7.0 too many connections\r\n")
        transport.close()


@asynccontextmanager
async def serving(
    recipients: Sequence[str] = (), messages: Sequence[str] = (), most: int = 100, secured: Secured | None = None
) -> AsyncIterator[ScriptedServer]:
    """A scripted server on a free port; `most` is how many lines it takes in its life."""
    scripted = ScriptedServer(recipients, messages, most, secured)
    at_once = secured.certificate if secured and secured.at_once else None
    server = await asyncio.get_running_loop().create_server(scripted.session, "127.0.0.1", 0, ssl=at_once)
    scripted.port = server.sockets[0].getsockname()[1]
    try:
        yield scripted
    finally:
        server.close()
