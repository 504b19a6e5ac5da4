"""Erasing somebody: what reaches a person goes everywhere, once; what the label keeps names nobody."""

from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import inspect, text

from intake import handlers
from intake.domain.refusals import Refused
from intake.forms.messages import Said
from intake.handlers import erasures, messages, revisions, sharing
from intake.store import candidacies, hearsay, people
from intake.store import erasures as kept
from intake.store import messages as threads
from intake.store.revisions import versions
from kernel.contracts import notifier
from kernel.contracts.intake_life import ErasureOrdered
from kernel.runtime import migrate
from kernel.runtime.auth import Door
from kernel.runtime.clock import FixedClock
from kernel.runtime.database import Database
from tests.intake_story import CALENDAR, NOW, STAFF, dossier

EMAIL = "foret@porteur.example"


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    made = Database(database_url, FixedClock(NOW))
    await migrate.upgrade(made.engine, "intake")
    yield made
    await made.close()


async def sent(database: Database) -> UUID:
    async with database.work() as work:
        await handlers.open_wave(work, CALENDAR, STAFF)
        receipt = await handlers.submit_candidacy(work, dossier(), "LE", "t" * 24, timedelta(0))
        await messages.post(work, receipt.candidacy_id, Said("Appelez-moi au bureau.", "m" * 24), "porteur", "Ville")
        await sharing.share(work, Door("k" * 32), receipt.candidacy_id, "etudes@bureau.example", "Bureau d’études")
    async with database.work() as work:
        await revisions.begin_revision(work, receipt.candidacy_id)
    return receipt.candidacy_id


async def test_nothing_that_reaches_the_person_is_left_and_the_dossier_stays(database: Database) -> None:
    candidacy_id = await sent(database)
    async with database.work() as work:
        erasure = await erasures.order(work, EMAIL.upper(), "Demande du 3 mars", STAFF)

    async with database.reading() as session:
        candidacy = await candidacies.candidacy(session, candidacy_id)
        (version,) = await versions(session, candidacy_id)
        (message,) = await threads.thread(session, candidacy_id)
        acts = [line.act for line in await hearsay.journal_of(session, candidacy_id)]
        assert await people.of_email(session, EMAIL) is None
        (record,) = await kept.every(session)
    assert candidacy is not None and candidacy.dossier.project.title == "Une forêt urbaine"
    assert {one.contact.email for one in (candidacy.dossier, version.dossier)} == {""}
    assert "bureau" not in message.text and acts[-1] == "effacement"
    assert (record.id, record.dossiers) == (erasure.id, ("LE-2026-0001",))
    assert record.answers["intake"].erased == {
        "adresse et fonction de contact": 1,
        "messages écrits": 1,
        "brouillons": 1,
        "compte": 1,
    }
    assert await everything_about(database, EMAIL) == []


async def everything_about(database: Database, email: str) -> list[str]:
    """The tables in which the address still stands, whatever the column."""
    found = []
    async with database.engine.connect() as connection:
        tables = await connection.run_sync(lambda sync: inspect(sync).get_table_names())
        for table in tables:
            rows = (await connection.execute(text(f'SELECT * FROM "{table}"'))).all()  # noqa: S608 - names of ours
            if any(email in str(row) for row in rows) and table != "outbox":
                found.append(table)
    return found


async def test_every_service_is_told_and_its_answer_joins_the_report_once(database: Database) -> None:
    candidacy_id = await sent(database)
    async with database.work() as work:
        erasure = await erasures.order(work, EMAIL, "Demande du 3 mars", STAFF)
    async with database.reading() as session:
        query = text("SELECT body FROM outbox WHERE subject = :subject").bindparams(subject=ErasureOrdered.subject())
        (body,) = (await (await session.connection()).execute(query)).scalars().all()
    told = ErasureOrdered.model_validate_json(body)
    assert (told.erasure_id, told.candidacy_ids, len(told.person_ids)) == (erasure.id, [candidacy_id], 1)
    assert EMAIL not in body

    done = notifier.ErasureDone(erasure_id=erasure.id, erased={"adresses": 2}, kept={}, at=NOW)
    for _ in range(2):
        async with database.work() as work:
            await erasures.hear(work, done)
    async with database.reading() as session:
        (record,) = await kept.every(session)
    assert set(record.answers) == {"intake", "notifier"}
    assert record.answers["notifier"].erased == {"adresses": 2}


async def test_a_stranger_or_a_colleague_is_not_erased(database: Database) -> None:
    await sent(database)
    async with database.work() as work:
        with pytest.raises(Refused, match="Personne"):
            await erasures.order(work, "inconnu@porteur.example", "Demande", STAFF)
    async with database.work() as work:
        await erasures.order(work, EMAIL, "Demande", STAFF)
    async with database.work() as work:
        with pytest.raises(Refused, match="Personne"):
            await erasures.order(work, EMAIL, "Demande", STAFF)
