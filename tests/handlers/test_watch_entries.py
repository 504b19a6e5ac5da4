"""What people write in the watch on real databases: two at once enter one call, amend it once, keep one view."""

import asyncio
from datetime import UTC, datetime

import pytest
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from funding_watch.domain.call import FundingCall
from funding_watch.handlers import UnknownCall, settle_all
from funding_watch.handlers.entries import Changed, amend_call, enter_call, restore_call, withdraw_call
from funding_watch.handlers.views import RefusedName, rename_view, save_view
from funding_watch.store import calls, views
from funding_watch.tables import SavedViewRow
from kernel.contracts.funding_watch import CallAmended, CallDiscovered, CallReopened
from kernel.runtime.clock import FixedClock
from kernel.runtime.database import Database
from tests.databases import database_of
from tests.watch_story import START, call, moment, told

MEETING = {"by": "Équipe du Label", "reason": "Réunion du comité"}


database = database_of("funding_watch", START)


def heard(**changes: object) -> FundingCall:
    return call("0" * 32, source="saisie", **changes)


async def enter(database: Database, one: FundingCall) -> None:
    async with database.work() as work:
        await enter_call(work, one, **MEETING)


async def amend(database: Database, one: FundingCall, seen: str) -> None:
    async with database.work() as work:
        await amend_call(work, one, seen=seen, **MEETING)


async def test_one_form_sent_twice_at_once_enters_one_call(database: Database) -> None:
    await asyncio.gather(*(enter(database, heard()) for _ in range(4)))
    assert len(await told(database, CallDiscovered)) == 1
    async with database.reading() as session:
        (line,) = await calls.history(session, heard().key)
        known = await calls.one(session, heard().key)
    assert (line.kind, line.by, line.reason) == ("entered", MEETING["by"], MEETING["reason"])
    assert known and known.life.phase == "ouvert"
    with pytest.raises(Changed):
        await enter(database, heard(title="Autre chose"))


async def test_of_two_who_amend_what_both_saw_one_is_told(database: Database) -> None:
    await enter(database, heard())
    seen = heard().content_hash()
    both = [amend(database, heard(title=f"Titre {n}"), seen) for n in (1, 2)]
    found = await asyncio.gather(*both, return_exceptions=True)
    assert [type(one) for one in found if one is not None] == [Changed]
    assert len(await told(database, CallAmended)) == 1


async def test_what_was_taken_back_is_opened_again_only_while_its_dates_let_it(
    database: Database, clock: FixedClock
) -> None:
    await enter(database, heard())
    async with database.work() as work:
        await withdraw_call(work, heard().key, **MEETING)
    async with database.work() as work:
        await restore_call(work, heard().key, by=MEETING["by"])
    assert len(await told(database, CallReopened)) == 1
    for wrong, key in ((restore_call, heard().key), (restore_call, "saisie:inconnu")):
        with pytest.raises((ValueError, UnknownCall)):
            async with database.work() as work:
                await wrong(work, key, by="x")
    clock.set(moment(91))
    async with database.work() as work:
        await settle_all(work)
    with pytest.raises(ValueError, match="over by its dates"):
        async with database.work() as work:
            await restore_call(work, heard().key, by="x")


async def test_an_amended_deadline_opens_again_what_it_had_closed(database: Database, clock: FixedClock) -> None:
    await enter(database, heard())
    clock.set(moment(91))
    async with database.work() as work:
        await settle_all(work)
    later = heard(closes_at=datetime(2026, 9, 30, 12, tzinfo=UTC))
    await amend(database, later, heard().content_hash())
    async with database.reading() as session:
        known = await calls.one(session, later.key)
    assert known and known.life.presence == "confirme"


async def keep(database: Database, name: str) -> None:
    async with database.work() as work:
        await save_view(work, "p", "tri", name, "etat=tout")


async def test_one_name_kept_twice_at_once_is_one_view(database: Database) -> None:
    await asyncio.gather(*(keep(database, "La mienne") for _ in range(3)))
    await keep(database, "Une autre")
    async with database.reading() as session:
        first, second = await views.views(session, "p", "tri")
    with pytest.raises(RefusedName):
        async with database.work() as work:
            await rename_view(work, "p", "tri", first.id, second.name)


@pytest.mark.parametrize(
    ("column", "value"), [("name", ""), ("name", "n" * 81), ("list", "ailleurs"), ("address", "x" * 2_001)]
)
async def test_a_view_without_name_or_list_cannot_be_written(database: Database, column: str, value: str) -> None:
    await keep(database, "La mienne")
    with pytest.raises(IntegrityError):
        async with database.engine.begin() as connection:
            await connection.execute(update(SavedViewRow).values({column: value}))
