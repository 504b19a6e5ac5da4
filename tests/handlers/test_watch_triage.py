"""Triage on real databases: steps are chained and told once, whoever takes them, wherever they are said."""

import json
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError

from funding_watch import handlers
from funding_watch.domain.shelf import Shelf
from funding_watch.domain.triage import Refused, Step, Who
from funding_watch.handlers import notes, triage
from funding_watch.store import matches
from funding_watch.store import triage as store
from funding_watch.subscribers import declare
from kernel.contracts.funding_watch import MatchLeft, MatchProposed
from kernel.contracts.triage import (
    AlertAnswered,
    CallDecoded,
    Decoding,
    FundingAnswered,
    MatchAnswered,
    MatchForwarded,
    MatchRecalled,
    MatchReminded,
    MatchReminderDue,
    MatchTriaged,
)
from kernel.runtime import journal
from kernel.runtime.clock import FixedClock
from kernel.runtime.database import Database
from tests.databases import database_of
from tests.watch_story import PLACE, START, call, decided, far_calls, moment, read, someone, submitted, told

TEAM, PARTNER = Who("Équipe du Label", "staff"), Who("Région", "partner")


database = database_of("funding_watch", START)


async def matched(database: Database) -> tuple[UUID, UUID]:
    """A project and its match with the call made for it."""
    candidacy_id = someone()
    await read(database, call(), *far_calls())
    for event in (submitted(candidacy_id), decided(candidacy_id)):
        async with database.work() as work:
            await handlers.hear(work, event, PLACE)
    return candidacy_id, matches.match_id(candidacy_id, call().key)


async def state_of(database: Database, match_id: UUID) -> str:
    async with database.reading() as session:
        known = await store.one(session, match_id)
    assert known is not None
    return known.state


def answered(candidacy_id: UUID, match_id: UUID, said: str, minutes: int = 1, **more: object) -> FundingAnswered:
    fields = {"amount": None, "words": "", "by": "Ville de Lens", "at": START + timedelta(minutes=minutes)} | more
    return FundingAnswered.model_validate(
        {"match_id": match_id, "candidacy_id": candidacy_id, "answer": said, **fields}
    )


async def test_a_forwarded_match_is_told_with_all_that_its_porteur_reads(database: Database) -> None:
    candidacy_id, match_id = await matched(database)
    async with database.work() as work:
        await triage.take_step(work, match_id, Step("transmis", words="Déposez avant l’été."), TEAM)

    (body,) = await told(database, MatchForwarded)
    assert body["candidacy_id"] == str(candidacy_id) and body["turn"] == 1
    assert body["track"]["need"] == "Construire un réseau de chaleur au bois"
    assert body["track"]["words"] == "Déposez avant l’été." and body["track"]["call"]["rate_max"] == 40
    (own,) = await told(database, MatchTriaged)
    assert (own["before"], own["state"]) == ("nouveau", "transmis")


async def test_taking_back_recalls_what_was_forwarded_and_the_chain_holds(database: Database) -> None:
    _, match_id = await matched(database)
    for step in (Step("a_etudier"), Step("transmis")):
        async with database.work() as work:
            await triage.take_step(work, match_id, step, TEAM)
    async with database.work() as work:
        after = await triage.take_back(work, match_id, TEAM)
    assert (after.state, after.turn) == ("a_etudier", 3)
    (recalled,) = await told(database, MatchRecalled)
    assert recalled["turn"] == 3

    async with database.work() as work:
        found = await journal.verify(work.connection, store.JOURNAL, await store.chained(work.session))
        assert (found.chains, found.lines, found.breaks) == (1, 3, ())
        assert list((await store.numbers(work.session)).values()) == ["LE-2026-0001, aides_territoires:1"]
    with pytest.raises(DBAPIError):
        async with database.work() as work:
            await work.connection.execute(text("UPDATE triage_line SET words = 'autre'"))


async def test_what_may_not_be_changes_nothing_and_tells_nothing(database: Database) -> None:
    _, match_id = await matched(database)
    with pytest.raises(Refused):
        async with database.work() as work:
            await triage.take_step(work, match_id, Step("transmis"), PARTNER)
    with pytest.raises(triage.UnknownMatch):
        async with database.work() as work:
            await triage.take_step(work, uuid4(), Step("a_etudier"), TEAM)
    with pytest.raises(IntegrityError):
        async with database.work() as work:
            await triage.take_step(work, match_id, Step("a_etudier"), TEAM)
            await work.connection.execute(text("UPDATE triage SET reason = 'clos'"))
    assert await state_of(database, match_id) == "nouveau"
    assert await told(database, MatchTriaged) == []


async def test_a_porteurs_answers_count_once_in_any_order(database: Database) -> None:
    candidacy_id, match_id = await matched(database)
    async with database.work() as work:
        await triage.take_step(work, match_id, Step("transmis"), TEAM)
    obtained = answered(candidacy_id, match_id, "obtenu", 9, amount=120_000)
    for event in (obtained, answered(candidacy_id, match_id, "depose", 3), obtained):
        async with database.work() as work:
            await triage.hear_porteur(work, event)

    assert await state_of(database, match_id) == "obtenu"
    (body,) = await told(database, MatchAnswered)
    assert (body["answer"], body["amount"], body["by_porteur"]) == ("obtenu", 120_000, True)
    async with database.reading() as session:
        lines = await store.history(session, match_id)
    assert [(line.act, line.role) for line in lines[1:]] == [("etat", "applicant"), ("note", "applicant")]


async def test_an_answer_from_a_mail_is_a_step_or_a_note(database: Database) -> None:
    _, match_id = await matched(database)

    def said(what: str, role: str = "staff", minutes: int = 1) -> AlertAnswered:
        facts = {"person_id": UUID(int=7), "name": "Région", "role": role, "said": what, "match_id": match_id}
        return AlertAnswered.model_validate(facts | {"at": START + timedelta(minutes=minutes)})

    for event in (said("transmettre", "partner"), said("a_etudier", minutes=2), said("pas_pour_moi", minutes=3)):
        async with database.work() as work:
            await triage.hear_mail(work, event)
    assert await state_of(database, match_id) == "a_etudier"
    assert await told(database, MatchForwarded) == []
    async with database.work() as work:
        await triage.hear_mail(work, said("transmettre", minutes=4))
        await triage.hear_mail(work, said("a_etudier").model_copy(update={"match_id": uuid4()}))
    assert len(await told(database, MatchForwarded)) == 1


async def test_a_day_reminds_once_and_never_what_is_over(database: Database, clock: FixedClock) -> None:
    _, match_id = await matched(database)
    day = moment(7).date()
    async with database.work() as work:
        await triage.set_day(work, match_id, day, TEAM)
        await triage.give_to(work, match_id, ("7", "Mission climat"), TEAM)
    due = MatchReminderDue(match_id=match_id, due_on=day)
    for event in (due, due.model_copy(update={"due_on": moment(3).date()}), due):
        async with database.work() as work:
            await triage.come_due(work, event)
    async with database.reading() as session:
        lines = await store.history(session, match_id)
    assert [(line.act, line.about) for line in lines] == [
        ("echeance", day.isoformat()),
        ("affectation", "Mission climat"),
        ("rappel", day.isoformat()),
    ]
    (body,) = await told(database, MatchReminded)
    assert (body["due_on"], body["assigned_name"]) == (day.isoformat(), "Mission climat")
    clock.set(moment(8))
    async with database.work() as work:
        await triage.take_step(work, match_id, Step("a_etudier"), TEAM)
    assert [body["due_on"] for body in await told(database, MatchReminded)] == [day.isoformat(), None]


async def test_a_note_in_plain_words_has_versions_and_nobody_overwrites_another(database: Database) -> None:
    await read(database, call())
    words = Decoding(in_short="Du bois.", who="", how_much="", prepare="", traps="", contact="")
    async with database.work() as work:
        await notes.decode_call(work, call().key, words, seen=0, by="Équipe")
        await notes.decode_call(work, call().key, words, seen=1, by="Équipe")
    with pytest.raises(notes.Overtaken, match="1"):
        async with database.work() as work:
            await notes.decode_call(work, call().key, words.model_copy(update={"who": "Communes"}), seen=0, by="B")
    with pytest.raises(LookupError):
        async with database.work() as work:
            await notes.decode_call(work, "aucun:0", words, seen=0, by="B")
    assert [body["edition"] for body in await told(database, CallDecoded)] == [1]


def test_the_watch_hears_all_that_it_promised() -> None:
    assert declare(PLACE, ()).missing() == set()


async def ranking(database: Database, candidacy_id: UUID) -> list[tuple[int | None, str, float, str]]:
    async with database.reading() as session:
        found = await matches.of_project(session, candidacy_id)
    return [(one.rank, one.proposal.call_key, one.proposal.score, one.proposal.reason) for one in found if one.rank]


async def learn(database: Database, shelf: Shelf) -> None:
    """The last step is heard twice, by a process that knows the calls and by one that has just begun."""
    event = MatchTriaged.model_validate_json(json.dumps((await told(database, MatchTriaged))[-1]))
    for known in (shelf, Shelf()):
        async with database.work() as work:
            await handlers.learn_from(work, event, PLACE, known)


@pytest.mark.parametrize("reason", ["mauvais_theme", "mauvais_territoire", "deja_demande"])
async def test_setting_aside_teaches_and_taking_back_restores_the_very_ranking(database: Database, reason: str) -> None:
    candidacy_id, match_id = await matched(database)
    await read(database, *(call(f"more-{n}", title=f"Réseau de chaleur au bois, volet {n}") for n in range(6)))
    shelf = Shelf()
    async with database.work() as work:
        await handlers.match_all(work, PLACE, shelf)
    before = await ranking(database, candidacy_id)
    assert len(before) == 5
    aside = next(key for _, key, _, _ in before)
    match_id = matches.match_id(candidacy_id, aside)

    async with database.work() as work:
        await triage.take_step(work, match_id, Step("ecarte", reason), TEAM)  # type: ignore[arg-type]  # a Reason
    await learn(database, shelf)
    after = await ranking(database, candidacy_id)
    assert aside not in [key for _, key, _, _ in after] and len(after) == 5

    async with database.work() as work:
        await handlers.match_changed(work, [aside], PLACE, shelf)
    assert await ranking(database, candidacy_id) == after, "a changed call must not come back by itself"

    async with database.work() as work:
        await triage.take_back(work, match_id, TEAM)
    await learn(database, shelf)
    assert await ranking(database, candidacy_id) == before
    turns = [
        [event["turn"] for event in await told(database, kind) if event["match_id"] == str(match_id)]
        for kind in (MatchProposed, MatchLeft)
    ]
    assert (turns[0][-2:], turns[1]) == ([0, 2], [1]), "who hears of it knows which is true"
