"""The chain of a decision on real databases: nothing leaves before the forum, then all leaves in one commit."""

import asyncio
import json
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError

from kernel.contracts.scoring import DecisionTaken
from kernel.runtime.database import Database
from scoring import handlers, store
from scoring.domain import chain
from scoring.domain.chain import Stage
from scoring.domain.rulings import Refused
from scoring.store import chain as kept
from tests.databases import database_of
from tests.scoring_story import (
    COMMITTEES,
    STAFF,
    START,
    WAVE,
    approve,
    decision,
    opinion,
    preselected,
    release,
    someone,
    submitted,
    vote,
    withdrawn,
)

database = database_of("scoring", START)


async def instructed(database: Database, count: int) -> list[UUID]:
    """Dossiers with their three opinions."""
    found = [someone() for _ in range(count)]
    async with database.work() as work:
        for number, candidacy_id in enumerate(found, 1):
            await handlers.receive_dossier(work, submitted(candidacy_id, f"Projet {number}", f"LE-2026-{number:03}"))
            await handlers.open_instruction(work, preselected(candidacy_id))
            for committee in COMMITTEES:
                await handlers.record_opinion(work, opinion(candidacy_id, committee))
    return found


async def told(database: Database) -> list[dict[str, object]]:
    """The decisions that left."""
    query = text("SELECT body FROM outbox WHERE subject = :subject ORDER BY id")
    async with database.engine.connect() as connection:
        rows = (await connection.execute(query, {"subject": DecisionTaken.subject()})).scalars().all()
    return [json.loads(body) for body in rows]


async def stages(database: Database) -> dict[UUID, Stage]:
    async with database.reading() as session:
        return {key: ruling.stage for key, ruling in (await kept.of_wave(session, WAVE)).items()}


async def test_nothing_leaves_before_the_forum_then_everything_at_once(database: Database) -> None:
    found = await instructed(database, 3)
    async with database.work() as work:
        for one in found:
            await handlers.propose(work, decision(one))
            await handlers.decide(work, decision(one))
    with pytest.raises(Refused, match="prête"):
        async with database.work() as work:
            await release(work)
    assert await told(database) == []

    async with database.work() as work:
        await handlers.record_vote(work, vote(), found, STAFF)
    assert await told(database) == []

    async with database.work() as work:
        assert await release(work) == 3
    left = await told(database)
    assert {row["candidacy_id"] for row in left} == {str(one) for one in found}
    assert len({row["key"] for row in left}) == 3
    assert set((await stages(database)).values()) == {Stage.NOTIFIE}


async def test_a_failure_in_the_middle_of_a_release_tells_nobody(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = await instructed(database, 3)
    async with database.work() as work:
        await approve(work, *map(decision, found))
    true_note, notes = store.note, []

    async def note(*arguments: object) -> None:
        notes.append(arguments)
        if len(notes) == 2:
            raise ZeroDivisionError
        await true_note(*arguments)  # type: ignore[arg-type] # passed on

    monkeypatch.setattr(store, "note", note)
    with pytest.raises(ZeroDivisionError):
        async with database.work() as work:
            await release(work)
    monkeypatch.undo()

    assert await told(database) == []
    assert set((await stages(database)).values()) == {Stage.APPROUVE}
    async with database.reading() as session:
        dossiers = [await store.load(session, one) for one in found]
    assert [dossier and dossier.decision for dossier in dossiers] == [None, None, None]


async def test_what_leaves_is_what_was_rehearsed(database: Database) -> None:
    found = await instructed(database, 2)
    async with database.work() as work:
        await approve(work, *map(decision, found))
        seen = chain.rehearsed((await kept.of_wave(work.session, WAVE)).values())
        await handlers.hold(work, found[0], "Le porteur change de nom.", STAFF)

    with pytest.raises(Refused, match="changé depuis la répétition"):
        async with database.work() as work:
            await handlers.release(work, WAVE, seen, STAFF)
    async with database.work() as work:
        assert await release(work) == 1
    assert [row["candidacy_id"] for row in await told(database)] == [str(found[1])]

    async with database.work() as work:
        await handlers.resume(work, found[0], STAFF)
        assert await release(work) == 1
    assert len(await told(database)) == 2


async def test_two_officers_release_once(database: Database) -> None:
    found = await instructed(database, 2)
    async with database.work() as work:
        await approve(work, *map(decision, found))
        seen = chain.rehearsed((await kept.of_wave(work.session, WAVE)).values())

    async def once() -> int:
        async with database.work() as work:
            return await handlers.release(work, WAVE, seen, STAFF)

    answers = await asyncio.gather(once(), once(), return_exceptions=True)

    assert sorted(type(answer).__name__ for answer in answers) == ["Refused", "int"]
    assert len(await told(database)) == 2


async def test_a_dossier_withdrawn_after_the_vote_does_not_leave(database: Database) -> None:
    found = await instructed(database, 2)
    async with database.work() as work:
        await approve(work, *map(decision, found))
        await handlers.withdraw(work, withdrawn(found[0]))
    async with database.work() as work:
        begun = await kept.of_wave(work.session, WAVE)
        leaving = chain.rehearsed(r for key, r in begun.items() if key == found[1])
        assert await handlers.release(work, WAVE, leaving, STAFF) == 1

    assert [row["candidacy_id"] for row in await told(database)] == [str(found[1])]


async def test_every_step_is_in_the_chained_journal(database: Database) -> None:
    (one,) = await instructed(database, 1)
    async with database.work() as work:
        await approve(work, decision(one))
        await release(work)

    async with database.reading() as session:
        acts = [entry.act for entry in await store.journal(session, one)]
    assert acts[3:] == ["proposition", "decision_pole", "approbation", "decision"]


BROKEN = {
    "ck_ruling_stage": "UPDATE ruling SET stage = 'ailleurs', outcome = NULL, reason = NULL, maturing = NULL, "
    '"by" = NULL, at = NULL, vote_id = NULL',
    "ck_ruling_proposed": "UPDATE ruling SET proposed = 'refuse'",
    "ck_ruling_outcome": "UPDATE ruling SET outcome = 'refuse', maturing = 'tout ce qui reste'",
    "ck_ruling_proposed_reason": "UPDATE ruling SET proposed_reason = 'court'",
    "ck_ruling_reason": "UPDATE ruling SET reason = 'court'",
    "ck_ruling_maturing": "UPDATE ruling SET outcome = 'nomine'",
    "ck_ruling_decided": "UPDATE ruling SET reason = NULL",
    "ck_ruling_approved": "UPDATE ruling SET vote_id = NULL",
    "ck_ruling_held": "UPDATE ruling SET held = 'pour rien'",
    "ck_ruling_notified": "UPDATE ruling SET key = 'x'",
    "fk_ruling_vote_id": "UPDATE ruling SET vote_id = candidacy_id",
    "fk_ruling_candidacy_id": "UPDATE ruling SET candidacy_id = vote_id",
    "ck_forum_vote_voices": "UPDATE forum_vote SET abstained = -1",
    "ck_forum_vote_present": "UPDATE forum_vote SET present = 1",
    "ck_forum_vote_approved": "UPDATE forum_vote SET in_favour = 1",
    "ck_forum_vote_held": "UPDATE forum_vote SET place = ''",
    "ck_forum_vote_by": "UPDATE forum_vote SET \"by\" = ''",
    "ck_forum_item_outcome": "UPDATE forum_item SET outcome = 'refuse'",
}


async def test_the_database_refuses_bad_states(database: Database) -> None:
    (one,) = await instructed(database, 1)
    async with database.work() as work:
        await approve(work, decision(one))

    for constraint, statement in BROKEN.items():
        with pytest.raises((IntegrityError, DBAPIError)) as caught:
            async with database.work() as work:
                await work.connection.execute(text(statement))
            pytest.fail(f"{constraint} let this pass: {statement}")
        assert constraint in str(caught.value) or constraint.startswith("fk_"), str(caught.value)
