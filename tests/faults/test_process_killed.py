"""The whole platform is killed again and again while eight candidacies travel: nothing lost, nothing doubled."""

import asyncio
import contextlib
import random
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from tests.faults import child
from tests.faults.scene import NOT_NOW, Scene, a_scene, nothing_doubled

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

ALL_EVENTS = 250
"""A little under the events that a calm story makes the four services do."""
KILLS = 5
SEEDS = range(8) if child.LARGE else range(2022, 2023)


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


@pytest.mark.parametrize("seed", SEEDS)
async def test_killed_at_any_moment(tmp_path: Path, seed: int) -> None:
    async with a_scene(tmp_path / "calm") as scene:
        calm = await play_on(scene, ())
    async with a_scene(tmp_path / "disturbed") as scene:
        found = await play_on(scene, moments(seed))

        fixed = ("candidacies", "labelled", "nominated", "calls", "matches", "dead_letters", "lost")
        assert {name: found[name] for name in fixed} == {name: calm[name] for name in fixed}
        nothing_doubled(scene)
        assert child.count(scene.data, "intake", "candidacy") == 8
        assert child.count(scene.data, "scoring", "decision") == 8
        assert child.count(scene.data, "scoring", "opinion") == 24
        assert all(child.count(scene.data, service, "outbox") == 0 for service in child.SERVICES)
