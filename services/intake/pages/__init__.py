"""What people see of intake: parse, call a handler, render or redirect."""

from fastapi import APIRouter

from intake.pages import (
    apply,
    autosave,
    bundle,
    data,
    desk,
    desk_acts,
    door,
    drafts,
    exports,
    legal,
    links,
    listing,
    mine,
    my_acts,
    my_dossier,
    paper,
    receipt,
    sending,
    start,
    team,
    todo,
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
        listing,
        exports,
        bundle,
        desk,
        desk_acts,
        waves,
        door,
        links,
        mine,
        my_dossier,
        my_acts,
        team,
        todo,
        data,
        legal,
    ):
        router.include_router(room.routes(shell))
    return router
