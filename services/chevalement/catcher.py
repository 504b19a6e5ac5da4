"""A mail server that keeps everything and delivers nothing: the demonstration's mailbox, over real SMTP.

What it answered 250 to is in memory and in a file of its own before the answer leaves.
"""

import asyncio
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session

HOST = "127.0.0.1"


class Catcher:
    """Listens on a free port between `start` and `stop`. `messages` are as they came over the line."""

    def __init__(self, folder: Path, port: int = 0) -> None:
        self.folder = folder
        self.port = port
        self.messages: list[bytes] = []
        self._server: asyncio.Server | None = None

    async def start(self) -> None:
        """Listen. Messages of an earlier run stay in the folder; new files are numbered after them."""
        self.folder.mkdir(parents=True, exist_ok=True)
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(self._session, HOST, self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Take no more mail and close the open lines."""
        if self._server is not None:
            self._server.close()
            await asyncio.sleep(0)  # lets the lines that said goodbye end by themselves
            self._server = None

    def _session(self) -> SMTP:
        return SMTP(self, hostname="catcher.localhost", loop=asyncio.get_running_loop())

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:
        """Keep a message, then say that it is kept."""
        raw = envelope.original_content or b""
        number = sum(1 for _ in self.folder.glob("*.eml")) + 1
        (self.folder / f"{number:04d}.eml").write_bytes(raw)
        self.messages.append(raw)
        return "250 OK"

    def parsed(self) -> list[EmailMessage]:
        """The messages in the order of their arrival."""
        return [message_from_bytes(raw, policy=policy.default) for raw in self.messages]

    def message_ids(self) -> list[str]:
        """Their Message-IDs: one that is there twice was sent twice."""
        return [str(message["Message-ID"]) for message in self.parsed()]
