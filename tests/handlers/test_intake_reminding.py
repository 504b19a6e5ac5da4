"""A porteur is reminded of what was agreed, once ahead of its day and once past it; the calendar answers nobody."""

from datetime import UTC, datetime
from typing import Any

import pytest

from intake.domain.dossier import CALENDAR
from intake.domain.follow_up import Progress
from intake.domain.tasks import tasks
from intake.forms.follow_up import Planned
from intake.forms.messages import Said
from intake.handlers import follow_up, messages, reminding, waves
from intake.handlers.follow_up import THE_TEAM
from intake.store import messages as threads
from intake.store.tasks import facts
from kernel.runtime.database import Database
from tests.handlers.test_intake_follow_up import DECIDED, database, decided, move, outbox, planned
from tests.intake_story import DAY, STAFF

__all__ = ["database"]
DUE = datetime(2026, 9, 1, 10, tzinfo=UTC)
"""The day of the lines that `planned` writes, a Tuesday."""


async def come_due(made: Database, known: Any, at: datetime) -> list[str]:
    """The appointment of `at` is heard twice; what the calendar has written by then."""
    move(made, at)
    for _ in range(2):
        async with made.work() as work:
            await reminding.come_due(work, known)
    async with made.reading() as session:
        return [one.text for one in await threads.thread(session, known) if one.by == CALENDAR]


async def late_tasks(made: Database, at: datetime) -> list[str]:
    async with made.reading() as session:
        return [one.what for one in tasks(await facts(session, at), at) if one.kind == "suivi"]


@pytest.mark.parametrize(("kind", "said"), [("porteur", 2), ("jalon", 2), ("label", 0)])
async def test_a_porteur_is_told_once_ahead_and_once_past_the_day(database: Database, kind: str, said: int) -> None:
    known = await decided(database)
    await planned(database, known, kind)
    assert await come_due(database, known, DUE - 15 * DAY) == []
    told = [await come_due(database, known, DUE + days * DAY) for days in (-14, -3, 0, 1, 5, 40)]

    assert [len(texts) for texts in told] == ([1, 1, 1, 2, 2, 2] if said else [0] * 6)
    for text, words in zip(told[-1], ("approche", "est passée"), strict=False):
        assert f"Une ligne {kind}" in text and "01/09/2026" in text and words in text
    assert len(await outbox(database, "intake.message.posted")) == said
    assert len(await late_tasks(database, DUE + DAY)) == 1, "the team sees both sides' delays"


async def test_the_appointment_is_for_the_first_thing_to_come(database: Database) -> None:
    known = await decided(database)
    move(database, DUE - 40 * DAY)
    await planned(database, known, "jalon")
    appointments = [headers for _, headers in await outbox(database, "intake.schedule.due")]
    assert "@at 2026-08-18T07:00:00" in appointments[-1] or "@at 2026-08-22" in appointments[-1], "30 days, or the day"
    await come_due(database, known, DUE - 20 * DAY)
    assert "@at 2026-08-18T07:00:00" in (await outbox(database, "intake.schedule.due"))[-1][1]


@pytest.mark.parametrize("progress", ["tenu", "abandonne"])
async def test_nobody_is_reminded_of_what_is_ended(database: Database, progress: Progress) -> None:
    known = await decided(database)
    line = await planned(database, known, "porteur")
    async with database.work() as work:
        await follow_up.move_line(work, known, line.id, progress, THE_TEAM)
    assert await come_due(database, known, DUE + 5 * DAY) == []
    assert await late_tasks(database, DUE + 5 * DAY) == []


async def test_after_an_outage_one_word_says_all(database: Database) -> None:
    known = await decided(database)
    await planned(database, known, "jalon")
    move(database, DUE + 3 * DAY)
    for _ in range(2):
        async with database.work() as work:
            await waves.keep_appointments(work)
    async with database.reading() as session:
        [told] = await threads.thread(session, known)
    assert "est passée" in told.text


async def test_what_comes_on_one_morning_is_one_message(database: Database) -> None:
    known = await decided(database)
    for number in range(30):
        async with database.work() as work:
            await follow_up.plan_line(work, known, Planned("jalon", f"Pose {number} {'x' * 480}", DUE.date()), STAFF)
    [told] = await come_due(database, known, DUE - 10 * DAY)

    assert told.count("« Pose ") == 20 and "10 autres" in told and len(told) < 5_000
    assert len(await come_due(database, known, DUE + 2 * DAY)) == 2


async def test_what_was_near_when_it_was_written_is_not_announced(database: Database) -> None:
    known = await decided(database)
    async with database.work() as work:
        near = Planned("jalon", "Bientôt là", (DECIDED + 3 * DAY).date())
        await follow_up.plan_line(work, known, near, STAFF)
    assert await come_due(database, known, DECIDED + DAY) == [], "the morning two weeks ahead had passed"
    assert len(await come_due(database, known, DECIDED + 5 * DAY)) == 1, "once it is late, it is told"


async def test_the_calendar_answers_nobody(database: Database) -> None:
    known = await decided(database)
    await planned(database, known, "jalon")
    move(database, DUE - 15 * DAY)
    async with database.work() as work:
        await messages.post(work, known, Said("Qui paie le toit ?", "q" * 24), "porteur", "Porteur du projet")
    await come_due(database, known, DUE - 13 * DAY)

    async with database.reading() as session:
        assert await threads.waiting(session) == {known: DUE - 15 * DAY}
        assert await threads.unread(session, "equipe") == {known: 1}
        assert await threads.unread(session, "porteur") == {known: 1}
