"""What people see of intake: parse, call a handler, render or redirect."""

from fastapi import APIRouter

from intake.pages import (
    accounts,
    acts,
    apply,
    attachments,
    autosave,
    batch,
    board,
    bundle,
    claiming,
    data,
    desk,
    desk_acts,
    door,
    dossier_paper,
    drafts,
    exports,
    follow_up,
    funding,
    legal,
    links,
    listing,
    mine,
    my_acts,
    my_data,
    my_dossier,
    paper,
    pieces,
    receipt,
    rereading,
    ruling,
    sending,
    start,
    team,
    todo,
    waves,
    welcome,
)
from intake.pages.shell import Shell

ROOMS = (
    welcome,
    start,
    apply,
    autosave,
    sending,
    attachments,
    pieces,
    claiming,
    drafts,
    receipt,
    paper,
    listing,
    exports,
    bundle,
    batch,
    board,
    ruling,
    acts,
    desk,
    desk_acts,
    rereading,
    waves,
    door,
    accounts,
    dossier_paper,
    links,
    mine,
    my_dossier,
    funding,
    my_acts,
    follow_up,
    team,
    todo,
    my_data,
    data,
    legal,
)
"""In this order: a path that is spelled out comes before one that takes anything."""


def routes(shell: Shell) -> APIRouter:
    """Every page of intake."""
    router = APIRouter()
    for room in ROOMS:
        router.include_router(room.routes(shell))
    return router
