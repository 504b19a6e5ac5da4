"""The pages of the notifier: what was sent, for the team; what each is written about, for its recipient."""

from fastapi import APIRouter

from kernel.contracts.label import Label
from kernel.runtime.database import Database
from kernel.ui import Page
from notifier.mail.writing import Writer
from notifier.pages import choices, mailbox, rooms, volumes, wordings
from notifier.pages.mailbox import FRAMED, FRAMING, PREFIX, WORDS

__all__ = ["PREFIX", "routes"]


def routes(database: Database, page: Page, writer: Writer, label: Label, key: str) -> APIRouter:
    """The pages, without their prefix; `key` makes the secrets of rooms."""
    router = mailbox.routes(database, page, writer)
    router.include_router(volumes.routes(database, page, WORDS))
    router.include_router(wordings.routes(wordings.Desk(database, page, writer, WORDS, FRAMED, FRAMING)))
    router.include_router(rooms.routes(rooms.Desk(database, page, key, WORDS)))
    router.include_router(choices.routes(choices.Desk(database, page, writer.links, label)))
    return router
