"""Staff open a live session and lead it; phones answer; paper ballots are typed in where the network failed."""

import secrets
from collections.abc import Callable, Collection, Mapping, Sequence
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
    (objection,) = await answer_all(work, [said])
    if objection:
        raise objection


Objection = Refused | UnknownSitting


async def answer_all(work: Work, said: Sequence[Answer]) -> list[Objection | None]:
    """Keep the answers that many devices gave at the same moment; says for each why it may not count, None when kept.

    The same few statements whatever their number. Of two answers of one device on one project the last counts.
    """
    rooms = {code: await _room(work, code) for code in {one.code for one in said}}
    first = [_objection(rooms[one.code], one) for one in said]
    heard = {
        (live.sitting_id, rules.person_of(one.voice), one.candidacy_id): one.marks
        for one, objection in zip(said, first, strict=True)
        if objection is None and (live := rooms[one.code])
    }
    seats = await kept.seats_once(work.session, [_new_seat(work, *key[:2]) for key in heard])
    places = {key: Place(seats[key[:2]].id, key[2]) for key in heard}
    shown = {(live.sitting_id, live.current) for live in rooms.values() if live and live.revealed}
    late = {key for key in heard if (key[0], key[2]) in shown}
    settled = {key for key in late if await kept.is_given(work.session, places[key])}
    await kept.give_all(work.session, {places[key]: heard[key] for key in heard if key not in settled}, work.at)
    return [objection or _settled(rooms[one.code], one, settled) for one, objection in zip(said, first, strict=True)]


async def _room(work: Work, code: str) -> Live | None:
    """The session of a code, closed with its sitting."""
    live = await kept.by_code(work.session, code, hold=True)
    if live and await kept.phase(work.session, live.sitting_id) is Phase.CLOSE:
        return rules.end(live)
    return live


def _objection(live: Live | None, said: Answer) -> Objection | None:
    if live is None:
        return UnknownSitting(f"no live session {said.code!r}: check the code on the screen")
    try:
        rules.check_answer(live, said.candidacy_id, already_given=False)
    except Refused as refused:
        return refused
    return None


def _settled(live: Live | None, said: Answer, settled: Collection[tuple[UUID, str, UUID]]) -> Refused | None:
    if live and (live.sitting_id, rules.person_of(said.voice), said.candidacy_id) in settled:
        return Refused("Les résultats de ce projet sont montrés : votre réponse ne change plus.")
    return None


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
    persons = [rules.person_of(f"papier:{ballots.batch}:{frozen.candidacy_id}:{n}") for n in range(len(ballots.marks))]
    seats = await kept.seats_once(work.session, [_new_seat(work, sitting.id, person) for person in persons])
    given = {
        Place(seats[sitting.id, person].id, frozen.candidacy_id): marks
        for person, marks in zip(persons, ballots.marks, strict=True)
    }
    await kept.give_all(work.session, given, work.at)
    what = f"{len(ballots.marks)} bulletins papier saisis sur {frozen.number}"
    await store_of.note(work.session, sitting.id, Act(work.at, by.name, what, ""))


def _new_seat(work: Work, sitting_id: UUID, person: str) -> Seat:
    return Seat(uuid4(), sitting_id, person, rules.VOICE, secrets.randbelow(SEEDS), work.at)
