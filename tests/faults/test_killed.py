"""Eight candidacies travel while the broker, then the whole platform, is killed: nothing lost, nothing doubled."""

import asyncio
import contextlib
import random
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from tests.faults import child
from tests.faults.scene import NOT_NOW, Scene, a_scene, nothing_doubled
from tests.patience import LONG

pytestmark = [pytest.mark.slow, pytest.mark.timeout(3 * LONG), pytest.mark.asyncio(loop_scope="module")]

ALL_EVENTS = 250
"""A little under the events that a calm story makes the four services do."""
KILLS = 5 if child.LARGE else 3
SEEDS = range(8) if child.LARGE else range(2022, 2023)
MOMENTS: dict[str, Callable[[Path], bool]] = {
    "while candidacies come in": lambda data: child.count(data, "intake", "candidacy") >= 3,
    "while opinions are given": lambda data: child.count(data, "scoring", "opinion") >= 10,
    "while calls are matched": lambda data: child.count(data, "funding_watch", "call") > 0,
    "while mails leave": lambda data: child.count(data, "notifier", "alert_item") > 0,
}
ALWAYS = ("while calls are matched",)
OF_EACH = ("accuse_reception", "preselection", "decision")
FIXED = ("candidacies", "labelled", "nominated", "calls", "matches", "dead_letters", "lost")


def moments(seed: int) -> list[tuple[int, float]]:
    """(events done, seconds after), spread over the story and different for each seed."""
    chance = random.Random(seed)
    return [(done, chance.uniform(0, 0.05)) for done in sorted(chance.sample(range(1, ALL_EVENTS), KILLS))]


async def play_on(scene: Scene, killed: Iterable[tuple[int, float]]) -> dict[str, Any]:
    """Play until each moment, kill, start again; then play to the end."""
    for done, after in killed:
        platform = await scene.up()
        broker = platform.started_broker()
        playing = asyncio.create_task(scene.play())
        await scene.until_done(done, playing)
        await asyncio.sleep(after)
        platform.kill()
        with contextlib.suppress(*NOT_NOW):
            await playing
        child.until(lambda broker=broker: child.name_of(broker) == "", "the broker to die with its parent")
    platform = await scene.up()
    try:
        return await scene.play()
    finally:
        platform.kill()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def calm(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What a story that nothing disturbs comes to: the measure of those that were."""
    async with a_scene(tmp_path_factory.mktemp("calm")) as scene:
        return await play_on(scene, ())


def as_if_calm(scene: Scene, found: dict[str, Any], calm: dict[str, Any]) -> None:
    """A disturbed story came to the same numbers, and everybody was told everything once."""
    assert {name: found[name] for name in FIXED} == {name: calm[name] for name in FIXED}
    nothing_doubled(scene)
    assert child.count(scene.data, "intake", "candidacy") == 8
    assert child.count(scene.data, "scoring", "decision") == 8
    assert child.count(scene.data, "scoring", "opinion") == 24
    applicants = "SELECT kind, count(*) FROM delivery WHERE recipient_kind = 'applicant' GROUP BY kind"
    assert dict(child.rows(scene.data, "notifier", applicants)) == dict.fromkeys(OF_EACH, 8) | {"appel_transmis": 1}
    assert all(child.count(scene.data, service, "outbox") == 0 for service in child.SERVICES)


@pytest.mark.parametrize("seed", SEEDS)
async def test_the_platform_is_killed_at_any_moment(tmp_path: Path, calm: dict[str, Any], seed: int) -> None:
    async with a_scene(tmp_path) as scene:
        as_if_calm(scene, await play_on(scene, moments(seed)), calm)


@pytest.mark.parametrize("moment", MOMENTS if child.LARGE else ALWAYS)
async def test_the_broker_is_killed_and_comes_back(tmp_path: Path, calm: dict[str, Any], moment: str) -> None:
    async with a_scene(tmp_path) as scene:
        platform = await scene.up()
        broker = platform.started_broker()
        playing = asyncio.create_task(scene.play())
        while not MOMENTS[moment](scene.data) and not playing.done():  # noqa: ASYNC110 - another process does it
            await asyncio.sleep(0.005)
        assert not playing.done(), "the story ended before the broker was killed"
        broker.kill()
        found = await playing
        second = platform.started_broker()
        assert second.pid != broker.pid
        as_if_calm(scene, found, calm)
        platform.kill()
        child.until(lambda: child.name_of(second) == "", "the second broker to die with the platform")
