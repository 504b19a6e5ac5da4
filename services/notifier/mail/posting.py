"""A line to the mail server, used again while there is work; every answer has one of three names.

Accepted is the 250 that follows the whole message. A 5xx about the recipient or the message is refused for
good. Everything else (4xx, no server, a dropped line, our own account refused) is postponed: it may pass.
"""

import asyncio
import contextlib
import hashlib
import ssl
from collections.abc import Callable
from dataclasses import dataclass, replace

from aiosmtplib import (
    SMTP,
    SMTPDataError,
    SMTPException,
    SMTPNotSupported,
    SMTPRecipientRefused,
    SMTPRecipientsRefused,
    SMTPResponseException,
)

from kernel.runtime.settings import Settings
from notifier.domain.delivery import Accepted, Outcome, Postponed, Refused
from notifier.mail.securing import context_of, why_unreachable, words

CONNECT_SECONDS = 10.0
SEND_SECONDS = 20.0
"""For one message; with the connection well under the lease."""
PERMANENT = 500
NOBODY = "5.1."
"""Enhanced status codes about the address itself (RFC 3463); a full mailbox or a policy is another matter."""


class Unreachable(Exception):
    """No conversation with the mail server is possible now; no message is to blame."""


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where messages are handed over. `security`: none, starttls or tls. `lines`: how many are open at most."""

    host: str
    port: int
    security: str = "none"
    user: str = ""
    password: str = ""
    lines: int = 4
    trust: ssl.SSLContext | None = None
    """What its certificate is checked with; none: the authorities of the system."""

    @classmethod
    def of(cls, settings: Settings) -> "MailServer":
        """Raises `WrongSetting` where the file of authorities cannot be read."""
        return cls(
            settings.smtp_host,
            settings.smtp_port,
            settings.smtp_security,
            settings.smtp_user,
            settings.smtp_password,
            settings.smtp_lines,
            context_of(settings),
        )


class Line:
    """One conversation with the mail server: hands messages over, one after the other."""

    def __init__(self, server: MailServer) -> None:
        self._server = server
        self._line: SMTP | None = None
        self._settled = asyncio.Event()
        self._settled.set()

    @property
    def is_open(self) -> bool:
        return self._line is not None and self._line.is_connected

    async def post(self, sender: str, to: str, raw: bytes, subject: str) -> Outcome:
        """Hand a message over and say what the server answered. Raises `Unreachable`."""
        line = await self._connected()
        options = () if to.isascii() else ("SMTPUTF8",)
        try:
            async with asyncio.timeout(SEND_SECONDS):
                await line.sendmail(sender, [to], raw, mail_options=options)
        except (SMTPException, OSError, TimeoutError) as error:
            unanswered = not isinstance(error, SMTPResponseException | SMTPRecipientsRefused)
            if unanswered:
                self._drop()
            outcome = verdict(error)
            return replace(outcome, doubt=True) if unanswered and isinstance(outcome, Postponed) else outcome
        except ValueError as error:
            return Refused(f"message impossible à transmettre : {error}")
        except BaseException:
            self._drop()  # interrupted in the middle: the line cannot be used again
            raise
        return Accepted(subject, hashlib.sha256(raw).hexdigest())

    async def _connected(self) -> SMTP:
        if self._line is not None and self._line.is_connected:
            return self._line
        server = self._server
        line = SMTP(
            hostname=server.host,
            port=server.port,
            timeout=SEND_SECONDS,
            use_tls=server.security == "tls",
            start_tls=server.security == "starttls",
            tls_context=server.trust,
            username=server.user or None,
            password=server.password or None,
        )
        self._settled.clear()
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                await line.connect()
        except (SMTPException, OSError, TimeoutError) as error:
            line.close()
            raise Unreachable(why_unreachable(error)) from error
        else:
            self._line = line
        finally:
            self._settled.set()
        return line

    async def settled(self) -> bool:
        """Whether the line is open, once it is known: one that is being opened is waited for."""
        await self._settled.wait()
        return self.is_open

    async def rest(self) -> None:
        """There is no work: say goodbye. The next message opens a new line."""
        line, self._line = self._line, None
        if line is not None and line.is_connected:
            with contextlib.suppress(SMTPException, OSError, TimeoutError):  # it is leaving anyway
                async with asyncio.timeout(2.0):
                    await line.quit()
            line.close()

    def _drop(self) -> None:
        line, self._line = self._line, None
        if line is not None:
            line.close()


class Postman:
    """The lines to one mail server. A short round needs one, a long one as many as are allowed."""

    def __init__(self, server: MailServer, sign: Callable[[bytes], bytes] = bytes) -> None:
        self.lines = [Line(server) for _ in range(server.lines)]
        self.sign = sign
        """Puts a signature on a message, where this installation has one."""

    def needed(self, messages: int) -> list[Line]:
        """The lines for so many messages: opening one costs as much as some ten of them."""
        return self.lines[: max(1, min(len(self.lines), messages // 10))]

    async def others_open(self, line: Line) -> bool:
        """Whether the server speaks with us on another line: then it does not want more, and is not away."""
        return any(await asyncio.gather(*(other.settled() for other in self.lines if other is not line)))

    async def rest(self) -> None:
        """There is no work: say goodbye on every line."""
        await asyncio.gather(*(line.rest() for line in self.lines))


def verdict(error: Exception) -> Outcome:
    """The name of what the server (or the line) answered to one message."""
    match error:
        case SMTPRecipientsRefused(recipients=[SMTPRecipientRefused() as first, *_]):
            return verdict(first)
        case SMTPRecipientRefused(code=code, message=message) if code >= PERMANENT and message.startswith(NOBODY):
            return Refused(words(error), bad_address=True)
        case SMTPRecipientRefused(code=code) | SMTPDataError(code=code) if code >= PERMANENT:
            return Refused(words(error))
        case SMTPNotSupported():
            return Refused(words(error))
        case _:
            return Postponed(words(error))
