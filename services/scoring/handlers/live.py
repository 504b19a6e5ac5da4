"""Staff open a live session and lead it; phones answer; paper ballots are typed in where the network failed."""

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID, uuid4

from kernel.runtime.database import Work
from scoring.domain import live as rules
from scoring.domain.live import Answer, Live
from scoring.domain.marks import Mark
from scoring.domain.rulings import Officer, Refused
from scoring.domain.sittings import Phase, Seat
from scoring.handlers.sittings import SEEDS, UnknownSitting, locked
from scoring.store import live as kept
from scoring.store import sittings as store_of
from scoring.store.marks import Place
from scoring.store.sittings import Act


async def open_live(work: Work, sitting_id: UUID, by: Officer) -> Live:
    """Give a sitting of students its code; the same one at every call. Raises `Refused`, `UnknownSitting`."""
    sitting = await locked(work, sitting_id)
    if known := await kept.of_sitting(work.session, sitting_id):
        return known
    if sitting.committee != "lyceen":
        raise Refused("Seul le comité lycéen répond en direct : les autres jurés ont leur page.")
    if sitting.phase is Phase.CLOSE:
        raise Refused("Cette séance est close : elle ne prend plus de réponses.")
    live = Live(sitting_id, await _free_code(work))
    await kept.save(work.session, live)
    await store_of.note(work.session, sitting_id, Act(work.at, by.name, "Session en direct ouverte", ""))
    return live


async def _free_code(work: Work) -> str:
    while True:
        code = rules.code_of(secrets.randbelow(len(rules.LETTERS)) for _ in range(rules.CODE_LENGTH))
        if await kept.by_code(work.session, code) is None:
            return code


async def lead(work: Work, sitting_id: UUID, turn: Callable[[Live], Live]) -> None:
    """Present a project, reveal its results, or end the session. Raises `Refused`, `UnknownSitting`."""
    live = await kept.of_sitting(work.session, sitting_id, lock=True)
    if live is None:
        raise UnknownSitting(f"no live session in sitting {sitting_id}: open one first")
    await kept.save(work.session, turn(live))


async def answer(work: Work, said: Answer) -> None:
    """Keep what a device says of a project, in the place of what it said before. Raises `Refused`, `UnknownSitting`."""
    live = await kept.by_code(work.session, said.code, hold=True)
    if live is None:
        raise UnknownSitting(f"no live session {said.code!r}: check the code on the screen")
    if await kept.phase(work.session, live.sitting_id) is Phase.CLOSE:
        raise Refused("Cette session est terminée : elle ne prend plus de réponses.")
    rules.check_answer(live, said.candidacy_id, already_given=False)
    seat = await _seat(work, live.sitting_id, rules.person_of(said.voice))
    if live.revealed:
        given = await kept.is_given(work.session, seat.id, said.candidacy_id)
        rules.check_answer(live, said.candidacy_id, already_given=given)
    await _give(work, seat, said.candidacy_id, said.marks)


@dataclass(frozen=True, slots=True)
class Ballots:
    """Paper ballots on one project; `batch` names the form by which they were typed in."""

    sitting_id: UUID
    candidacy_id: UUID
    batch: str
    marks: Sequence[Mapping[str, Mark]]


async def type_in(work: Work, ballots: Ballots, by: Officer) -> None:
    """Keep paper ballots; the same `batch` again replaces itself. Raises `Refused`, `UnknownSitting`."""
    sitting = await locked(work, ballots.sitting_id)
    frozen = sitting.dossier(ballots.candidacy_id)
    if sitting.committee != "lyceen" or sitting.phase is Phase.CLOSE:
        raise Refused("Cette séance ne prend pas de bulletins : elle est close, ou n'est pas celle des lycéens.")
    for number, marks in enumerate(ballots.marks, 1):
        person = rules.person_of(f"papier:{ballots.batch}:{frozen.candidacy_id}:{number}")
        await _give(work, await _seat(work, sitting.id, person), frozen.candidacy_id, marks)
    what = f"{len(ballots.marks)} bulletins papier saisis sur {frozen.number}"
    await store_of.note(work.session, sitting.id, Act(work.at, by.name, what, ""))


async def _seat(work: Work, sitting_id: UUID, person: str) -> Seat:
    new = Seat(uuid4(), sitting_id, person, rules.VOICE, secrets.randbelow(SEEDS), work.at)
    return await kept.seat_once(work.session, new)


async def _give(work: Work, seat: Seat, candidacy_id: UUID, marks: Mapping[str, Mark]) -> None:
    await kept.give(work.session, Place(seat.id, candidacy_id), marks, work.at)
