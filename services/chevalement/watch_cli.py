"""The verbs of the watch: crawl, calls, calls changes, export and precedents. Code runs only when its verb is used."""

import asyncio
import json
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer
import uvloop

Data = Annotated[Path | None, typer.Option(help="Folder of the installation's state (CHEVALEMENT_DATA).")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]

calls = typer.Typer(help="The catalogue: one line a call; `changes` and `export` show it otherwise.")


class Format(StrEnum):
    """What a catalogue can be written as."""

    CSV = "csv"
    ODS = "ods"
    JSON = "json"
    DISPOSITIF_AIDE = "dispositif-aide"


def crawl(
    name: Annotated[str | None, typer.Argument(help="The source, as `chevalement sources` names it.")] = None,
    *,
    every: Annotated[bool, typer.Option("--all", help="Read every source that is configured.")] = False,
    base_url: Annotated[str | None, typer.Option(help="Read this address instead of the source's own.")] = None,
    at: Annotated[str | None, typer.Option(help="The clock of this crawl, for replaying a history.")] = None,
    as_json: AsJson = False,
    data: Data = None,
) -> None:
    """Read a source now; exit code 1 when a reading was not believed, and nothing was changed."""
    from chevalement import crawls

    if (name is None) != every or (every and base_url):
        raise typer.BadParameter("give one NAME, or --all without --base-url")
    try:
        clock = crawls.clock_at(at, "--at")
        outcomes = uvloop.run(crawls.crawl(_settings(data), [name] if name else [], base_url, clock))
    except crawls.Refused as refused:
        typer.echo(str(refused), err=True)
        raise typer.Exit(2) from None
    found = [crawls.facts(outcome) for outcome in outcomes]
    if as_json:
        typer.echo(json.dumps(crawls.totals(found), ensure_ascii=False))
    else:
        typer.echo("\n".join(crawls.line(one) for one in found) or "Aucune source n’est configurée.")
    raise typer.Exit(1 if any(outcome.refused for outcome in outcomes) else 0)


@calls.callback(invoke_without_command=True)
def calls_list(
    context: typer.Context,
    status: Annotated[str | None, typer.Option(help="forthcoming, open, permanent, unconfirmed or closed.")] = None,
    as_json: AsJson = False,
    data: Data = None,
) -> None:
    """Every call that the watch knows, one line each."""
    from chevalement import calls as catalogue

    if context.invoked_subcommand:
        return
    if status and status not in catalogue.ALL_STATUSES:
        raise typer.BadParameter(f"{status!r} is no status: {', '.join(catalogue.ALL_STATUSES)}")

    async def lines(database: Any) -> list[dict[str, Any]]:
        now = database.clock.now()
        return [catalogue.facts(one, now) for one in await catalogue.known(database, status)]

    for one in _read(data, lines):
        typer.echo(json.dumps(one, ensure_ascii=False) if as_json else catalogue.line(one))


@calls.command("changes")
def calls_changes(
    since: Annotated[str | None, typer.Option(help="From this moment on.")] = None,
    as_json: AsJson = False,
    data: Data = None,
) -> None:
    """Every change that the watch noticed, one line each, the oldest first."""
    from chevalement import calls as catalogue
    from chevalement import crawls

    try:
        beginning = crawls.moment(since, "--since")
    except crawls.Refused as refused:
        typer.echo(str(refused), err=True)
        raise typer.Exit(2) from None

    async def lines(database: Any) -> list[dict[str, Any]]:
        return list(await catalogue.changes(database, beginning))

    for one in _read(data, lines):
        said = f"{one['at']}  {one['source']}:{one['source_ref']}  {one['kind']}  {one['field'] or ''}"
        typer.echo(json.dumps(one, ensure_ascii=False) if as_json else f"{said}  {one['old']} → {one['new']}")


@calls.command("export")
def calls_export(
    form: Annotated[Format, typer.Option("--format", help="What to write.")],
    status: Annotated[str | None, typer.Option(help="Only the calls of this status.")] = None,
    out: Annotated[Path | None, typer.Option(help="The file to write; the standard output when left away.")] = None,
    data: Data = None,
) -> None:
    """The catalogue as a file that others can open."""
    from chevalement import calls as catalogue
    from funding_watch.domain import exports

    async def written(database: Any) -> tuple[bytes, int]:
        found, now = await catalogue.known(database, status), database.clock.now()
        if form is Format.DISPOSITIF_AIDE:
            return exports.as_dispositif_aide(found)
        rows = [catalogue.facts(one, now) for one in found]
        write = {Format.CSV: exports.as_csv, Format.ODS: exports.as_ods, Format.JSON: exports.as_json}[form]
        return write(rows), 0

    content, left_out = _read(data, written)
    if left_out:
        typer.echo(f"{left_out} calls left out: not for public bodies, or without what the schema needs", err=True)
    if out:
        out.write_bytes(content)
    else:
        sys.stdout.buffer.write(content)


@calls.command("precedents")
def calls_precedents(
    file: Annotated[Path, typer.Argument(help="The public CSV of the projects that the Fonds vert paid for.")],
    programme: Annotated[str, typer.Option(help="The programme that the file is about.")] = "Fonds vert",
    data: Data = None,
) -> None:
    """Load a public file of funded projects, shown beside the calls; it replaces the programme's former file."""
    from chevalement import precedents as loading

    try:
        found = loading.read(file, programme)
    except (OSError, loading.Unreadable) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from None
    for number, why in found.wrong:
        typer.echo(f"line {number} left out: {why}", err=True)

    async def load(database: Any) -> int:
        return await loading.load(database, programme, found)

    typer.echo(f"{_read(data, load)} precedents, {len(found.wrong)} lines left out")


def _settings(data: Path | None) -> Any:
    from kernel.runtime.settings import Settings
    from kernel.runtime.telemetry import configure

    settings = Settings.load(log_level="error", **({"data": data} if data else {}))
    configure(settings)
    return settings


def _read(data: Path | None, work: Any) -> Any:
    from chevalement.crawls import watch_database
    from kernel.runtime.clock import SystemClock

    async def run() -> Any:
        async with watch_database(_settings(data), SystemClock()) as database:
            return await work(database)

    return asyncio.run(run())
