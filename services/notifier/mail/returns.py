"""The mailbox that bounces come back to, as a Maildir: each mail is read once it was heard, and kept for people.

Whatever fetches mail (an MDA, fetchmail) fills the folder. What is killed between hearing and marking is heard
again, which changes nothing.
"""

import asyncio
import contextlib
import mailbox
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

import structlog

from kernel.runtime.failures import sentence
from notifier.domain.receipts import Receipt, read

EVERY = 60.0

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Returns:
    """Reads `folder`, and has each receipt heard."""

    folder: Path
    hear: Callable[[Receipt], Awaitable[bool]]

    async def run(self, stopping: asyncio.Event) -> None:
        """Read until `stopping`; a folder that cannot be read now is read later."""
        while not stopping.is_set():
            try:
                await self.sweep()
            except Exception as error:  # noqa: BLE001 - nothing is lost: the mails stay where they are
                log.error("returns.waiting", folder=str(self.folder), reason=sentence(error))
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stopping.wait(), EVERY)

    async def sweep(self) -> int:
        """Hear every mail that is new; returns how many were receipts of ours."""
        box = mailbox.Maildir(self.folder, create=True)
        heard = 0
        for key in await asyncio.to_thread(box.keys):
            if box.get_message(key).get_subdir() != "new":
                continue
            receipt = read(await asyncio.to_thread(box.get_bytes, key))
            heard += bool(receipt and await self.hear(receipt))
            await asyncio.to_thread(_mark, box, key)
        return heard


def _mark(box: mailbox.Maildir, key: str) -> None:
    message = box.get_message(key)
    message.set_subdir("cur")
    message.add_flag("S")
    box[key] = message
