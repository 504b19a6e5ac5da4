"""The list of dossiers. What it shows is in its address, so that a view can be mailed."""

from collections.abc import Mapping
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import Response

from scoring import store
from scoring.domain import committees
from scoring.domain.states import State
from scoring.domain.words import OUTCOMES, STATES
from scoring.pages.shell import PREFIX, Reader, Shell

USUAL = frozenset({State.EN_INSTRUCTION, State.DECIDE})
"""What is shown to who asks for no state."""


def routes(shell: Shell) -> APIRouter:
    router = APIRouter()

    @router.get("/")
    async def board(request: Request, person: Reader) -> Response:
        asked = {name: value for name, value in request.query_params.items() if value}
        selection, wrong = select(asked, person.role)
        page = _page(asked)
        async with shell.database.reading() as session:
            dossiers, total = await store.board(session, selection, page)
            waves = await store.waves(session)
        return shell.render(
            "board.html",
            request,
            person=person,
            sealed=await shell.sealed(person),
            states=_listed_states(person.role),
            dossiers=dossiers,
            total=total,
            waves=waves,
            asked=asked,
            wrong=wrong,
            number=page,
            pages=-(-total // store.PAGE),
            address=_without_page(asked),
        )

    return router


def select(asked: Mapping[str, str], role: str) -> tuple[store.Selection, list[str]]:
    """What the address asks for, within what `role` may read, and the filters that mean nothing."""
    known: dict[str, tuple[str, ...]] = {
        "etat": tuple(State),
        "issue": tuple(OUTCOMES),
        "attend": committees.readable(role),
    }
    wrong = [name for name, codes in known.items() if name in asked and asked[name] not in codes]
    wave_id = _uuid(asked.get("vague", ""))
    if "vague" in asked and wave_id is None:
        wrong.append("vague")
    asked = {name: value for name, value in asked.items() if name not in wrong}
    states = frozenset({State(asked["etat"])}) if "etat" in asked else USUAL
    return store.Selection(
        states=states & committees.readable_states(role),
        outcome=asked.get("issue"),
        wave_id=wave_id,
        waiting_for=next((c for c in committees.COMMITTEES if c == asked.get("attend")), None),
    ), wrong


def _page(asked: Mapping[str, str]) -> int:
    """The number of the page, 1 where the address has none that can be read."""
    text = asked.get("page", "")
    return max(int(text), 1) if text.isdecimal() and len(text) < 7 else 1


def _listed_states(role: str) -> list[tuple[str, str]]:
    """What the filter offers; every row of the table knows at least one fact, so none is unknown."""
    readable = committees.readable_states(role) - {State.INCONNU}
    return [(state.value, STATES[state]) for state in State if state in readable]


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _without_page(asked: Mapping[str, str]) -> str:
    kept = urlencode([(name, value) for name, value in asked.items() if name != "page"])
    return f"{PREFIX}/?{kept}&page=" if kept else f"{PREFIX}/?page="
