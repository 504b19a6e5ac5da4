"""One commit carries a state and the events that tell it; a dossier is numbered once and sent once."""

import asyncio
import json
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from intake import handlers
from intake.domain.refusals import AlreadySubmitted, NoOpenWave, Refused
from intake.handlers import UnknownDossier
from intake.store import candidacies, hearsay
from intake.store import waves as wave_store
from intake.store.candidacies import Receipt
from kernel.runtime.clock import FixedClock
from kernel.runtime.database import Database
from tests.databases import database_of
from tests.intake_story import CALENDAR, DAY, NOW, STAFF, dossier

database = database_of("intake", NOW)


async def send(database: Database, token: str = "", **changes: str) -> Receipt:
    async with database.work() as work:
        return await handlers.submit_candidacy(work, dossier(**changes), "LE", token or uuid4().hex)


async def open_wave(database: Database) -> UUID:
    async with database.work() as work:
        return (await handlers.open_wave(work, CALENDAR, STAFF)).id


async def told(database: Database) -> list[tuple[str, dict[str, Any], dict[str, str]]]:
    """Subject, body and headers of what waits in the outbox, in order."""
    async with database.engine.connect() as connection:
        rows = await connection.execute(text("SELECT subject, body, headers FROM outbox ORDER BY id"))
        return [(subject, json.loads(body), json.loads(headers)) for subject, body, headers in rows]


async def test_a_wave_and_its_appointment_are_one_commit(database: Database) -> None:
    wave_id = await open_wave(database)

    (opened, body, _), (subject, due, headers) = await told(database)
    assert (opened, body["wave_id"]) == ("intake.wave.opened.v1", str(wave_id))
    assert subject == f"intake.schedule.closing_due.{wave_id.hex}"
    assert headers["Nats-Schedule"] == "@at 2026-04-11T11:00:00Z"
    assert due == {"wave_id": str(wave_id)}


async def test_one_wave_is_open_at_a_time(database: Database, clock: FixedClock) -> None:
    wave_id = await open_wave(database)
    with pytest.raises(Refused, match="déjà ouverte"):
        await open_wave(database)
    assert len(await told(database)) == 2

    clock.set(CALENDAR.closes_at)
    async with database.work() as work:
        await handlers.close_wave(work, wave_id)
    async with database.work() as work:
        await handlers.open_wave(work, replace(CALENDAR, closes_at=CALENDAR.closes_at + DAY), STAFF)


async def test_a_wave_that_is_told_too_early_asks_again(database: Database, clock: FixedClock) -> None:
    wave_id = await open_wave(database)
    clock.set(CALENDAR.closes_at - DAY)
    async with database.work() as work:
        await handlers.close_wave(work, wave_id)
    clock.set(CALENDAR.closes_at)
    for _ in range(2):
        async with database.work() as work:
            await handlers.close_wave(work, wave_id)
    async with database.work() as work:
        await handlers.close_wave(work, uuid4())

    subjects = [subject.split(".")[1:3] for subject, _, _ in await told(database)]
    assert subjects == [
        ["wave", "opened"],
        ["schedule", "closing_due"],
        ["schedule", "closing_due"],
        ["wave", "closed"],
    ]


async def test_a_start_makes_the_appointment_again_or_closes(database: Database, clock: FixedClock) -> None:
    async with database.work() as work:
        await handlers.keep_appointments(work)
    await open_wave(database)
    for at in (NOW, CALENDAR.closes_at + DAY, CALENDAR.closes_at + DAY):
        clock.set(at)
        async with database.work() as work:
            await handlers.keep_appointments(work)

    kinds = [subject.split(".")[2] for subject, _, _ in await told(database)]
    assert [kind for kind in kinds if kind != "due"] == [  # retention and news come due too
        "opened",
        "closing_due",
        "closing_due",
        "closed",
    ]


async def test_a_dossier_its_number_and_its_events_are_one_commit(database: Database) -> None:
    wave_id = await open_wave(database)
    receipt = await send(database, budget="6 000 000 €")

    assert receipt.number == "LE-2026-0001"
    (submitted, body, _), (declared, contact, _) = (await told(database))[2:]
    assert (submitted, declared) == ("intake.candidacy.submitted.v1", "intake.contact.declared.v1")
    assert (body["candidacy_id"], body["wave_id"]) == (str(receipt.candidacy_id), str(wave_id))
    assert body["project"]["budget"] == 6_000_000
    assert contact["email"] == "foret@porteur.example"
    assert "porteur.example" not in json.dumps(body)
    async with database.reading() as session:
        kept = await candidacies.candidacy(session, receipt.candidacy_id)
        lines = await hearsay.journal_of(session, receipt.candidacy_id)
    assert kept is not None
    assert kept.dossier == dossier(budget="6000000")
    assert [(line.act, line.by) for line in lines] == [("depot", "Porteur du projet")]
    assert "porteur.example" not in repr(kept)


async def test_the_same_form_sent_twice_is_one_dossier(database: Database, clock: FixedClock) -> None:
    await open_wave(database)
    first = await send(database, "jeton-du-formulaire")
    clock.set(CALENDAR.closes_at)
    with pytest.raises(AlreadySubmitted):
        await send(database, "jeton-du-formulaire")

    async with database.reading() as session:
        found = await candidacies.receipt_of_form(session, "jeton-du-formulaire")
    assert found == (first, dossier())
    assert len(await told(database)) == 4


async def test_the_same_form_sent_at_once_is_one_dossier(database: Database) -> None:
    await open_wave(database)
    ends = await asyncio.gather(*(send(database, "jeton") for _ in range(8)), return_exceptions=True)

    assert sorted(type(end).__name__ for end in ends) == ["AlreadySubmitted"] * 7 + ["Receipt"]
    assert (await send(database)).number == "LE-2026-0002"


async def test_twenty_dossiers_at_once_have_twenty_numbers(database: Database) -> None:
    await open_wave(database)
    receipts = await asyncio.gather(*(send(database) for _ in range(20)))

    assert sorted(receipt.number for receipt in receipts) == [f"LE-2026-{n:04d}" for n in range(1, 21)]
    assert len({receipt.key for receipt in receipts}) == 20


async def test_numbers_begin_again_with_the_year_of_paris(database: Database, clock: FixedClock) -> None:
    clock.set(NOW.replace(month=12, day=31, hour=22, minute=30))
    async with database.work() as work:
        await handlers.open_wave(work, replace(CALENDAR, closes_at=work.at + 30 * DAY), STAFF)
    old = await send(database)
    clock.set(NOW.replace(month=12, day=31, hour=23, minute=30))

    assert (old.number, (await send(database)).number) == ("LE-2026-0001", "LE-2027-0001")


async def test_no_wave_takes_no_dossier_and_no_number(database: Database, clock: FixedClock) -> None:
    with pytest.raises(NoOpenWave):
        await send(database)
    await open_wave(database)
    clock.set(CALENDAR.closes_at)
    with pytest.raises(NoOpenWave):
        await send(database)
    clock.set(NOW)

    assert (await send(database)).number == "LE-2026-0001"


@pytest.mark.parametrize(
    ("act", "subject", "state"),
    [(handlers.preselect, "preselected", "preselectionne"), (handlers.decline, "not_retained", "non_retenu")],
)
async def test_a_preselection_is_told_once(database: Database, act: Any, subject: str, state: str) -> None:
    await open_wave(database)
    receipt = await send(database)
    async with database.work() as work:
        await act(work, receipt.candidacy_id, STAFF, "Un projet solide.")
    for again in (handlers.preselect, handlers.decline):
        with pytest.raises(Refused, match="ne peut pas devenir"):
            async with database.work() as work:
                await again(work, receipt.candidacy_id, STAFF, "Encore.")

    name, body, _ = (await told(database))[-1]
    assert name == f"intake.candidacy.{subject}.v1"
    assert (body["by"], body["reason"]) == (STAFF, "Un projet solide.")
    async with database.reading() as session:
        kept = await candidacies.candidacy(session, receipt.candidacy_id)
        journal = await hearsay.journal_of(session, receipt.candidacy_id)
    assert kept is not None
    assert kept.state == state
    assert [line.reason for line in journal] == ["Formulaire en ligne", "Un projet solide."]


async def test_an_act_needs_its_reason_and_its_dossier(database: Database) -> None:
    await open_wave(database)
    receipt = await send(database)
    with pytest.raises(Refused, match="motif"):
        async with database.work() as work:
            await handlers.preselect(work, receipt.candidacy_id, STAFF, "  ")
    with pytest.raises(UnknownDossier):
        async with database.work() as work:
            await handlers.preselect(work, uuid4(), STAFF, "Un projet solide.")


async def test_a_withdrawal_is_told(database: Database) -> None:
    await open_wave(database)
    receipt = await send(database)
    async with database.work() as work:
        await handlers.withdraw(work, receipt.candidacy_id, "Le projet change.")

    assert (await told(database))[-1][0] == "intake.candidacy.withdrawn.v1"


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE candidacy SET state = 'perdu'",
        "UPDATE candidacy SET budget = -1",
        "UPDATE candidacy SET receipt_key = 'court'",
        "UPDATE candidacy SET number = NULL",
        "UPDATE wave SET state = 'close'",
        "UPDATE wave SET closes_at = opens_at",
        "UPDATE wave SET quota = 0",
        "UPDATE counter SET last = 0",
        'INSERT INTO journal (candidacy_id, sequence, at, "by", act, reason, key, previous, digest) '
        "SELECT candidacy_id, 2, at, \"by\", 'oubli', reason, 'again', digest, digest FROM journal",
        "DELETE FROM wave",
    ],
)
async def test_bad_states_cannot_be_written(database: Database, statement: str) -> None:
    await open_wave(database)
    await send(database)
    with pytest.raises(IntegrityError):
        async with database.work() as work:
            await work.connection.execute(text(statement))


async def test_the_wave_is_read_as_it_was_written(database: Database) -> None:
    wave_id = await open_wave(database)
    async with database.reading() as session:
        [wave] = await wave_store.all_waves(session)

    assert (wave.id, wave.calendar, wave.opened_by, wave.closed_at) == (wave_id, CALENDAR, STAFF, None)
