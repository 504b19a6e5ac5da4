"""Order is never assumed: whatever is heard of a dossier, twice or early, leaves the same dossier."""

import asyncio
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from hypothesis import given, settings
from hypothesis import strategies as st

from intake import handlers
from intake.store import candidacies, hearsay
from intake.subscribers import declare
from kernel.contracts.envelope import Event
from kernel.contracts.notifier import MessageFailed, MessageSent
from kernel.contracts.scoring import DecisionTaken, OpinionRecorded, QuorumCounted
from kernel.runtime import migrate
from kernel.runtime.clock import FixedClock
from kernel.runtime.database import Database, Work
from tests.intake_story import CALENDAR, NOW, STAFF, decision, dossier, failed, opinion, sent

KNOWN = UUID("00000000-0000-4000-8000-000000000001")
HEARD: list[Event] = [
    opinion(KNOWN, "technique", "favorable"),
    opinion(KNOWN, "technique", "reserve", 2),
    opinion(KNOWN, "lyceen", "favorable_avec_reserves", 1),
    opinion(KNOWN, "expertise", "favorable", 3),
    decision(KNOWN, "nomine"),
    decision(KNOWN, "labellise", 12),
    decision(KNOWN, "en_attente", 12),
    sent(KNOWN),
    failed(KNOWN),
    sent(None),
]
ACTS = {"preselect": handlers.preselect, "decline": handlers.decline, "none": None}
HISTORY = st.lists(st.sampled_from(HEARD), max_size=6).flatmap(lambda twice: st.permutations([*HEARD, *twice]))


@asynccontextmanager
async def fresh() -> AsyncIterator[Database]:
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite+aiosqlite:///{Path(folder)}/intake.db", FixedClock(NOW))
        await migrate.upgrade(database.engine, "intake")
        yield database
        await database.close()


async def hear(work: Work, event: Event, candidacy_id: UUID) -> None:
    """What the subscriber does, about that dossier."""
    if getattr(event, "candidacy_id", None) is not None:
        event = event.model_copy(update={"candidacy_id": candidacy_id})
    match event:
        case OpinionRecorded():
            await handlers.hear_opinion(work, event)
        case DecisionTaken():
            await handlers.hear_decision(work, event)
        case MessageSent() | MessageFailed():
            await handlers.hear_of_message(work, event)


async def told(history: list[Event], act: str, after: int) -> tuple[Any, ...]:
    """The dossier at the end of `history`, with the staff's act after so many events."""
    async with fresh() as database:
        async with database.work() as work:
            await handlers.open_wave(work, CALENDAR, STAFF)
            receipt = await handlers.submit_candidacy(work, dossier(), "LE", uuid4().hex)
        for place, event in enumerate([*history, None]):
            if place == min(after, len(history)) and (command := ACTS[act]):
                async with database.work() as work:
                    await command(work, receipt.candidacy_id, STAFF, "Un projet solide.")
            if event is not None:
                async with database.work() as work:
                    await hear(work, event, receipt.candidacy_id)
        return await end(database, receipt.candidacy_id)


async def end(database: Database, candidacy_id: UUID) -> tuple[Any, ...]:
    async with database.reading() as session:
        kept = await candidacies.candidacy(session, candidacy_id)
        opinions = await hearsay.opinions_on(session, candidacy_id)
        journal = await hearsay.journal_of(session, candidacy_id)
    assert kept is not None
    return kept.state, kept.decision, opinions, sorted(journal, key=lambda line: (line.at, line.act, line.reason))


@settings(max_examples=25, deadline=None)
@given(HISTORY, st.sampled_from(sorted(ACTS)), st.integers(0, 20))
def test_any_history_ends_the_same(history: list[Event], act: str, after: int) -> None:
    found = asyncio.run(told(history, act, after))
    expected = asyncio.run(told(list(HEARD), act, 0))

    assert found == expected
    assert found[0] == {"preselect": "labellise", "decline": "non_retenu", "none": "depose"}[act]
    assert found[2]["technique"].opinion == "reserve"


async def test_a_decision_heard_early_applies_at_the_preselection() -> None:
    async with fresh() as database:
        async with database.work() as work:
            await handlers.open_wave(work, CALENDAR, STAFF)
            receipt = await handlers.submit_candidacy(work, dossier(), "LE", uuid4().hex)
        async with database.work() as work:
            await handlers.hear_decision(work, decision(receipt.candidacy_id, "nomine"))
        assert (await end(database, receipt.candidacy_id))[0] == "depose"
        async with database.work() as work:
            await handlers.preselect(work, receipt.candidacy_id, STAFF, "Un projet solide.")

        assert (await end(database, receipt.candidacy_id))[0] == "nomine"


async def test_what_is_heard_of_an_unknown_dossier_is_kept() -> None:
    async with fresh() as database:
        stranger = uuid4()
        async with database.work() as work:
            for event in HEARD:
                await hear(work, event, stranger)

        async with database.reading() as session:
            found = await hearsay.decision_on(session, stranger)
            assert found is not None
            assert found.outcome == "labellise"
            assert len(await hearsay.journal_of(session, stranger)) == len(HEARD) - 1


def test_every_promised_event_has_its_effect() -> None:
    assert declare().missing() == set()


async def test_the_latest_count_of_a_quorum_counts_whatever_comes_last() -> None:
    sitting, dossier_id = uuid4(), uuid4()

    def counted(revision: int, missing: int) -> QuorumCounted:
        return QuorumCounted(
            sitting_id=sitting,
            committee="technique",
            marks_until=NOW.date(),
            missing={dossier_id: missing} if missing else {},
            revision=revision,
            at=NOW,
        )

    async with fresh() as database:
        for event in (counted(2, 1), counted(3, 0), counted(1, 2), counted(3, 0)):
            async with database.work() as work:
                await handlers.hear_of_quorum(work, event)
        async with database.reading() as session:
            (kept,) = await hearsay.quorums(session)

    assert (kept.revision, kept.missing) == (3, {})
