"""What a draft keeps on both databases: every version, one dossier at most, nothing after a year."""

import asyncio

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from intake import handlers
from intake.domain.draft import AlreadySent, Answer, Save
from intake.domain.refusals import AlreadySubmitted
from intake.handlers import key_hash
from intake.store import drafts
from intake.store.drafts import Draft
from kernel.runtime.database import Database
from tests.databases import database_of
from tests.intake_story import CALENDAR, NOW, STAFF, dossier

database = database_of("intake", NOW)


async def begin(database: Database, **answers: str) -> tuple[Draft, str]:
    async with database.work() as work:
        draft_id, key = await handlers.begin_draft(work, answers)
    async with database.reading() as session:
        found = await drafts.draft(session, draft_id)
    assert found is not None
    return found, key


async def save(database: Database, draft: Draft, name: str, value: str, base: int) -> bool:
    """Whether the value crossed another."""
    async with database.work() as work:
        return (await handlers.save_draft(work, draft, {name: Save(value, base)}))[name].conflict


async def answers(database: Database, draft: Draft) -> dict[str, Answer]:
    async with database.reading() as session:
        return await drafts.answers_of(session, draft.id)


async def test_a_draft_keeps_its_answers_and_not_its_key(database: Database) -> None:
    draft, key = await begin(database, **{"avant-territoire": "oui", "avant-organisme": ""})

    assert draft.key_hash == key_hash(key) != key
    assert await answers(database, draft) == {"avant-territoire": Answer("oui", 1, NOW)}


async def test_saves_at_the_same_time_are_all_kept(database: Database) -> None:
    draft, _ = await begin(database)
    crossed = await asyncio.gather(*(save(database, draft, "titre", f"Version {n}", 0) for n in range(5)))

    found = (await answers(database, draft))["titre"]
    assert sorted(crossed) == [False, True, True, True, True]
    assert {found.value, *found.rivals} == {f"Version {n}" for n in range(5)}
    assert found.revision == 1


async def test_a_draft_that_was_sent_takes_no_word_and_is_sent_once(database: Database) -> None:
    draft, _ = await begin(database)
    async with database.work() as work:
        await handlers.open_wave(work, CALENDAR, STAFF)

    async def send() -> None:
        async with database.work() as work:
            await handlers.submit_candidacy(work, dossier(), "LE", draft.form_token)

    results = await asyncio.gather(*(send() for _ in range(3)), return_exceptions=True)
    assert [type(result) for result in results if result is not None] == [AlreadySubmitted, AlreadySubmitted]
    with pytest.raises(AlreadySent):
        await save(database, draft, "titre", "Encore", 0)


async def test_erasing_leaves_nothing(database: Database) -> None:
    draft, _ = await begin(database, titre="Un verger")
    async with database.work() as work:
        await handlers.erase_draft(work, draft)

    async with database.engine.connect() as connection:
        for table in ("draft", "draft_field"):
            assert (await connection.execute(text(f"SELECT count(*) FROM {table}"))).scalar_one() == 0  # noqa: S608 - ours


@pytest.mark.parametrize(
    ("statement", "constraint"),
    [
        ("UPDATE draft SET key_hash = 'court'", "ck_draft_key_hash"),
        ("UPDATE draft SET saved_at = '2020-01-01 00:00:00+00:00'", "ck_draft_saved_at"),
        ("UPDATE draft_field SET revision = 0", "ck_draft_field_revision"),
    ],
)
async def test_what_the_rules_forbid_cannot_be_written(database: Database, statement: str, constraint: str) -> None:
    await begin(database, titre="Un verger")

    with pytest.raises(IntegrityError, match=constraint):
        async with database.work() as work:
            await work.connection.execute(text(statement))
