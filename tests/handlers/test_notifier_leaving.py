"""A match that is proposed no more is told to nobody who was not told of it; one that comes back is."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from kernel.contracts.funding_watch import MatchLeft, MatchProposed
from kernel.contracts.notifier import AlertDue
from notifier.domain.delivery import Accepted
from tests.handlers.test_notifier_listening import digests, send, titles
from tests.listener_story import ANNE, due, listen, moved, subscribed
from tests.notifier_story import World, a_world, moment, proposed, submitted

DAILY = subscribed(ANNE, "quotidien")
TOMORROW = datetime(2026, 3, 13, 8, 0, tzinfo=UTC)


@pytest.fixture
async def world(database_url: str, tmp_path: Path) -> AsyncIterator[World]:
    async with a_world(tmp_path, database_url) as made:
        yield made


def left(match: MatchProposed, turn: int) -> MatchLeft:
    return MatchLeft(match_id=match.match_id, candidacy_id=match.candidacy_id, turn=turn, at=moment(5))


async def test_a_match_that_left_before_it_was_told_is_told_to_nobody(world: World) -> None:
    await listen(world, DAILY)
    candidacy = uuid4()
    stays, leaves = proposed(candidacy, 1), proposed(candidacy, 2)
    await world.hear_all([submitted(candidacy), stays, leaves, left(leaves, 1)])

    world.clock.set(TOMORROW)
    await world.hear(AlertDue(recipient="staff"))
    await due(world, DAILY)
    (alert,) = [one for one in await world.deliveries() if one.kind == "alerte_equipe"]
    (digest,) = await digests(world)
    assert titles(alert) == titles(digest) == [stays.call.title]


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0), (2, 0, 1)])
async def test_a_match_that_comes_back_is_told_in_whatever_order_it_is_heard(
    world: World, order: tuple[int, ...]
) -> None:
    await listen(world, DAILY)
    candidacy = uuid4()
    match = proposed(candidacy, 1)
    story = (match, left(match, 1), match.model_copy(update={"turn": 2, "at": moment(6)}))
    await world.hear_all([submitted(candidacy), *(story[number] for number in order)])

    world.clock.set(TOMORROW)
    await due(world, DAILY)
    (digest,) = await digests(world)
    assert titles(digest) == [match.call.title]


async def test_who_was_told_of_a_match_is_told_how_its_call_changes_after_it_left(world: World) -> None:
    await listen(world, DAILY)
    candidacy = uuid4()
    match = proposed(candidacy, 1)
    await world.hear_all([submitted(candidacy), match])
    world.clock.set(TOMORROW)
    await due(world, DAILY)
    await send(world, Accepted("Objet"))

    await world.hear_all([left(match, 1), moved(match, date(2026, 6, 30), TOMORROW)])
    world.clock.set(TOMORROW + timedelta(days=3))
    await due(world, DAILY)
    (_, again) = await digests(world)
    assert [change["field"] for change in again.snapshot["projects"][0]["matches"][0]["changes"]] == ["closes_on"]


async def test_a_match_in_a_mail_that_waits_stays_in_it_when_it_leaves(world: World) -> None:
    await listen(world, DAILY)
    candidacy = uuid4()
    match = proposed(candidacy, 1)
    await world.hear_all([submitted(candidacy), match])
    world.clock.set(TOMORROW)
    await due(world, DAILY)
    await world.hear_all([left(match, 1), proposed(candidacy, 2, at=TOMORROW)])
    world.clock.set(TOMORROW + timedelta(days=3))
    await due(world, DAILY)
    (waiting,) = await digests(world)
    assert sorted(titles(waiting)) == ["Chaleur renouvelable 1", "Chaleur renouvelable 2"]
