"""Erasing somebody: what reaches a person goes everywhere, once; what the label keeps names nobody."""

from datetime import timedelta
from hashlib import sha256
from uuid import UUID, uuid4

import pytest
from sqlalchemy import inspect, text

from intake import handlers
from intake.domain.attachments import Given
from intake.domain.refusals import Refused
from intake.forms.messages import Said
from intake.handlers import attachments, erasures, messages, revisions, sharing
from intake.handlers import pieces as rereading
from intake.handlers.pieces import RulePiece
from intake.store import attachments as files
from intake.store import candidacies, hearsay, people, pieces
from intake.store import erasures as kept
from intake.store import messages as threads
from intake.store.attachments import Owner
from intake.store.revisions import versions
from kernel.contracts import notifier
from kernel.contracts.intake_life import ErasureOrdered
from kernel.runtime.auth import Door
from kernel.runtime.database import Database
from tests.databases import database_of
from tests.intake_story import CALENDAR, NOW, STAFF, dossier

EMAIL = "foret@porteur.example"


database = database_of("intake", NOW)


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


async def joined(database: Database, candidacy_id: UUID, *names: str) -> list[UUID]:
    async with database.work() as work:
        owner = Owner(candidacy_id=candidacy_id)
        given = [Given(name, "pdf", 9, sha256(name.encode()).hexdigest()) for name in names]
        return [(await attachments.join(work, owner, one)).id for one in given]


async def names_of(database: Database, candidacy_id: UUID) -> list[str]:
    async with database.reading() as session:
        return [one.name for one in await files.of_owner(session, Owner(candidacy_id=candidacy_id))]


async def test_files_wait_for_staff_who_keep_or_remove_each_with_a_reason(database: Database) -> None:
    candidacy_id = await sent(database)
    plan, vitae = await joined(database, candidacy_id, "plan.pdf", "cv d’une personne.pdf")
    async with database.work() as work:
        await erasures.order(work, EMAIL, "Demande du 3 mars", STAFF)
    async with database.reading() as session:
        assert set(await pieces.waiting(session)) == {candidacy_id}
        (record,) = await kept.every(session)
    assert "pièces jointes aux dossiers" in record.answers["intake"].kept

    for piece, keep, reason in ((plan, True, "Le plan fonde la décision."), (vitae, False, "Nomme une personne.")):
        async with database.work() as work:
            await rereading.rule(work, RulePiece(candidacy_id, piece, keep, reason, STAFF))

    assert await names_of(database, candidacy_id) == ["plan.pdf"]
    async with database.reading() as session:
        assert await pieces.waiting(session) == {}
        (one,) = await pieces.reviews(session, candidacy_id)
        told = [line.reason for line in await hearsay.journal_of(session, candidacy_id) if line.act == "effacement"]
    assert (one.piece.id, one.kept_by, one.reason) == (plan, STAFF, "Le plan fonde la décision.")
    assert {"Le plan fonde la décision.", "Nomme une personne."} <= {line.partition(" : ")[2] for line in told}
    async with database.work() as work:
        with pytest.raises(Refused, match="n’est plus à relire"):
            await rereading.rule(work, RulePiece(candidacy_id, vitae, True, "Trop tard.", STAFF))


async def test_files_of_a_withdrawn_dossier_go_at_once(database: Database) -> None:
    candidacy_id = await sent(database)
    await joined(database, candidacy_id, "plan.pdf")
    async with database.work() as work:
        await handlers.withdraw(work, candidacy_id, "Le projet change.")
        await erasures.order(work, EMAIL, "Demande du 3 mars", STAFF)

    assert await names_of(database, candidacy_id) == []
    async with database.reading() as session:
        assert await pieces.waiting(session) == {}
        (record,) = await kept.every(session)
    assert record.answers["intake"].erased["pièces jointes"] == 1


async def test_a_file_is_only_ruled_on_under_its_own_dossier(database: Database) -> None:
    candidacy_id = await sent(database)
    (plan,) = await joined(database, candidacy_id, "plan.pdf")
    async with database.work() as work:
        await erasures.order(work, EMAIL, "Demande du 3 mars", STAFF)
    async with database.work() as work:
        with pytest.raises(Refused):
            await rereading.rule(work, RulePiece(uuid4(), plan, False, "Un autre dossier.", STAFF))
    assert await names_of(database, candidacy_id) == ["plan.pdf"]
