"""What people see of intake: parse, call a handler, render or redirect."""

from fastapi import APIRouter

from intake.pages import (
    apply,
    autosave,
    desk,
    door,
    drafts,
    exports,
    legal,
    links,
    mine,
    paper,
    receipt,
    sending,
    start,
    team,
    waves,
    welcome,
)
from intake.pages.shell import Shell


def routes(shell: Shell) -> APIRouter:
    """Every page of intake."""
    router = APIRouter()
    for room in (
        welcome,
        start,
        apply,
        autosave,
        sending,
        drafts,
        receipt,
        paper,
        desk,
        exports,
        waves,
        door,
        links,
        mine,
        team,
        legal,
    ):
        router.include_router(room.routes(shell))
    return router
