"""Calls passed on to a porteur, in whatever order they are heard, and what the porteur answers."""

from datetime import date, timedelta
from itertools import permutations
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from intake.domain.funding import Funding, hear
from intake.domain.refusals import Refused
from intake.domain.tasks import tasks
from intake.handlers import funding
from intake.store import funding as store
from intake.store.tasks import facts
from intake.subscribers import declare
from kernel.contracts.funding_watch import CallClosed, CallDeadlineMoved
from kernel.contracts.registry import BY_SUBJECT
from kernel.contracts.triage import CallDecoded, Decoding, MatchAnswered, MatchForwarded, MatchRecalled, MatchReminded
from kernel.runtime.database import Database
from tests.databases import database_of
from tests.intake_story import NOW


def example(event: type[Any], **changes: object) -> Any:
    found = BY_SUBJECT[event.subject()].example.read_text(encoding="utf-8")
    return event.model_validate_json(found).model_copy(update=changes)


FORWARDED = example(MatchForwarded, turn=1, at=NOW - timedelta(hours=1))
BLANK = Decoding(**dict.fromkeys(Decoding.model_fields, ""))
MATCH, DOSSIER = FORWARDED.match_id, FORWARDED.candidacy_id


database = database_of("intake", NOW)


async def known(database: Database) -> Funding:
    async with database.reading() as session:
        (found,) = await store.of_dossier(session, DOSSIER)
    return found


def test_the_order_of_arrival_changes_nothing() -> None:
    events = [
        FORWARDED,
        example(MatchRecalled, turn=2),
        example(MatchForwarded, turn=3),
        example(MatchAnswered, turn=4, answer="depose", amount=None),
    ]
    found = set()
    for order in permutations(events * 2, len(events) * 2 - 3):
        if {event.turn for event in order} == {1, 2, 3, 4}:
            one = Funding(MATCH, DOSSIER)
            for event in order:
                one = hear(one, event)
            found.add((one.state, one.turn, one.track_turn, one.track.words if one.track else ""))
    assert len(found) == 1
    assert next(iter(found))[:2] == ("depose", 4)


async def test_a_call_that_was_called_back_is_shown_no_more(database: Database) -> None:
    for event in (example(MatchRecalled, turn=2), FORWARDED):
        async with database.work() as work:
            await funding.hear(work, event)
    one = await known(database)
    assert one.track is not None and not one.is_shown
    with pytest.raises(LookupError):
        async with database.work() as work:
            await funding.answer(work, DOSSIER, MATCH, "depose", amount=None, words="", by="Ville")


async def test_an_answer_is_told_once_and_the_team_has_the_last_word(database: Database) -> None:
    async with database.work() as work:
        await funding.hear(work, FORWARDED)
    for _ in range(2):
        async with database.work() as work:
            await funding.answer(work, DOSSIER, MATCH, "obtenu", amount=90_000, words="", by="Ville")
    async with database.engine.connect() as connection:
        query = text("SELECT count(*) FROM outbox WHERE subject LIKE 'intake.funding.answered%'")
        assert (await connection.execute(query)).scalar_one() == 1
    assert (await known(database)).stands == "obtenu"
    with pytest.raises(Refused):
        async with database.work() as work:
            await funding.answer(work, DOSSIER, MATCH, "depose", amount=None, words="", by="Ville")

    later = example(MatchAnswered, turn=5, answer="refuse", at=NOW + timedelta(hours=1))
    async with database.work() as work:
        await funding.hear(work, later)
    assert (await known(database)).stands == "refuse"


async def test_a_stranger_to_the_match_answers_nothing(database: Database) -> None:
    async with database.work() as work:
        await funding.hear(work, FORWARDED)
    with pytest.raises(LookupError):
        async with database.work() as work:
            await funding.answer(work, uuid4(), MATCH, "depose", amount=None, words="", by="Autre")


async def test_a_call_that_was_passed_on_is_shown_as_it_is_now(database: Database) -> None:
    call = FORWARDED.track.call
    moved = call.model_copy(update={"closes_on": date(2027, 1, 31)})
    later = example(CallDeadlineMoved, call_key=call.key, call=moved, at=NOW)
    older = example(CallDeadlineMoved, call_key=call.key, call=call, at=NOW - timedelta(minutes=5))
    other = example(CallClosed, call_key="autre:1", at=NOW)
    async with database.work() as work:
        await funding.hear(work, FORWARDED)
    for events in ([later, other], [older]):
        async with database.work() as work:
            await funding.hear_of_calls(work, events)
    one = await known(database)
    assert one.track is not None and one.track.call.closes_on == date(2027, 1, 31) and not one.closed
    async with database.work() as work:
        await funding.hear(work, example(MatchForwarded, turn=2, at=NOW - timedelta(minutes=2)))
        await funding.hear_of_calls(work, [example(CallClosed, call_key=call.key, call=moved, at=NOW + timedelta(1))])
    one = await known(database)
    assert one.track is not None and one.track.call.closes_on == date(2027, 1, 31) and one.closed


async def test_the_last_edition_in_plain_words_is_kept(database: Database) -> None:
    newest = example(CallDecoded, edition=3)
    for event in (
        newest,
        example(CallDecoded, edition=2, decoding=BLANK),
    ):
        async with database.work() as work:
            await funding.hear_decoding(work, event)
    async with database.reading() as session:
        found = await store.decodings(session, [newest.call_key])
    assert found[newest.call_key] == newest.decoding


async def test_a_call_to_look_at_is_a_task_until_it_waits_no_more(database: Database) -> None:
    reminded = example(MatchReminded, turn=3)
    over = example(MatchReminded, turn=4, due_on=None)

    async def heard(*events: MatchReminded) -> list[str]:
        for event in events:
            async with database.work() as work:
                await funding.hear_reminder(work, event)
        async with database.reading() as session:
            return [one.what for one in tasks(await facts(session, NOW), NOW) if one.kind == "financement"]

    (what,) = await heard(reminded)
    assert "confié à Mission climat" in what and "Réseau de chaleur de la cité" in what
    assert await heard(over, reminded) == []


def test_intake_hears_all_that_it_promised() -> None:
    assert declare().missing() == set()
    assert isinstance(MATCH, UUID)
