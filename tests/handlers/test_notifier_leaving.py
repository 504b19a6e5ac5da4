"""A match that is proposed no more is told to nobody who was not told of it; one that comes back is."""

from datetime import date, timedelta
from uuid import uuid4

import pytest

from kernel.contracts.funding_watch import MatchLeft, MatchProposed
from kernel.contracts.notifier import AlertDue
from notifier.domain.delivery import Accepted
from tests.handlers.test_notifier_listening import DAILY, TOMORROW, digests, send, titles, world
from tests.listener_story import due, listen, moved
from tests.notifier_story import World, moment, proposed, submitted

__all__ = ["world"]


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


async def in_the_digest(world: World) -> MatchProposed:
    """A match that is in the digest of the next morning, which no server has seen yet."""
    await listen(world, DAILY)
    candidacy = uuid4()
    match = proposed(candidacy, 1)
    await world.hear_all([submitted(candidacy), match])
    world.clock.set(TOMORROW)
    await due(world, DAILY)
    return match


async def test_who_was_told_of_a_match_is_told_how_its_call_changes_after_it_left(world: World) -> None:
    match = await in_the_digest(world)
    await send(world, Accepted("Objet"))

    await world.hear_all([left(match, 1), moved(match, date(2026, 6, 30), TOMORROW)])
    world.clock.set(TOMORROW + timedelta(days=3))
    await due(world, DAILY)
    (_, again) = await digests(world)
    assert [change["field"] for change in again.snapshot["projects"][0]["matches"][0]["changes"]] == ["closes_on"]


async def test_a_match_in_a_mail_that_waits_stays_in_it_when_it_leaves(world: World) -> None:
    match = await in_the_digest(world)
    await world.hear_all([left(match, 1), proposed(match.candidacy_id, 2, at=TOMORROW)])
    world.clock.set(TOMORROW + timedelta(days=3))
    await due(world, DAILY)
    (waiting,) = await digests(world)
    assert sorted(titles(waiting)) == ["Chaleur renouvelable 1", "Chaleur renouvelable 2"]


async def test_a_match_that_comes_back_after_the_hour_is_told_at_the_next(world: World) -> None:
    await listen(world, DAILY)
    candidacy = uuid4()
    match = proposed(candidacy, 1)
    await world.hear_all([submitted(candidacy), match, left(match, 1)])
    world.clock.set(TOMORROW)
    await due(world, DAILY)
    assert await digests(world) == []

    before = await world.appointments("due.staff")
    await world.hear(match.model_copy(update={"turn": 2, "at": TOMORROW}))
    assert len(await world.appointments("due.staff")) == len(before) + 1, "the team's alert waits for it"
    world.clock.set(TOMORROW + timedelta(days=3))
    await due(world, DAILY)
    (digest,) = await digests(world)
    assert titles(digest) == [match.call.title]
