"""Sittings on real databases: what is frozen stays, what is given stays, and two devices take turns."""

import asyncio
from uuid import UUID

import pytest

from kernel.runtime.database import Database
from scoring import handlers
from scoring.domain import grids
from scoring.domain.books import Book
from scoring.domain.marks import Mark
from scoring.domain.rulings import NotYours, Refused
from scoring.domain.sittings import Phase
from scoring.store import marks as kept
from scoring.store import sittings as store_of
from tests.databases import database_of
from tests.scoring_story import STAFF, START, WAVE, moment, someone, submitted, withdrawn
from tests.sitting_story import EXPERTS, PARTNERS, WHY, dossiers, label, marked, marks_at, opened, seated, turned, wish

ONE, TWO = PARTNERS[:2]


database = database_of("scoring", START)


async def do(database: Database, handler: object, *words: object) -> object:
    async with database.work() as work:
        return await handler(work, *words)  # type: ignore[operator] # one of the handlers


async def read(database: Database, sitting_id: UUID) -> Book:
    async with database.reading() as session:
        sitting = await store_of.load(session, sitting_id)
        assert sitting is not None
        return await kept.book(session, sitting)


async def test_a_sitting_freezes_its_dossiers_and_its_grid(database: Database) -> None:
    (candidacy_id,) = await dossiers(database, 1)
    sitting_id = await opened(database)
    before = (await read(database, sitting_id)).sitting

    again = submitted(candidacy_id, "Un autre titre").model_copy(update={"submitted_at": moment(1)})
    await do(database, handlers.receive_dossier, again)
    after = (await read(database, sitting_id)).sitting

    assert after == before
    assert after.dossiers[0].title == "Projet 1"
    assert after.grid == grids.of_label(label(), "technique")


async def test_a_committee_sits_once_in_a_wave_whoever_asks_at_once(database: Database) -> None:
    await dossiers(database, 1)
    grid = grids.of_label(label(), "technique")

    answers = await asyncio.gather(
        *(do(database, handlers.open_sitting, wish(), grid) for _ in range(2)), return_exceptions=True
    )

    assert sorted(type(answer).__name__ for answer in answers) == ["Refused", "UUID"]


async def test_a_sitting_about_nothing_is_not_opened(database: Database) -> None:
    await dossiers(database, 0)

    with pytest.raises(Refused, match="Aucun dossier"):
        await opened(database)


async def test_a_seat_awaits_a_name_and_is_taken_once(database: Database) -> None:
    await dossiers(database, 1)
    sitting_id = await opened(database)
    await do(database, handlers.expect_juror, sitting_id, ONE.name, STAFF)

    first, again = await seated(database, sitting_id, ONE), await seated(database, sitting_id, ONE)
    other = await seated(database, sitting_id, TWO)

    seats = (await read(database, sitting_id)).seats
    assert first == again
    assert {seat.person for seat in seats} == {ONE.key, TWO.key}
    assert other.seed != first.seed


async def test_the_same_juror_on_two_devices_has_one_seat(database: Database) -> None:
    await dossiers(database, 1)
    sitting_id = await opened(database)

    await asyncio.gather(*(seated(database, sitting_id, ONE) for _ in range(3)))

    assert len((await read(database, sitting_id)).seats) == 1


async def test_a_committee_is_for_its_own(database: Database) -> None:
    (candidacy_id,) = await dossiers(database, 1)
    sitting_id = await opened(database, "expertise")

    with pytest.raises(NotYours):
        await seated(database, sitting_id, ONE)
    with pytest.raises(NotYours):
        await do(database, handlers.declare, sitting_id, candidacy_id, ONE, ("aucun", ""))
    with pytest.raises(handlers.UnknownSitting):
        await seated(database, someone(), ONE)


async def test_nothing_is_marked_before_the_say_on_ties(database: Database) -> None:
    (candidacy_id,) = await dossiers(database, 1)
    sitting_id = await opened(database)
    await seated(database, sitting_id, ONE)

    with pytest.raises(NotYours, match="lien"):
        await do(database, handlers.save_marks, sitting_id, candidacy_id, ONE, {"emploi": Mark(2)})


async def test_a_tied_juror_marks_nothing_more_and_staff_undo_it_with_a_reason(database: Database) -> None:
    (candidacy_id,) = await dossiers(database, 1)
    sitting_id = await opened(database)
    await marked(database, sitting_id, candidacy_id, ONE)
    seat = await seated(database, sitting_id, ONE)
    place = kept.Place(seat.id, candidacy_id)

    await do(database, handlers.declare, sitting_id, candidacy_id, ONE, ("membre", ""))
    recused = await read(database, sitting_id)
    for said in (("aucun", ""), ("partenaire", "")):
        with pytest.raises(NotYours):
            await do(database, handlers.declare, sitting_id, candidacy_id, ONE, said)
    with pytest.raises(NotYours):
        await do(database, handlers.save_marks, sitting_id, candidacy_id, ONE, {})
    with pytest.raises(Refused, match="motif"):
        await do(database, handlers.lift_recusal, sitting_id, place, "court", STAFF)
    await do(database, handlers.lift_recusal, sitting_id, place, "Le lien déclaré concernait un autre projet.", STAFF)

    assert recused.heard(candidacy_id) == 0
    assert (await read(database, sitting_id)).heard(candidacy_id) == 1
    async with database.reading() as session:
        assert "levée" in (await store_of.acts(session, sitting_id))[-1].what


async def test_marks_are_kept_as_they_come_and_given_for_good(database: Database) -> None:
    (candidacy_id,) = await dossiers(database, 1)
    sitting_id = await opened(database)
    seat = await seated(database, sitting_id, ONE)
    about = (sitting_id, candidacy_id, ONE)
    await do(database, handlers.declare, *about, ("aucun", ""))
    await do(database, handlers.save_marks, *about, {"emploi": Mark(4), "ressources": Mark(2)})
    await do(database, handlers.save_marks, *about, {"ressources": Mark(3)})
    with pytest.raises(Refused, match="Il manque"):
        await do(database, handlers.give, sitting_id, [candidacy_id], ONE)

    draft = await read(database, sitting_id)
    whole = marks_at(draft.sitting.grid, (2, None, 4))
    await do(database, handlers.save_marks, *about, whole)
    given = [await do(database, handlers.give, sitting_id, [candidacy_id], ONE) for _ in range(2)]
    with pytest.raises(Refused, match="rendues"):
        await do(database, handlers.save_marks, *about, {"emploi": Mark(1)})

    assert draft.first(seat.id, candidacy_id).marks == {"emploi": Mark(4), "ressources": Mark(3)}
    assert draft.heard(candidacy_id) == 0
    assert given == [1, 0]
    assert (await read(database, sitting_id)).first(seat.id, candidacy_id).marks == whole


async def test_a_mark_that_crosses_the_giving_is_in_or_refused(database: Database) -> None:
    (candidacy_id,) = await dossiers(database, 1)
    sitting_id = await opened(database)
    seat = await seated(database, sitting_id, ONE)
    about = (sitting_id, candidacy_id, ONE)
    await do(database, handlers.declare, *about, ("aucun", ""))
    grid = (await read(database, sitting_id)).sitting.grid
    await do(database, handlers.save_marks, *about, marks_at(grid, (2,)))

    given, saved = await asyncio.gather(
        do(database, handlers.give, sitting_id, [candidacy_id], ONE),
        do(database, handlers.save_marks, *about, {"emploi": Mark(3)}),
        return_exceptions=True,
    )

    first = (await read(database, sitting_id)).first(seat.id, candidacy_id)
    assert given == 1
    assert first.at is not None
    assert first.marks["emploi"] == Mark(2 if isinstance(saved, Refused) else 3)


async def test_an_unknown_question_is_refused(database: Database) -> None:
    (candidacy_id,) = await dossiers(database, 1)
    sitting_id = await opened(database)
    await seated(database, sitting_id, ONE)
    await do(database, handlers.declare, sitting_id, candidacy_id, ONE, ("aucun", ""))

    with pytest.raises(Refused, match="comprendre"):
        await do(database, handlers.save_marks, sitting_id, candidacy_id, ONE, {"comprendre": Mark(2)})


async def test_second_marks_stand_beside_the_first(database: Database) -> None:
    (candidacy_id,) = await dossiers(database, 1)
    sitting_id = await opened(database)
    await marked(database, sitting_id, candidacy_id, ONE, (2,))
    seat = await seated(database, sitting_id, ONE)
    about = (sitting_id, candidacy_id, ONE)
    same = marks_at((await read(database, sitting_id)).sitting.grid, (2,))
    with pytest.raises(Refused, match="pendant la discussion"):
        await do(database, handlers.give_second, *about, same)

    await turned(database, sitting_id)
    with pytest.raises(Refused, match="justification"):
        await do(database, handlers.give_second, *about, {**same, "emploi": Mark(4)})
    await do(database, handlers.give_second, *about, {**same, "emploi": Mark(4, True, WHY)})

    book = await read(database, sitting_id)
    assert book.first(seat.id, candidacy_id).marks["emploi"] == Mark(2)
    assert book.second(seat.id, candidacy_id).marks["emploi"] == Mark(4, True, WHY)
    assert book.sheet().of(str(candidacy_id))[str(seat.id)]["emploi"] == 4


async def test_second_marks_wait_for_the_first(database: Database) -> None:
    (candidacy_id,) = await dossiers(database, 1)
    sitting_id = await opened(database)
    await seated(database, sitting_id, ONE)
    await do(database, handlers.declare, sitting_id, candidacy_id, ONE, ("aucun", ""))
    await turned(database, sitting_id)

    with pytest.raises(Refused, match="propres notes"):
        await do(database, handlers.give_second, sitting_id, candidacy_id, ONE, {})


async def test_two_officers_turn_a_phase_once(database: Database) -> None:
    await dossiers(database, 1)
    sitting_id = await opened(database)

    answers = await asyncio.gather(*(turned(database, sitting_id) for _ in range(2)), return_exceptions=True)

    assert sorted(type(answer).__name__ for answer in answers) == ["NoneType", "Refused"]
    assert (await read(database, sitting_id)).sitting.phase is Phase.DISCUSSION


async def test_a_closed_sitting_changes_no_more(database: Database) -> None:
    (candidacy_id,) = await dossiers(database, 1)
    sitting_id = await opened(database)
    await marked(database, sitting_id, candidacy_id, ONE)
    await turned(database, sitting_id)
    await turned(database, sitting_id, "discussion")

    for handler, words in (
        (handlers.take_seat, (sitting_id, TWO)),
        (handlers.expect_juror, (sitting_id, "Région", STAFF)),
        (handlers.declare, (sitting_id, candidacy_id, ONE, ("membre", ""))),
        (handlers.save_marks, (sitting_id, candidacy_id, ONE, {"emploi": Mark(1)})),
        (handlers.give_second, (sitting_id, candidacy_id, ONE, {})),
        (handlers.turn_phase, (sitting_id, "close", STAFF)),
    ):
        with pytest.raises(Refused):
            await do(database, handler, *words)


async def test_a_dossier_that_is_withdrawn_takes_no_marks_and_leaves_the_sheet(database: Database) -> None:
    gone, left = await dossiers(database, 2)
    sitting_id = await opened(database)
    for candidacy_id in (gone, left):
        await marked(database, sitting_id, candidacy_id, ONE)

    await do(database, handlers.withdraw, withdrawn(gone))

    assert set((await read(database, sitting_id)).sheet().marks) == {str(left)}
    with pytest.raises(Refused, match="instruction"):
        await do(database, handlers.save_marks, sitting_id, gone, ONE, {"emploi": Mark(1)})


async def test_a_juror_knows_the_sittings_of_their_committee_and_their_own_marks_alone(database: Database) -> None:
    (candidacy_id,) = await dossiers(database, 1)
    technique, expertise = await opened(database), await opened(database, "expertise")
    for juror in (ONE, TWO):
        await marked(database, technique, candidacy_id, juror)
    await marked(database, expertise, candidacy_id, EXPERTS[0])

    async with database.reading() as session:
        ((book, seat),) = await kept.books_of(session, ONE)
        ((other, none),) = await kept.books_of(session, EXPERTS[1])

    assert book.sitting.id == technique
    assert seat is not None
    assert {key[0] for key in book.given} == {seat.id}
    assert (other.sitting.id, none, dict(other.given), other.seats) == (expertise, None, {}, ())


async def test_the_wave_must_be_known(database: Database) -> None:
    with pytest.raises(Refused, match="Aucun dossier"):
        await opened(database)
    async with database.reading() as session:
        assert await store_of.listed(session, WAVE) == []
