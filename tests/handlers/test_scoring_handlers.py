"""The story of scoring on real databases: state and event are one commit, and nothing happens twice."""

import asyncio
import json
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError

from kernel.contracts.scoring import DecisionTaken, OpinionRecorded
from kernel.runtime.database import Database
from scoring import handlers, store, subscribers
from scoring.domain.dossier import Dossier
from scoring.domain.rulings import AlreadyDecided, Officer, Refused
from scoring.domain.states import State
from scoring.handlers import UnknownDossier
from tests.databases import database_of
from tests.scoring_story import (
    COMMITTEES,
    START,
    WAVE,
    decision,
    opinion,
    preselected,
    settle,
    someone,
    submitted,
    wave_opened,
    withdrawn,
)

database = database_of("scoring", START)


async def do(database: Database, handler: object, command: object) -> None:
    async with database.work() as work:
        await handler(work, command)  # type: ignore[operator] # one of the handlers


async def outbox(database: Database) -> list[tuple[str, dict[str, object]]]:
    async with database.engine.connect() as connection:
        rows = (await connection.execute(text("SELECT subject, body FROM outbox ORDER BY id"))).all()
    return [(subject, json.loads(body)) for subject, body in rows]


async def read(database: Database, candidacy_id: UUID) -> Dossier:
    async with database.reading() as session:
        dossier = await store.load(session, candidacy_id)
    assert dossier is not None
    return dossier


async def instructed(database: Database, *, opinions: bool = False) -> UUID:
    candidacy_id = someone()
    await do(database, handlers.receive_dossier, submitted(candidacy_id))
    await do(database, handlers.open_instruction, preselected(candidacy_id))
    for committee in COMMITTEES if opinions else ():
        await do(database, handlers.record_opinion, opinion(candidacy_id, committee))
    return candidacy_id


async def test_an_opinion_its_event_and_its_line_are_one_commit(database: Database) -> None:
    candidacy_id = await instructed(database)

    await do(database, handlers.record_opinion, opinion(candidacy_id, "technique"))

    (told,) = await outbox(database)
    assert told[0] == OpinionRecorded.subject()
    assert told[1]["candidacy_id"] == str(candidacy_id)
    async with database.reading() as session:
        assert [entry.act for entry in await store.journal(session, candidacy_id)] == ["avis"]


async def test_a_failure_before_the_commit_leaves_nothing(database: Database) -> None:
    candidacy_id = await instructed(database)

    with pytest.raises(ZeroDivisionError):
        async with database.work() as work:
            await handlers.record_opinion(work, opinion(candidacy_id, "technique"))
            raise ZeroDivisionError

    assert (await read(database, candidacy_id)).opinions == ()
    assert await outbox(database) == []


async def test_two_officers_make_one_decision_and_one_event(database: Database) -> None:
    candidacy_id = await instructed(database, opinions=True)
    officers = [Officer("Équipe du Label", "staff"), Officer("Direction du Pôle", "staff")]

    answers = await asyncio.gather(
        *(do(database, settle, decision(candidacy_id, by)) for by in officers), return_exceptions=True
    )

    dossier = await read(database, candidacy_id)
    assert dossier.state is State.DECIDE
    assert sorted(type(answer).__name__ for answer in answers) == ["AlreadyDecided", "NoneType"]
    (refused,) = [answer for answer in answers if isinstance(answer, AlreadyDecided)]
    assert refused.decision == dossier.decision
    assert [subject for subject, _ in await outbox(database)].count(DecisionTaken.subject()) == 1


async def test_a_correction_stands_beside_what_it_corrects(database: Database) -> None:
    candidacy_id = await instructed(database)
    await do(database, handlers.record_opinion, opinion(candidacy_id, "lyceen"))

    wish = opinion(candidacy_id, "lyceen", reason="La salle a voté une seconde fois.")
    await do(database, handlers.record_opinion, wish)

    dossier = await read(database, candidacy_id)
    assert [o.reason for o in dossier.replaced_opinions("lyceen")] != [wish.reason]
    assert dossier.opinion_of("lyceen") == dossier.opinions[1]
    async with database.reading() as session:
        acts = [entry.act for entry in await store.journal(session, candidacy_id)]
    assert acts == ["avis", "correction"]
    assert len(await outbox(database)) == 2


async def test_a_withdrawn_dossier_takes_nothing_more(database: Database) -> None:
    candidacy_id = await instructed(database, opinions=True)
    await do(database, handlers.withdraw, withdrawn(candidacy_id))

    for handler, command in (
        (handlers.record_opinion, opinion(candidacy_id, "technique", reason="Un autre avis, plus nuancé.")),
        (settle, decision(candidacy_id)),
    ):
        with pytest.raises(Refused, match="retiré"):
            await do(database, handler, command)

    assert len(await outbox(database)) == 3


async def test_an_unknown_dossier_is_said_to_be(database: Database) -> None:
    with pytest.raises(UnknownDossier):
        await do(database, settle, decision(someone()))


async def test_the_list_answers_its_filters(database: Database) -> None:
    waiting, decided = await instructed(database), await instructed(database, opinions=True)
    await do(database, handlers.open_wave, wave_opened())
    await do(database, settle, decision(decided))
    both = frozenset({State.EN_INSTRUCTION, State.DECIDE})

    asked = {
        "all": store.Selection(both),
        "labelled": store.Selection(both, outcome="labellise"),
        "nominated": store.Selection(both, outcome="nomine"),
        "wave": store.Selection(both, wave_id=WAVE),
        "other wave": store.Selection(both, wave_id=someone()),
        "without the experts": store.Selection(both, waiting_for="expertise"),
        "none": store.Selection(frozenset()),
    }
    found = {}
    async with database.reading() as session:
        for name, selection in asked.items():
            dossiers, total = await store.board(session, selection)
            found[name] = {dossier.candidacy_id for dossier in dossiers}
            assert total == len(dossiers)

    assert found["all"] == found["wave"] == {waiting, decided}
    assert found["labelled"] == {decided}
    assert found["without the experts"] == {waiting}
    assert found["nominated"] == found["other wave"] == found["none"] == set()


BROKEN = {
    "ck_dossier_state": "UPDATE dossier SET state = 'ailleurs'",
    "ck_dossier_submission": "UPDATE dossier SET number = NULL",
    "ck_act_kind": "UPDATE act SET kind = 'oubli'",
    "ck_opinion_value": "UPDATE opinion SET value = 'bof'",
    "ck_opinion_committee": "UPDATE opinion SET committee = 'autre'",
    "ck_opinion_reason": "UPDATE opinion SET reason = 'court'",
    "uq_opinion_candidacy_id_rank": "UPDATE opinion SET rank = 0",
    "ck_decision_outcome": "UPDATE decision SET outcome = 'refuse'",
    "ck_decision_by": "UPDATE decision SET \"by\" = ''",
    "ck_decision_reason": "UPDATE decision SET reason = 'court'",
    "uq_decision_candidacy_id": 'INSERT INTO decision (id, candidacy_id, outcome, reason, "by", at) '
    'SELECT candidacy_id, candidacy_id, outcome, reason, "by", at FROM decision',
    "fk_act_candidacy_id": "DELETE FROM dossier",
    "journal is append-only": "UPDATE journal SET reason = 'Une autre raison, plus belle.'",
    "append-only too": "DELETE FROM journal",
}


async def test_the_database_refuses_bad_states(database: Database) -> None:
    candidacy_id = await instructed(database, opinions=True)
    await do(database, settle, decision(candidacy_id))

    for constraint, statement in BROKEN.items():
        with pytest.raises((IntegrityError, DBAPIError)):
            async with database.work() as work:
                await work.connection.execute(text(statement))
            pytest.fail(f"{constraint} let this pass: {statement}")


def test_every_promised_event_has_its_effect() -> None:
    assert subscribers.declare().missing() == set()
