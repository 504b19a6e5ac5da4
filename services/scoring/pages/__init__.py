"""The pages of staff, of jurors and of whoever holds a key. Links carry the prefix under which people see them."""

from fastapi import APIRouter

from scoring.pages import (
    agenda,
    autosave,
    board,
    chain,
    decisions,
    discussion,
    dossier,
    jury,
    letters,
    live_desk,
    live_phone,
    marking,
    method,
    opinions,
    picture,
    release,
    returns,
    review,
    seats,
    sittings,
    ties,
    trials,
    wave,
)
from scoring.pages.shell import Shell

INSTRUCTION = (board, dossier, opinions, decisions)
JURORS = (seats, trials, ties, marking, autosave, review, discussion)
STAFF = (sittings, jury, picture, agenda, wave, chain, release, letters, live_desk)
PUBLIC = (method, returns, live_phone)


def routes(shell: Shell) -> APIRouter:
    """Every route of the service."""
    router = APIRouter()
    for page in (*INSTRUCTION, *JURORS, *STAFF, *PUBLIC):
        router.include_router(page.routes(shell))
    return router
