"""A juror says what ties them, marks, gives their marks, and may give second ones after the discussion."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from kernel.runtime.database import Work
from scoring.domain import marks as rules
from scoring.domain import sittings
from scoring.domain.books import Book
from scoring.domain.marks import Mark
from scoring.domain.rulings import NotYours, Refused, objection_to_reason
from scoring.domain.sittings import Juror, Seat, Sitting, Tie
from scoring.handlers import quorum, readings
from scoring.handlers.sittings import UnknownSitting, locked
from scoring.store import marks as kept
from scoring.store import sittings as store_of
from scoring.store import trials
from scoring.store.marks import Place


@dataclass(frozen=True, slots=True)
class _Desk:
    """A juror's place before one dossier, held until the end of the transaction."""

    sitting: Sitting
    seat: Seat
    book: Book
    place: Place


async def declare(work: Work, sitting_id: UUID, candidacy_id: UUID, juror: Juror, said: tuple[Tie, str]) -> None:
    """Record what ties a juror to a dossier, before it opens to them. Raises `Refused`."""
    tie, note = said
    sitting = await locked(work, sitting_id)
    desk = await _desk(work, sitting_id, candidacy_id, juror)
    known = desk.book.ties.get((desk.seat.id, candidacy_id))
    if known and (known.tie, known.note) == (tie, note):
        return
    sittings.check_open(desk.sitting, known)
    if tie == "autre" and objection_to_reason(note):
        raise Refused("Dites en quelques mots quel est ce lien : l'équipe du Label le lira.")
    await kept.set_tie(work.session, desk.place, tie, note, work.at)
    await quorum.count(work, sitting)
    await readings.tell(work, sitting, desk.seat.id)


async def save_marks(work: Work, sitting_id: UUID, candidacy_id: UUID, juror: Juror, marks: Mapping[str, Mark]) -> None:
    """Keep marks that are not given yet, whatever they still lack. Raises `Refused`."""
    desk = await _open(work, sitting_id, candidacy_id, juror)
    first = desk.book.first(desk.seat.id, candidacy_id)
    rules.check_saving(desk.sitting.phase, first)
    _check_questions(desk.sitting, marks)
    changed = {code: mark for code, mark in marks.items() if first.marks.get(code) != mark}
    await kept.save(work.session, desk.place, 1, changed, work.at)


async def give(work: Work, sitting_id: UUID, candidacies: Iterable[UUID], juror: Juror) -> int:
    """Give the first marks of some dossiers for good; says how many were new. Raises `Refused`, and then gives none."""
    new, sitting = 0, await locked(work, sitting_id)
    for candidacy_id in candidacies:
        desk = await _open(work, sitting_id, candidacy_id, juror)
        first = desk.book.first(desk.seat.id, candidacy_id)
        if first.at is None:
            rules.check_saving(desk.sitting.phase, first)
            rules.check_giving(desk.sitting.grid, first)
            await kept.give(work.session, desk.place, 1, work.at)
            new += 1
    if new:
        await quorum.count(work, sitting)
    return new


async def give_second(
    work: Work, sitting_id: UUID, candidacy_id: UUID, juror: Juror, marks: Mapping[str, Mark]
) -> None:
    """Give marks that differ after the discussion; the first ones stay. Raises `Refused`."""
    desk = await _open(work, sitting_id, candidacy_id, juror)
    first = desk.book.first(desk.seat.id, candidacy_id)
    rules.check_second(desk.sitting.phase, first)
    _check_questions(desk.sitting, marks)
    if any(rules.objection_to_change(first.marks[code], mark) for code, mark in marks.items()):
        raise Refused("Une seconde note manque, ou attend sa justification.")
    await kept.save(work.session, desk.place, 2, marks, work.at)
    await kept.give(work.session, desk.place, 2, work.at)


async def try_scale(work: Work, sitting_id: UUID, juror: Juror, dossier: str, answers: Mapping[str, int]) -> None:
    """Keep what a juror answered about an anchor dossier; the first answers stay. Raises `NotYours`."""
    seat = await store_of.seat_of(work.session, sitting_id, juror.key, lock=True)
    if seat is None:
        raise NotYours("Prenez d'abord place dans cette séance.")
    await trials.add(work.session, seat.id, dossier, answers, work.at)


def _check_questions(sitting: Sitting, marks: Mapping[str, Mark]) -> None:
    if unknown := set(marks) - set(sitting.grid.codes):
        raise Refused(f"Cette grille n'a pas de question « {min(unknown)} » : rechargez la page.")


async def _open(work: Work, sitting_id: UUID, candidacy_id: UUID, juror: Juror) -> _Desk:
    """The place of a juror who declared no tie to a dossier that is still there."""
    desk = await _desk(work, sitting_id, candidacy_id, juror)
    declared = desk.book.ties.get((desk.seat.id, candidacy_id))
    if declared is None:
        raise NotYours("Dites d'abord si un lien vous rattache à ce dossier.")
    sittings.check_open(desk.sitting, declared)
    return desk


async def _desk(work: Work, sitting_id: UUID, candidacy_id: UUID, juror: Juror) -> _Desk:
    """Raises `UnknownSitting`, `NotYours`, `Refused`."""
    sitting = await store_of.load(work.session, sitting_id, hold=True)
    if sitting is None:
        raise UnknownSitting(f"no sitting {sitting_id}: check the address")
    sitting.dossier(candidacy_id)
    seat = await store_of.seat_of(work.session, sitting_id, juror.key, lock=True)
    if seat is None or not juror.sits_in(sitting):
        raise NotYours("Prenez d'abord place dans cette séance.")
    book = await kept.book(work.session, sitting, seat.id)
    if candidacy_id in book.gone:
        raise Refused("Ce dossier n'est plus en instruction : ses notes ne changent plus.")
    return _Desk(sitting, seat, book, Place(seat.id, candidacy_id))
