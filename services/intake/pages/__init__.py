"""What people see of intake: parse, call a handler, render or redirect."""

from fastapi import APIRouter

from intake.pages import apply, desk, door, legal, receipt, waves, welcome
from intake.pages.shell import Shell


def routes(shell: Shell) -> APIRouter:
    """Every page of intake."""
    router = APIRouter()
    for room in (welcome, apply, receipt, desk, waves, door, legal):
        router.include_router(room.routes(shell))
    return router
