"""The pages of the notifier: what was sent, for the team; what each is written about, for its recipient."""

from fastapi import APIRouter

from kernel.contracts.label import Label
from kernel.runtime.database import Database
from kernel.ui import Page
from notifier.mail.writing import Writer
from notifier.pages import choices, mailbox
from notifier.pages.mailbox import PREFIX

__all__ = ["PREFIX", "routes"]


def routes(database: Database, page: Page, writer: Writer, label: Label) -> APIRouter:
    """The pages, without their prefix."""
    router = mailbox.routes(database, page, writer)
    router.include_router(choices.routes(choices.Desk(database, page, writer.links, label)))
    return router
