"""Where the demonstration's mails are read: the local catcher's folder, or a mail catcher with an HTTP API."""

import asyncio
from collections.abc import Sequence
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default as policy
from pathlib import Path
from typing import Protocol

import httpx2


class Mailbox(Protocol):
    """All the mails that arrived."""

    async def mails(self) -> list[EmailMessage]: ...


class Folder:
    """A folder of `.eml` files, as the local catcher writes them; an earlier run's mails are there too."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    async def mails(self) -> list[EmailMessage]:
        paths = await asyncio.to_thread(lambda: sorted(self.folder.glob("*.eml")))
        return [_parse(path.read_bytes()) for path in paths]


class Mailpit:
    """The catcher of the compose file, over its API."""

    def __init__(self, url: str) -> None:
        self.url = url.rstrip("/")

    async def mails(self) -> list[EmailMessage]:
        async with httpx2.AsyncClient(base_url=self.url, timeout=10) as client:
            listed = (await client.get("/api/v1/messages", params={"limit": 1000})).json()["messages"]
            raw = [await client.get(f"/api/v1/message/{entry['ID']}/raw") for entry in listed]
        return [_parse(answer.content) for answer in raw]


def _parse(raw: bytes) -> EmailMessage:
    parsed = message_from_bytes(raw, policy=policy)
    if not isinstance(parsed, EmailMessage):
        raise TypeError(f"a mail parsed as {type(parsed).__name__}: the policy must be email.policy.default")
    return parsed


def distinct(mails: Sequence[EmailMessage]) -> dict[str, EmailMessage]:
    """Mails by Message-ID: one that was handed over twice after a crash is one mail to its reader."""
    return {str(mail["Message-ID"]): mail for mail in mails}


def about(mails: Sequence[EmailMessage], number: str) -> list[EmailMessage]:
    """The mails about the dossier `number`: named in the subject."""
    return [mail for mail in mails if number in str(mail["Subject"])]


def text_of(mail: EmailMessage) -> str:
    """The plain text part."""
    part = mail.get_body(preferencelist=("plain",))
    return str(part.get_content()) if part is not None else ""
