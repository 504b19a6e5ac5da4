"""What stands around a platform that is killed and must not fall with it: a mail catcher, two portals, a visitor."""

import asyncio
import contextlib
import io
import re
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx2

from chevalement.catcher import Catcher
from chevalement.demo import run
from chevalement.demo.browser import Unexpected
from chevalement.demo.mailbox import Folder
from chevalement.portals import LocalPortals
from kernel.runtime.auth import Door
from tests.faults import child
from tests.faults.child import Child
from tests.patience import PATIENCE

ALERT_DELAY = 1.0
SECRET = "one key for every life of the platform"
NUMBER = re.compile(r"\b[A-Z]{2,4}-\d{4}-\d{4}\b")
UNTOLD = """
SELECT match_id FROM alert_item
WHERE told_in IS NULL AND match_id NOT IN (SELECT match_id FROM match_turn WHERE gone)
"""
"""Matches that are proposed and that nobody was told of."""
NOT_NOW = (httpx2.HTTPError, Unexpected, OSError)
"""What a visitor sees of a platform that has just died or is not up yet."""


@dataclass
class Scene:
    """One installation in `folder`, whose platform may die and come back at the same address."""

    folder: Path
    catcher: Catcher
    portals: LocalPortals
    port: int = field(default_factory=child.free_port)

    @property
    def data(self) -> Path:
        return self.folder / "var"

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def settings(self) -> dict[str, object]:
        """What leads the platform to what stands around it."""
        return {
            "data": self.data,
            "port": self.port,
            "secret": SECRET,
            "smtp_port": self.catcher.port,
            "alert_delay": ALERT_DELAY,
            "aides_territoires_url": self.portals.aides_territoires_url,
            "aides_territoires_token": self.portals.token,
            "eu_portal_url": self.portals.eu_portal_url,
            "crawl_private_addresses": True,
        }

    async def up(self) -> Child:
        """A platform that is ready."""
        started = child.start(self.folder, "up", command=child.HASTY, **self.settings())
        async with httpx2.AsyncClient(timeout=PATIENCE) as client:
            deadline = time.monotonic() + PATIENCE
            while True:
                with contextlib.suppress(httpx2.HTTPError):
                    if (await client.get(f"{self.url}/health/all")).status_code == 200:
                        return started
                assert time.monotonic() < deadline and not started.has_ended, started.err[-3000:]
                await asyncio.sleep(0.05)

    async def until_done(self, events: int, playing: "asyncio.Task[Any]") -> None:
        """Wait until the services have done so many events, or the story has ended."""
        while child.progress(self.data) < events and not playing.done():  # noqa: ASYNC110 - another process does them
            await asyncio.sleep(0.005)

    async def play(self) -> dict[str, Any]:
        """The whole story, from its first step; what is done already is left alone."""
        stage = run.Stage(self.url, Folder(self.catcher.folder), Door(SECRET), ALERT_DELAY)
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            return await run.play(stage, time.perf_counter(), as_json=False)


@contextlib.asynccontextmanager
async def a_scene(folder: Path, kind: type[Scene] = Scene) -> AsyncIterator[Scene]:
    """A scene for the length of the block; the platform is the test's affair."""
    scene = kind(folder, Catcher(folder / "mailbox"), LocalPortals(today=lambda: datetime.now(UTC).date()))
    await scene.catcher.start()
    await scene.portals.start()
    try:
        yield scene
    finally:
        await scene.portals.stop()
        await scene.catcher.stop()


def nothing_doubled(scene: Scene) -> None:
    """Every message about a dossier was made once and every match told once; each mail has one identity."""
    doubled = "SELECT recipient, kind, count(*) FROM delivery WHERE recipient_kind = 'applicant' GROUP BY 1, 2"
    assert {number for *_, number in child.rows(scene.data, "notifier", doubled)} == {1}
    assert child.rows(scene.data, "notifier", UNTOLD) == []
    sent = child.rows(scene.data, "notifier", "SELECT message_id, state FROM delivery")
    assert {state for _, state in sent} == {"envoye"}
    assert set(scene.catcher.message_ids()) == {message_id for message_id, _ in sent}
    to_applicants: dict[tuple[str, str], set[str]] = {}
    for mail in scene.catcher.parsed():
        if NUMBER.search(str(mail["Subject"])):
            to_applicants.setdefault((str(mail["To"]), str(mail["Subject"])), set()).add(str(mail["Message-ID"]))
    assert all(len(identities) == 1 for identities in to_applicants.values()), to_applicants
    assert len(to_applicants) == 3 * 8 + 1, "three to each porteur, and one call passed on"
