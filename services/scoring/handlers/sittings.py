"""Staff open a sitting, await jurors, turn its phases; jurors take seats. Dossiers and grid freeze at the opening."""

import secrets
from dataclasses import replace
from uuid import UUID, uuid4

from kernel.runtime.database import Work
from scoring import store
from scoring.domain import sittings as rules
from scoring.domain.grids import Grid
from scoring.domain.rulings import NotYours, Officer, Refused, objection_to_reason
from scoring.domain.sittings import Juror, OpenSitting, Phase, Seat, Sitting
from scoring.handlers import quorum, readings
from scoring.store import marks as kept
from scoring.store import sittings as store_of
from scoring.store.sittings import Act

SEEDS = 2**31


class UnknownSitting(LookupError):
    """No sitting has this identifier."""


async def open_sitting(work: Work, wish: OpenSitting, grid: Grid) -> UUID:
    """Freeze the wave's dossiers and the grid; one sitting a committee and a wave. Raises `Refused`."""
    await store.claim_wave(work.session, wish.wave_id)
    if any(other.committee == wish.committee for other in await store_of.listed(work.session, wish.wave_id)):
        raise Refused("Ce comité a déjà une séance dans cette vague.")
    found = await store.in_instruction(work.session, wish.wave_id)
    sent = [(dossier.candidacy_id, dossier.submission) for dossier in found if dossier.submission]
    frozen = tuple(store_of.frozen_of(key, submission.number, submission.project) for key, submission in sent)
    rules.check_opening(wish, frozen)
    sitting = Sitting(
        id=uuid4(),
        wave_id=wish.wave_id,
        committee=wish.committee,
        grid=grid,
        phase=Phase.NOTATION,
        seed=secrets.randbelow(SEEDS),
        opened_at=work.at,
        opened_by=wish.by.name,
        marks_until=wish.marks_until,
        meets_on=wish.meets_on,
        dossiers=frozen,
    )
    await store_of.add(work.session, sitting, {key: submission.project for key, submission in sent})
    await store_of.note(work.session, sitting.id, Act(work.at, wish.by.name, "Séance ouverte", ""))
    await quorum.count(work, sitting)
    quorum.appoint(work, sitting)
    return sitting.id


async def turn_phase(work: Work, sitting_id: UUID, seen: str, by: Officer) -> Phase:
    """Turn a sitting to its next phase, once, for who saw the phase it is in. Raises `Refused`."""
    sitting = await locked(work, sitting_id)
    phase = rules.next_phase(sitting.phase, seen)
    await store_of.set_phase(work.session, sitting_id, phase)
    await store_of.note(work.session, sitting_id, Act(work.at, by.name, f"Phase : {rules.PHASES[phase]}", ""))
    turned = replace(sitting, phase=phase)
    await quorum.count(work, turned)
    await readings.tell(work, turned)
    return phase


async def expect_juror(work: Work, sitting_id: UUID, name: str, by: Officer) -> None:
    """Await somebody by the name that their invitation bears. Raises `Refused`."""
    sitting = await locked(work, sitting_id)
    if sitting.phase is Phase.CLOSE:
        raise Refused("Cette séance est close : elle n'attend plus personne.")
    await store_of.add_seat(work.session, _seat(sitting_id, name))
    await store_of.note(work.session, sitting_id, Act(work.at, by.name, f"Juré attendu : {name}", ""))


async def take_seat(work: Work, sitting_id: UUID, juror: Juror) -> Seat:
    """Give a juror the seat that awaits their name, or a new one; the same one at every call. Raises `Refused`."""
    sitting = await locked(work, sitting_id)
    if not juror.sits_in(sitting):
        raise NotYours("Cette séance n'est pas celle de votre comité.")
    if known := await store_of.seat_of(work.session, sitting_id, juror.key):
        return known
    if sitting.phase is Phase.CLOSE:
        raise Refused("Cette séance est close : les notes ne changent plus.")
    waiting = [s for s in await store_of.seats(work.session, sitting_id) if s.person is None and s.name == juror.name]
    awaited = waiting[0] if waiting else _seat(sitting_id, juror.name)
    seat = replace(awaited, person=juror.key, came_at=work.at)
    await (store_of.take(work.session, seat) if waiting else store_of.add_seat(work.session, seat))
    return seat


async def lift_recusal(work: Work, sitting_id: UUID, place: kept.Place, reason: str, by: Officer) -> None:
    """Let a juror mark a dossier after all, for a reason that stays in the minutes. Raises `Refused`."""
    sitting = await locked(work, sitting_id)
    if objection := objection_to_reason(reason):
        raise Refused(objection + ".")
    book = await kept.book(work.session, sitting)
    if not book.is_recused(place.seat_id, place.candidacy_id):
        raise Refused("Ce juré n'est pas récusé sur ce dossier.")
    await kept.lift_tie(work.session, place, work.at, by.name, reason.strip())
    number = sitting.dossier(place.candidacy_id).number
    await store_of.note(work.session, sitting_id, Act(work.at, by.name, f"Récusation levée sur {number}", reason))
    await quorum.count(work, sitting)
    await readings.tell(work, sitting, place.seat_id)


async def remind_now(work: Work, sitting_id: UUID, by: Officer) -> int:
    """Remind the jurors who are late without waiting for the day; says how many they are. Raises `Refused`."""
    sitting = await locked(work, sitting_id)
    reminded = quorum.remind(work, await kept.book(work.session, sitting))
    if not reminded:
        raise Refused("Personne n'est en retard : toutes les notes attendues sont rendues.")
    what = "Un juré relancé" if reminded == 1 else f"{reminded} jurés relancés"
    await store_of.note(work.session, sitting_id, Act(work.at, by.name, what, ""))
    return reminded


async def locked(work: Work, sitting_id: UUID) -> Sitting:
    """The sitting, held until the end of the transaction. Raises `UnknownSitting`."""
    sitting = await store_of.load(work.session, sitting_id, lock=True)
    if sitting is None:
        raise UnknownSitting(f"no sitting {sitting_id}: check the address")
    return sitting


def _seat(sitting_id: UUID, name: str) -> Seat:
    return Seat(uuid4(), sitting_id, None, name.strip(), secrets.randbelow(SEEDS))
