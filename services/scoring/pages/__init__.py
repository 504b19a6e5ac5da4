"""The staff's and the jurors' pages: parse, call, show. Links carry the prefix under which people see them."""

from fastapi import APIRouter

from scoring.pages import board, decisions, dossier, opinions
from scoring.pages.shell import Shell


def routes(shell: Shell) -> APIRouter:
    """Every route of the service."""
    router = APIRouter()
    for page in (board, dossier, opinions, decisions):
        router.include_router(page.routes(shell))
    return router
