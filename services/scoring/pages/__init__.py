"""The staff's and the jurors' pages: parse, call, show. Links carry the prefix under which people see them."""

from fastapi import APIRouter

from scoring.pages import (
    agenda,
    autosave,
    board,
    decisions,
    discussion,
    dossier,
    jury,
    marking,
    opinions,
    picture,
    review,
    seats,
    sittings,
    ties,
    wave,
)
from scoring.pages.shell import Shell

INSTRUCTION = (board, dossier, opinions, decisions)
JURORS = (seats, ties, marking, autosave, review, discussion)
STAFF = (sittings, jury, picture, agenda, wave)


def routes(shell: Shell) -> APIRouter:
    """Every route of the service."""
    router = APIRouter()
    for page in (*INSTRUCTION, *JURORS, *STAFF):
        router.include_router(page.routes(shell))
    return router
