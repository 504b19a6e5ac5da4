# ruff: noqa: S608 - every statement is one that the test wrote
"""Whatever is changed, removed, added or moved in a journal behind our back is found, on both databases.

The journal under test is a real one, that of scoring, whose triggers are switched off as an intruder would.
"""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from chevalement import journals
from kernel.runtime import journal, migrate
from kernel.runtime.clock import FixedClock
from kernel.runtime.database import Database
from kernel.runtime.journal import START, Verified, digest, verify
from kernel.runtime.settings import Settings
from scoring import handlers, store
from tests.scoring_story import COMMITTEES, opinion, preselected, submitted
from tests.scoring_story import START as NOW

FIRST, SECOND = UUID(int=1), UUID(int=2)
TRIGGERS = ("journal_no_update", "journal_no_delete", "journal_head_no_delete", "journal_head_forward")


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    made = Database(database_url, FixedClock(NOW))
    await migrate.upgrade(made.engine, "scoring")
    for candidacy_id, number in ((FIRST, "LE-2026-0001"), (SECOND, "LE-2026-0002")):
        async with made.work() as work:
            await handlers.receive_dossier(work, submitted(candidacy_id, number=number))
            await handlers.open_instruction(work, preselected(candidacy_id))
            for committee in COMMITTEES:
                await handlers.record_opinion(work, opinion(candidacy_id, committee))
    yield made
    await made.close()


async def verified(database: Database) -> Verified:
    async with database.reading() as session:
        return await verify(await session.connection(), store.JOURNAL, await store.chained(session))


async def tamper(database: Database, *statements: str) -> None:
    """Run statements as somebody who owns the database: triggers and constraints do not hold them."""
    if database.is_sqlite:
        off = [f"DROP TRIGGER IF EXISTS {name}" for name in TRIGGERS] + ["PRAGMA ignore_check_constraints=ON"]
        with closing(sqlite3.connect(str(database.url.database))) as intruder:
            for statement in (*off, *statements):
                intruder.execute(statement)
            intruder.commit()
        return
    off = ["SET session_replication_role = replica"]
    off += [f"ALTER TABLE journal DROP CONSTRAINT ck_journal_{name}" for name in ("act", "reason", "sequence")]
    async with database.engine.connect() as connection:
        for statement in (*off, *statements):
            await connection.exec_driver_sql(statement)
        await connection.commit()
        await connection.invalidate()


def of(candidacy_id: UUID, sequence: int, database: Database) -> str:
    key = candidacy_id.hex if database.is_sqlite else str(candidacy_id)
    return f"candidacy_id = '{key}' AND sequence = {sequence}"


async def test_a_journal_that_nobody_touched_matches(database: Database) -> None:
    found = await verified(database)

    assert (found.chains, found.lines, found.breaks) == (2, 6, ())
    assert len(found.heads) == 64


CHANGES = {
    "candidacy_id": "'{other}'",
    "sequence": "sequence + 16",
    "at": "{later}",
    "by": "'Équipe du Labem'",
    "act": "'awis'",
    "about": "'technipue'",
    "value": "'gavorable'",
    "reason": "replace(reason, 'solide', 'sonide')",
    "previous": "'1' || substr(previous, 2)",
    "digest": "CASE WHEN substr(digest, 1, 1) = '0' THEN '1' ELSE '0' END || substr(digest, 2)",
}


def test_every_column_is_tried() -> None:
    assert set(CHANGES) == {column.name for column in store.JOURNAL.lines.columns}


@pytest.mark.parametrize("column", CHANGES)
@pytest.mark.parametrize("sequence", [1, 2, 3])
async def test_a_flipped_byte_is_found(database: Database, column: str, sequence: int) -> None:
    before = await verified(database)
    other = UUID(int=FIRST.int + 8)
    later = "replace(at, ':00', ':01')" if database.is_sqlite else "at + interval '1 microsecond'"
    value = CHANGES[column].format(other=other.hex if database.is_sqlite else other, later=later)
    if column == "previous" and sequence > 1:
        value = "CASE WHEN substr(previous, 1, 1) = '0' THEN '1' ELSE '0' END || substr(previous, 2)"
    await tamper(database, f'UPDATE journal SET "{column}" = {value} WHERE {of(FIRST, sequence, database)}')

    found = (await verified(database)).breaks

    assert before.breaks == ()
    assert found
    assert {b.chain for b in found} <= {str(FIRST), str(other)}


@pytest.mark.parametrize("column", sorted(CHANGES))
async def test_bytes_that_are_no_value_any_more_are_told(tmp_path_factory: pytest.TempPathFactory, column: str) -> None:
    """SQLite keeps what it is given: a time that is none, text that is no UTF-8, a number that is a word."""
    path = tmp_path_factory.mktemp("bytes") / "test.db"
    made = Database(f"sqlite+aiosqlite:///{path}", FixedClock(NOW))
    await migrate.upgrade(made.engine, "scoring")
    async with made.work() as work:
        await handlers.receive_dossier(work, submitted(FIRST))
        await handlers.open_instruction(work, preselected(FIRST))
        await handlers.record_opinion(work, opinion(FIRST, "technique"))
    await tamper(made, f"UPDATE journal SET \"{column}\" = CAST(x'c328' AS TEXT)")

    found = (await verified(made)).breaks

    await made.close()
    assert "cannot be read" in found[0].what


@pytest.mark.parametrize("letter", ["upper(candidacy_id)", "replace(candidacy_id, '000', '0-00')"])
async def test_another_spelling_of_a_value_is_told(database: Database, letter: str) -> None:
    if not database.is_sqlite:
        pytest.skip("PostgreSQL keeps values, not spellings")
    async with database.work() as work:
        candidacy_id = UUID(int=0xABCDEF)
        await handlers.receive_dossier(work, submitted(candidacy_id))
        await handlers.open_instruction(work, preselected(candidacy_id))
        await handlers.record_opinion(work, opinion(candidacy_id, "technique"))
    assert (await verified(database)).breaks == ()
    await tamper(database, f"UPDATE journal SET candidacy_id = {letter} WHERE {of(candidacy_id, 1, database)}")

    assert (await verified(database)).breaks


@pytest.mark.parametrize("sequence", [1, 2, 3])
async def test_a_removed_line_is_found_the_last_one_too(database: Database, sequence: int) -> None:
    await tamper(database, f"DELETE FROM journal WHERE {of(FIRST, sequence, database)}")

    assert {b.chain for b in (await verified(database)).breaks} == {str(FIRST)}


async def test_two_lines_that_changed_places_are_found(database: Database) -> None:
    moves = [(1, 9), (2, 1), (9, 2)]
    await tamper(
        database, *(f"UPDATE journal SET sequence = {to} WHERE {of(FIRST, old, database)}" for old, to in moves)
    )

    assert [b.sequence for b in (await verified(database)).breaks if b.sequence] == [1, 1, 2, 2, 3]


async def test_a_whole_journal_that_is_gone_is_found_with_its_head(database: Database) -> None:
    key = FIRST.hex if database.is_sqlite else str(FIRST)
    await tamper(database, *(f"DELETE FROM {t} WHERE candidacy_id = '{key}'" for t in ("journal", "journal_head")))

    (found,) = (await verified(database)).breaks
    assert (found.chain, found.sequence, found.what) == (str(FIRST), None, "it has no line at all")


async def test_a_missing_head_is_found(database: Database) -> None:
    await tamper(database, "DELETE FROM journal_head")

    assert {b.what for b in (await verified(database)).breaks} == {"its head is missing"}


async def test_a_tail_cut_with_its_head_set_back_shows_in_the_digest_of_the_heads_only(database: Database) -> None:
    """What no chain can tell alone: hence the digest that `chevalement journal verify` prints, to be kept elsewhere."""
    before = await verified(database)
    head = f"(SELECT digest FROM journal WHERE {of(FIRST, 2, database)})"
    await tamper(
        database,
        f"DELETE FROM journal WHERE {of(FIRST, 3, database)}",
        f"UPDATE journal_head SET sequence = 2, digest = {head} WHERE {of(FIRST, 3, database)}",
    )
    after = await verified(database)

    assert after.breaks == ()
    assert after.heads != before.heads


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE journal SET reason = 'Rien de tout cela.'",
        "DELETE FROM journal",
        "DELETE FROM journal_head",
        "UPDATE journal_head SET sequence = sequence - 1",
        "UPDATE journal_head SET sequence = sequence",
        "TRUNCATE journal",
    ],
)
async def test_the_database_itself_refuses(database: Database, statement: str) -> None:
    if statement.startswith("TRUNCATE") and database.is_sqlite:
        pytest.skip("SQLite has no TRUNCATE")
    with pytest.raises(DBAPIError, match=r"append-only|goes forward"):
        async with database.work() as work:
            await work.connection.execute(text(statement))


async def test_writers_that_come_together_make_one_chain(database: Database) -> None:
    """Ten transactions on one dossier, of which none waits for another before it begins."""

    async def write(number: int) -> None:
        async with database.work() as work:
            head = await journal.hold(work.connection, store.JOURNAL, FIRST)
            facts = {"candidacy_id": FIRST, "at": NOW, "by": "Comité", "act": "avis", "about": "technique"}
            line = {**facts, "value": "favorable", "reason": f"Une raison, la numéro {number}."}
            await journal.append(work.connection, store.JOURNAL, head, line)

    await asyncio.gather(*(write(number) for number in range(10)))

    found = await verified(database)
    assert (found.lines, found.breaks) == (16, ())


async def test_a_transaction_that_fails_leaves_no_gap(database: Database) -> None:
    with pytest.raises(RuntimeError, match="too late"):
        async with database.work() as work:
            await handlers.record_opinion(work, opinion(FIRST, "lyceen", reason="Une correction, qui ne sera pas."))
            raise RuntimeError("too late")

    found = await verified(database)
    assert (found.lines, found.breaks) == (6, ())


async def test_a_line_with_other_facts_is_refused(database: Database) -> None:
    async with database.work() as work:
        head = await journal.hold(work.connection, store.JOURNAL, FIRST)
        with pytest.raises(ValueError, match="tells"):
            await journal.append(work.connection, store.JOURNAL, head, {"candidacy_id": FIRST})
    assert (await verified(database)).breaks == ()


async def test_the_report_names_the_dossier_and_the_line(database: Database) -> None:
    await tamper(database, f"UPDATE journal SET value = 'reserve' WHERE {of(FIRST, 2, database)}")
    report = journals.Report("scoring", await verified(database), {str(FIRST): "LE-2026-0001"})

    first, second = report.lines()
    assert first.startswith("scoring: 2 dossiers, 6 lines, 1 broken, heads ")
    assert second == f"  LE-2026-0001 ({FIRST}), line 2: its facts are not those that were written"


async def test_the_command_reads_every_service(tmp_path: object, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = Settings.load(data=tmp_path)
    with pytest.raises(SystemExit, match="chevalement migrate"):
        await journals.verify_all(settings)
    for service in journals.KEPT:
        made = Database(settings.database_of(service), FixedClock(NOW))
        await migrate.upgrade(made.engine, service)
        await made.close()

    reports = await journals.verify_all(settings)
    assert [line.partition(", heads")[0] for report in reports for line in report.lines()] == [
        f"{service}: 0 dossiers, 0 lines, all match" for service in ("intake", "scoring", "funding_watch")
    ]


words = st.text(st.characters(exclude_categories=("Cs",)), max_size=30)
facts = st.dictionaries(words, words | st.none() | st.integers() | st.datetimes(timezones=st.just(UTC)), max_size=5)


@given(facts, facts)
def test_two_facts_have_the_same_digest_only_when_they_are_the_same(
    one: dict[str, object], two: dict[str, object]
) -> None:
    assert (digest(1, START, one) == digest(1, START, two)) is (one == two)
    assert digest(1, START, one) == digest(1, START, dict(reversed(one.items())))
    assert digest(1, START, one) != digest(2, START, one) != digest(2, "1" * 64, one)


def test_a_moment_has_one_digest_in_every_time_zone() -> None:
    moment = datetime(2026, 3, 12, 12, tzinfo=timezone(timedelta(hours=1)))
    assert digest(1, START, {"at": moment}) == digest(1, START, {"at": moment.astimezone(UTC)})


def test_what_has_no_single_spelling_is_refused() -> None:
    with pytest.raises(TypeError, match="float"):
        digest(1, START, {"at": 0.1})
