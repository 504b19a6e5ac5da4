"""A dossier changes after it was sent: no version is lost, none is made twice, nothing shut is changed."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import text

from intake import handlers
from intake.domain.refusals import NoOpenWave, Refused
from intake.domain.revision import Wish
from intake.forms.messages import Said
from intake.handlers import dossiers, messages, revisions, sharing, waves
from intake.store import candidacies, drafts, hearsay, people
from intake.store import messages as threads
from intake.store import revisions as kept
from kernel.contracts.intake_life import CandidacyReceivedLate, CandidacyRevised, WaveExtended
from kernel.runtime import migrate
from kernel.runtime.auth import Door
from kernel.runtime.clock import FixedClock
from kernel.runtime.database import Database
from tests.intake_story import CALENDAR, DAY, NOW, STAFF, decision, dossier

LATE = timedelta(days=15)
DOOR = Door("k" * 32)


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    made = Database(database_url, FixedClock(NOW))
    await migrate.upgrade(made.engine, "intake")
    async with made.work() as work:
        await handlers.open_wave(work, CALENDAR, STAFF)
    yield made
    await made.close()


async def sent(database: Database, token: str = "t" * 24) -> UUID:
    async with database.work() as work:
        return (await handlers.submit_candidacy(work, dossier(), "LE", token, LATE)).candidacy_id


async def editing(database: Database, candidacy_id: UUID) -> drafts.Draft:
    async with database.work() as work:
        draft_id = await revisions.begin_revision(work, candidacy_id)
    async with database.reading() as session:
        found = await drafts.draft(session, draft_id)
    assert found is not None
    return found


async def told(database: Database, subject: str) -> list[str]:
    async with database.reading() as session:
        query = text("SELECT body FROM outbox WHERE subject = :subject").bindparams(subject=subject)
        return list((await (await session.connection()).execute(query)).scalars())


async def test_what_is_sent_again_is_the_next_version_and_the_first_is_kept(database: Database) -> None:
    candidacy_id = await sent(database)
    draft = await editing(database, candidacy_id)
    assert (await editing(database, candidacy_id)).id == draft.id
    async with database.work() as work:
        await revisions.revise(work, draft, dossier(budget="9000", titre="Une forêt plus grande"))

    async with database.reading() as session:
        now = await candidacies.candidacy(session, candidacy_id)
        versions = await kept.versions(session, candidacy_id)
        acts = [(line.act, line.reason) for line in await hearsay.journal_of(session, candidacy_id)]
        assert await drafts.changing(session, candidacy_id) is None
    assert now is not None and (now.revision, now.dossier.project.title) == (2, "Une forêt plus grande")
    assert [one.dossier.project.title for one in versions] == ["Une forêt urbaine", "Une forêt plus grande"]
    assert ("modification", "Version 2 : Le projet, Le budget et le plan de financement") in acts
    (body,) = await told(database, CandidacyRevised.subject())
    assert CandidacyRevised.model_validate_json(body).project.budget == 9000


async def test_two_devices_send_one_version(database: Database) -> None:
    draft = await editing(database, await sent(database))

    async def send() -> bool:
        try:
            async with database.work() as work:
                await revisions.revise(work, draft, dossier(budget="9000"))
        except Refused:
            return False
        return True

    assert sorted(await asyncio.gather(send(), send())) == [False, True]
    assert len(await told(database, CandidacyRevised.subject())) == 1


async def test_a_preselection_meanwhile_refuses_and_loses_no_word(database: Database) -> None:
    candidacy_id = await sent(database)
    draft = await editing(database, candidacy_id)
    async with database.work() as work:
        await handlers.preselect(work, candidacy_id, STAFF, "Solide")
    with pytest.raises(Refused, match="ne peut plus être modifiée"):
        async with database.work() as work:
            await revisions.revise(work, draft, dossier(budget="9000"))

    async with database.reading() as session:
        assert (await drafts.answers_of(session, draft.id))["titre"].value == "Une forêt urbaine"
        assert len(await kept.versions(session, candidacy_id)) == 1


async def test_a_correction_opens_its_section_alone_and_is_answered_by_sending(database: Database) -> None:
    candidacy_id = await sent(database)
    wish = Wish("budget", "Le plan dépasse le budget.", (NOW + DAY).date())
    async with database.work() as work:
        await handlers.preselect(work, candidacy_id, STAFF, "Solide")
        await revisions.ask_correction(work, candidacy_id, wish, STAFF)
    with pytest.raises(Refused, match="déjà demandée"):
        async with database.work() as work:
            await revisions.ask_correction(work, candidacy_id, wish, STAFF)
    draft = await editing(database, candidacy_id)
    assert draft.sections == ("budget",)
    with pytest.raises(Refused, match="Le projet"):
        async with database.work() as work:
            await revisions.revise(work, draft, dossier(titre="Un autre"))
    async with database.work() as work:
        await revisions.revise(work, draft, dossier(budget="9000"))

    async with database.reading() as session:
        (one,) = await kept.corrections(session, candidacy_id)
        assert (one.outcome, await kept.asked(session, candidacy_id)) == ("rendue", [])
    with pytest.raises(Refused, match="ne peut pas être modifié"):
        await editing(database, candidacy_id)


async def test_a_correction_taken_back_is_asked_no_more(database: Database) -> None:
    candidacy_id = await sent(database)
    async with database.work() as work:
        asked = await revisions.ask_correction(work, candidacy_id, Wish("projet", "Titre", NOW.date()), STAFF)
    for _ in range(2):
        async with database.work() as work:
            await revisions.drop_correction(work, candidacy_id, asked.id, STAFF)
    async with database.reading() as session:
        assert [one.outcome for one in await kept.corrections(session, candidacy_id)] == ["retiree"]


async def test_needs_of_a_labelled_project_change_at_any_time(database: Database) -> None:
    candidacy_id = await sent(database)
    async with database.work() as work:
        await handlers.preselect(work, candidacy_id, STAFF, "Solide")
        await handlers.hear_decision(work, decision(candidacy_id, "labellise"))
    draft = await editing(database, candidacy_id)

    assert draft.sections == ("budget", "besoins")
    async with database.work() as work:
        await revisions.revise(work, draft, dossier(besoin__0__objet="Planter", besoin__0__nature="investissement"))
    (body,) = await told(database, CandidacyRevised.subject())
    assert [need.purpose for need in CandidacyRevised.model_validate_json(body).project.needs] == ["Planter"]


async def test_a_dossier_on_hold_is_taken_up_once_with_everything(database: Database) -> None:
    candidacy_id = await sent(database)
    async with database.work() as work:
        await people.know_applicant(work.session, "foret@porteur.example", "Ville", work.at)
        member = await people.of_email(work.session, "foret@porteur.example")
        assert member is not None
    with pytest.raises(Refused, match="mis en attente"):
        async with database.work() as work:
            await revisions.take_up(work, candidacy_id, member.id)
    async with database.work() as work:
        await handlers.preselect(work, candidacy_id, STAFF, "Solide")
        await handlers.hear_decision(work, decision(candidacy_id, "en_attente"))
    async with database.work() as work:
        draft_id = await revisions.take_up(work, candidacy_id, member.id)
        assert await revisions.take_up(work, candidacy_id, member.id) == draft_id
    async with database.reading() as session:
        draft = await drafts.draft(session, draft_id)
        assert draft is not None
        assert (await drafts.answers_of(session, draft_id))["titre"].value == "Une forêt urbaine"
    again = await sent(database, draft.form_token)

    async with database.reading() as session:
        new = await candidacies.candidacy(session, again)
        acts = [[line.reason for line in await hearsay.journal_of(session, one)] for one in (candidacy_id, again)]
        assert await drafts.answers_of(session, draft_id) == {}
    assert new is not None and new.taken_from == candidacy_id
    assert "Repris sous le numéro LE-2026-0002" in acts[0] and "Reprend le dossier LE-2026-0001" in acts[1]


async def test_a_late_dossier_waits_for_people(database: Database) -> None:
    database.clock = FixedClock(CALENDAR.closes_at + DAY)
    first, second = await sent(database), await sent(database, "u" * 24)
    assert await told(database, "intake.candidacy.submitted.v1") == []
    assert len(await told(database, CandidacyReceivedLate.subject())) == 2
    async with database.work() as work:
        await dossiers.accept_late(work, first, STAFF, "Une panne de notre côté")
        await dossiers.refuse_late(work, second, STAFF, "Trop tard")
    with pytest.raises(Refused):
        async with database.work() as work:
            await dossiers.accept_late(work, second, STAFF, "Encore")

    assert len(await told(database, "intake.candidacy.submitted.v1")) == 1
    async with database.reading() as session:
        states = [one.state for id_ in (first, second) if (one := await candidacies.candidacy(session, id_))]
    assert states == ["depose", "non_retenu"]
    database.clock = FixedClock(CALENDAR.closes_at + LATE)
    with pytest.raises(NoOpenWave):
        await sent(database, "v" * 24)


async def test_a_wave_is_prolonged_with_its_appointment(database: Database) -> None:
    async with database.reading() as session:
        wave = await waves.wave_store.open_wave(session)
    assert wave is not None
    later = CALENDAR.closes_at + 7 * DAY
    async with database.work() as work:
        await waves.extend_wave(work, wave.id, later, STAFF, "Une panne")
    with pytest.raises(Refused):
        async with database.work() as work:
            await waves.extend_wave(work, wave.id, CALENDAR.closes_at, STAFF, "Moins")

    (body,) = await told(database, WaveExtended.subject())
    assert WaveExtended.model_validate_json(body).closes_at == later
    database.clock = FixedClock(CALENDAR.closes_at + DAY)
    async with database.work() as work:
        await handlers.close_wave(work, wave.id)
    async with database.reading() as session:
        assert await waves.wave_store.open_wave(session) is not None


async def test_a_message_is_one_however_often_it_is_sent_and_marks_move_forward(database: Database) -> None:
    candidacy_id = await sent(database)
    for _ in range(2):
        async with database.work() as work:
            await messages.post(work, candidacy_id, Said("Bonjour", "m" * 24), "porteur", "Ville de Lens")
    async with database.reading() as session:
        assert [one.text for one in await threads.thread(session, candidacy_id)] == ["Bonjour"]
        assert await threads.unread(session, "equipe") == {candidacy_id: 1}
        assert await threads.unread(session, "porteur") == {}
        assert await threads.waiting(session) == {candidacy_id: NOW}
    async with database.work() as work:
        await messages.mark_read(work, candidacy_id, "equipe")
    async with database.reading() as session:
        assert (await threads.unread(session, "equipe"), await threads.waiting(session)) == ({}, {candidacy_id: NOW})
    database.clock = FixedClock(NOW + DAY)
    async with database.work() as work:
        await messages.post(work, candidacy_id, Said("Merci", "n" * 24), "equipe", STAFF)
    async with database.reading() as session:
        assert (await threads.waiting(session), await threads.unread(session, "porteur")) == ({}, {candidacy_id: 1})


async def test_messages_that_ask_for_no_answer_are_settled_until_the_next(database: Database) -> None:
    candidacy_id = await sent(database)
    async with database.work() as work:
        await messages.post(work, candidacy_id, Said("Merci", "m" * 24), "porteur", "Ville")
        await messages.settle(work, candidacy_id)
    async with database.reading() as session:
        assert await threads.waiting(session) == {}
    database.clock = FixedClock(NOW + DAY)
    async with database.work() as work:
        await messages.post(work, candidacy_id, Said("Et pour le budget ?", "n" * 24), "porteur", "Ville")
    async with database.reading() as session:
        assert await threads.waiting(session) == {candidacy_id: NOW + DAY}


async def test_a_dossier_is_shared_and_no_longer_shared(database: Database) -> None:
    candidacy_id = await sent(database)
    for _ in range(2):
        async with database.work() as work:
            guest = await sharing.share(work, DOOR, candidacy_id, "Etudes@Bureau.example", "Bureau d’études")
    async with database.reading() as session:
        assert await people.part_in(session, guest, candidacy_id) == "coporteur"
        assert [one.id for one in await people.dossiers_of(session, guest)] == [candidacy_id]
    assert len(await told(database, "intake.contact.sign_in_asked.v1")) == 2
    for _ in range(2):
        async with database.work() as work:
            await sharing.unshare(work, candidacy_id, guest.id)
    async with database.reading() as session:
        assert await people.part_in(session, guest, candidacy_id) is None
        acts = [line.act for line in await hearsay.journal_of(session, candidacy_id)]
    assert (acts.count("coporteur_invite"), acts.count("coporteur_retire")) == (1, 1)


async def test_a_dossier_is_not_shared_with_its_contact_nor_with_the_team(database: Database) -> None:
    candidacy_id = await sent(database)
    with pytest.raises(Refused, match="contact"):
        async with database.work() as work:
            await sharing.share(work, DOOR, candidacy_id, "foret@porteur.example", "Moi")
    for number in range(sharing.MOST):
        async with database.work() as work:
            await sharing.share(work, DOOR, candidacy_id, f"p{number}@bureau.example", "Bureau")
    with pytest.raises(Refused, match="déjà partagé"):
        async with database.work() as work:
            await sharing.share(work, DOOR, candidacy_id, "trop@bureau.example", "Bureau")
