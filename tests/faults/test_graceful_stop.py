"""Told to stop while events flow, the platform finishes what is in hand, and finds the rest at its next start."""

import asyncio
import contextlib
import signal
from pathlib import Path

import pytest

from tests.faults import child
from tests.faults.scene import NOT_NOW, Scene, a_scene, nothing_doubled

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

EXPECTED = {"candidacies": 8, "labelled": 5, "nominated": 3, "dead_letters": 0, "lost": 0}


async def stopped_amid(scene: Scene, events: int, *signals: signal.Signals) -> int:
    """Play until `events` are done, send `signals`; the exit code."""
    platform = await scene.up()
    broker = platform.started_broker()
    playing = asyncio.create_task(scene.play())
    await scene.until_done(events, playing)
    for number in signals:
        platform.signal(number)
        await asyncio.sleep(0.05)
    code = await asyncio.to_thread(platform.ends)
    with contextlib.suppress(*NOT_NOW):
        await playing
    child.until(lambda: child.name_of(broker) == "", "the broker to end with its parent")
    assert "Traceback" not in platform.err, platform.err[-3000:]
    return code


async def test_stopped_while_events_flow(tmp_path: Path) -> None:
    """By an impatient person who presses Ctrl-C twice, then once more; `make faults` begins with an early stop."""
    async with a_scene(tmp_path) as scene:
        if child.LARGE:
            assert await stopped_amid(scene, 8, signal.SIGTERM) == 0
        assert await stopped_amid(scene, 70, signal.SIGINT, signal.SIGINT) in (0, 130)
        assert await stopped_amid(scene, 150, signal.SIGTERM) == 0
        await finishes(scene)


async def finishes(scene: Scene) -> None:
    """The next start finds everything."""
    platform = await scene.up()
    try:
        found = await scene.play()
        assert {name: found[name] for name in EXPECTED} == EXPECTED
        nothing_doubled(scene)
    finally:
        platform.signal(signal.SIGTERM)
        assert platform.ends() == 0
