"""The main job, start to end, with its progress, its table and its last line of JSON."""

import asyncio
import contextlib
import json
import shutil
import socket
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from chevalement.catcher import Catcher
from chevalement.demo import findings, show
from chevalement.demo import sources as demo_sources
from chevalement.demo.browser import Visitor
from chevalement.demo.colleague import Colleague
from chevalement.demo.mailbox import Folder, Mailbox, Mailpit
from chevalement.demo.mornings import Morning, mornings
from chevalement.demo.story import Candidate, Story
from chevalement.operations import sign_in_link
from chevalement.platform import running, stop_signal
from chevalement.portals import LocalPortals
from kernel.runtime.auth import Door
from kernel.runtime.clock import SystemClock
from kernel.runtime.settings import Settings

ALERT_DELAY = 1.0


@dataclass(frozen=True, slots=True)
class Stage:
    """Where the demonstration plays: an address, a mailbox, a key that opens the staff's door."""

    url: str
    mailbox: Mailbox
    door: Door
    alert_delay: float
    decision_file: Path | None = None
    """Where the wave's decision file is kept; without it the committees give opinions and do not sit."""


@dataclass(frozen=True, slots=True)
class After:
    """What can be done beside a platform of this machine once the story is told."""

    read_again: Callable[[], Awaitable[dict[str, int]]]
    """Every source once more."""
    mornings: Callable[[], Awaitable[list[Morning]]]
    """What the notifier will send of itself."""


async def run(settings: Settings, *, once: bool, as_json: bool, fresh: bool) -> None:
    """Play on this machine; stay up afterwards unless `once`."""
    if fresh:
        shutil.rmtree(settings.data, ignore_errors=True)
    stop = stop_signal()
    playing = asyncio.create_task(_on_this_machine(settings, once=once, as_json=as_json, stop=stop))
    stopping = asyncio.create_task(stop.wait())
    await asyncio.wait({playing, stopping}, return_when=asyncio.FIRST_COMPLETED)
    if not playing.done() and not once:
        await asyncio.wait({playing}, timeout=12)
    if not playing.done():
        playing.cancel()
    stopping.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await playing
    if stop.is_set() and once:
        raise SystemExit(130)


async def _on_this_machine(settings: Settings, *, once: bool, as_json: bool, stop: asyncio.Event) -> None:
    begin = time.perf_counter()
    async with surroundings(settings) as local, running(local) as platform:
        mailbox = Folder(settings.data / "mailbox")
        file = settings.data / "dossier-de-decision.zip"
        stage = Stage(platform.url, mailbox, Door(settings.signing_key()), local.alert_delay, file)
        there = local.model_copy(update={"public_url": platform.url})
        after = After(
            lambda: demo_sources.read_again(local, Console(stderr=True)), lambda: mornings(there, SystemClock())
        )
        await play(stage, begin, as_json=as_json, after=after)
        if not once:
            link = sign_in_link(there, "Équipe du Label", "staff")
            show.where_to_click(Console(), platform.url, link, settings.data / "mailbox")
            await stop.wait()


@contextlib.asynccontextmanager
async def surroundings(settings: Settings) -> AsyncIterator[Settings]:
    """A mail catcher and the funding portals on this machine, and the settings that lead to them."""
    catcher = Catcher(settings.data / "mailbox")
    portals = LocalPortals(today=lambda: datetime.now(UTC).date())
    await catcher.start()
    port = settings.data / "portals.port"
    await portals.start(port=_port_of_before(port))
    port.write_text(portals.base_url.rpartition(":")[2], encoding="ascii")
    try:
        yield settings.model_copy(
            update={
                "smtp_host": "127.0.0.1",
                "smtp_port": catcher.port,
                "alert_delay": ALERT_DELAY,
                **demo_sources.declared_here(settings, portals),
            }
        )
    finally:
        await portals.stop()
        await catcher.stop()


def _port_of_before(kept: Path) -> int:
    """The portals' port of an earlier run, if it is free: a call that is named by its address is then the same call."""
    try:
        port = int(kept.read_text(encoding="ascii"))
        with socket.create_server(("127.0.0.1", port)):
            return port
    except (OSError, ValueError):
        return 0


async def elsewhere(settings: Settings, url: str, mailbox: str, *, as_json: bool) -> None:
    """Play on a platform that runs at `url` and shares our CHEVALEMENT_SECRET; its mails are read at `mailbox`."""
    stage = Stage(url.rstrip("/"), Mailpit(mailbox), Door(settings.signing_key()), settings.alert_delay)
    await play(stage, time.perf_counter(), as_json=as_json)


async def serve_portals(host: str, port: int) -> None:
    """The portals, until told to stop."""
    stop = stop_signal()
    local = LocalPortals(today=lambda: datetime.now(UTC).date())
    await local.start(host, port)
    await stop.wait()
    await local.stop()


async def play(stage: Stage, begin: float, *, as_json: bool, after: After | None = None) -> dict[str, object]:
    """All the steps on a platform that is up; prints the table and, if asked, the line of JSON."""
    story = Story(Visitor(stage.url), Visitor(stage.url), stage.door)
    console = Console(stderr=True)
    try:
        with _progress(console) as progress:
            found = await _steps(story, stage, progress)
        plans = await findings.plans(story.officer, story.candidates)
    finally:
        await story.applicant.close()
        await story.officer.close()
    more = await after.read_again() if after else {}
    next_days = await after.mornings() if after else []
    if after:
        more["mails_of_the_next_days"] = sum(len(one.mails) for one in next_days)
    summary: dict[str, object] = {**found.summary, **more, "seconds": round(time.perf_counter() - begin, 1)}
    if stage.decision_file:
        show.verified(show.wide(), stage.decision_file)
    show.table(show.wide(), story.candidates, found.matches, found.mails)
    show.montage(show.wide(), plans)
    show.mornings(show.wide(), next_days)
    if as_json:
        print(json.dumps(summary), flush=True)
    return summary


@dataclass(frozen=True, slots=True)
class Found:
    """What `_steps` brings back."""

    summary: dict[str, int]
    matches: dict[str, list[findings.Match]]
    mails: dict[str, int]


async def _deliberate(story: Story, stage: Stage, progress: Progress) -> dict[str, int]:
    """From the committees to the letters; says how many dossiers came to each outcome."""
    if stage.decision_file:
        task = progress.add_task("Séances des trois comités", total=1)
        await story.sit(datetime.now(UTC), stage.url)
        progress.advance(task)
    await _each(story, progress)("Propositions et décisions", story.decide)
    outcomes = await story.release(datetime.now(UTC))
    if stage.decision_file:
        stage.decision_file.write_bytes(await story.decision_file())
    return outcomes


async def _watch(story: Story, stage: Stage, progress: Progress) -> int:
    """From the sources to the call that is passed on; says how many calls there are."""
    task = progress.add_task("Veille de toutes les sources", total=2)
    colleague = Colleague(story.officer, stage.url, stage.mailbox)
    await colleague.join()
    progress.advance(task)
    calls = await findings.read_sources(story.officer)
    progress.advance(task)
    task = progress.add_task("Rapprochements et courriels", total=2)
    await findings.quiet(story.officer)
    progress.advance(task)
    await colleague.pass_on(datetime.now(UTC).date())
    progress.advance(task)
    return calls


async def _steps(story: Story, stage: Stage, progress: Progress) -> Found:
    await story.sign_in()
    await story.open_wave(datetime.now(UTC))
    each = _each(story, progress)
    await each("Candidatures par le formulaire", story.submit)
    await each("Présélection", story.preselect)
    await each("Avis des trois comités", story.give_opinions)
    outcomes = await _deliberate(story, stage, progress)
    calls = await _watch(story, stage, progress)
    mails = await findings.settled_mails(stage.mailbox, stage.alert_delay)
    dead_letters = await findings.quiet(story.officer)
    matches = {c.id: await findings.matches(story.officer, c) for c in story.candidates}
    summary = {
        "candidacies": len(story.candidates),
        "labelled": outcomes["labellise"],
        "nominated": outcomes["nomine"],
        "calls": calls,
        "matches": sum(map(len, matches.values())),
        "mails": len(mails),
        "dead_letters": dead_letters,
        "lost": findings.lost(story.candidates, await story.in_scoring(), mails),
    }
    return Found(summary, matches, {c.id: len(findings.about(mails, c.number)) for c in story.candidates})


def _each(story: Story, progress: Progress) -> Callable[[str, Callable[[Candidate], Awaitable[None]]], Awaitable[None]]:
    async def step(words: str, act: Callable[[Candidate], Awaitable[None]]) -> None:
        task = progress.add_task(words, total=len(story.candidates))
        for candidate in story.candidates:
            await act(candidate)
            progress.advance(task)

    return step


def _progress(console: Console) -> Progress:
    return Progress(
        TextColumn("{task.description:<32}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), console=console
    )
