"""The `chevalement` command: everything an operator does, one verb each. Code runs only when its verb is used."""

import asyncio
import json
from pathlib import Path
from typing import Annotated

import typer
import uvloop
from sqlalchemy.exc import OperationalError

from chevalement.mail_cli import mails
from chevalement.watch_cli import calls, crawl
from kernel.contracts.label import WrongLabel
from kernel.contracts.registry import SERVICES
from kernel.runtime.nats_server import BrokerDidNotStart
from kernel.runtime.settings import Settings, WrongSetting

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
dead_letters = typer.Typer(no_args_is_help=True, help="Messages set aside: list, show, replay, drop.")
app.add_typer(dead_letters, name="dlq")
journal = typer.Typer(no_args_is_help=True, help="The chained journals of the dossiers: verify.")
app.add_typer(journal, name="journal")
sources = typer.Typer(help="What the watch reads, and how it fares; `try` shows what a declaration would take.")
app.add_typer(sources, name="sources")
app.add_typer(calls, name="calls")
app.command()(crawl)
app.command()(mails)

Data = Annotated[Path | None, typer.Option(help="Folder of the installation's state (CHEVALEMENT_DATA).")]
Port = Annotated[int | None, typer.Option(help="Port of the pages (CHEVALEMENT_PORT); 0 takes a free one.")]


def settings_with(**changes: object) -> Settings:
    """The environment's settings, options of the command line first."""
    from kernel.runtime.telemetry import configure

    settings = Settings.load(**{name: value for name, value in changes.items() if value is not None})
    configure(settings)
    return settings


@app.command()
def demo(
    *,
    once: Annotated[bool, typer.Option(help="Run the main job and exit.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print a last line of JSON.")] = False,
    fresh: Annotated[bool, typer.Option(help="Forget what an earlier run left.")] = False,
    against: Annotated[str, typer.Option(help="Play on a platform that runs at this address instead.")] = "",
    mailbox: Annotated[str, typer.Option(help="With --against: address of its mail catcher's API.")] = "",
    data: Data = None,
    port: Port = None,
) -> None:
    """Eight real candidacies, from the web form to an alert in a mailbox, on this machine."""
    from chevalement.demo.browser import Unexpected
    from chevalement.demo.run import elsewhere, run

    settings = settings_with(data=data, port=port, log_level="error")
    try:
        if against:
            uvloop.run(elsewhere(settings, against, mailbox, as_json=as_json))
        else:
            uvloop.run(run(settings, once=once, as_json=as_json, fresh=fresh))
    except Unexpected as error:
        typer.echo(str(error), err=True)
        raise SystemExit(1) from None


@app.command()
def portals(host: str = "127.0.0.1", port: int = 8080) -> None:
    """Serve the two bundled funding portals, for a demonstration on a platform that runs elsewhere."""
    from chevalement.demo.run import serve_portals

    uvloop.run(serve_portals(host, port))


@app.command()
def up(data: Data = None, port: Port = None) -> None:
    """Run the whole platform in one process, until Ctrl-C."""
    from chevalement.platform import running, stop_signal

    settings = settings_with(data=data, port=port)

    async def serve() -> None:
        stop = stop_signal()
        async with running(settings) as platform:
            typer.echo(f"Prêt : {platform.url}")
            await stop.wait()

    uvloop.run(serve())


@app.command()
def serve(
    service: Annotated[str, typer.Argument(help=", ".join(SERVICES))], host: str | None = None, port: Port = None
) -> None:
    """Run one service alone, as a container does."""
    from chevalement.platform import serve_one

    if service not in SERVICES:
        raise typer.BadParameter(f"{service!r} is not a service: {', '.join(SERVICES)}")
    uvloop.run(serve_one(service, settings_with(host=host, port=port)))


@app.command()
def migrate(service: Annotated[list[str] | None, typer.Argument(help="All when none is named.")] = None) -> None:
    """Bring the databases to their newest revision."""
    from chevalement.operations import migrate_all

    asyncio.run(migrate_all(settings_with(), service or list(SERVICES)))


@app.command("sign-in")
def sign_in(
    name: Annotated[str, typer.Option(help="Function or organisation shown in the records.")] = "Équipe du Label",
    role: Annotated[str, typer.Option(help="staff, partner, expert or ops.")] = "staff",
    data: Data = None,
    port: Port = None,
) -> None:
    """Print a link that signs a person in, once, within fifteen minutes."""
    from chevalement.operations import sign_in_link

    typer.echo(sign_in_link(settings_with(data=data, port=port), name, role))


@app.command()
def invite(
    email: Annotated[str, typer.Option(help="Where the link is sent.")],
    name: Annotated[str, typer.Option(help="Function or organisation shown in the records.")],
    role: Annotated[str, typer.Option(help="staff, partner, expert or ops.")] = "staff",
    data: Data = None,
) -> None:
    """Invite somebody by mail, with a link good once and for seven days."""
    from chevalement import operations

    typer.echo(asyncio.run(operations.invite(settings_with(data=data), email, name, role)))


@app.command()
def docs(
    folder: Annotated[Path, typer.Argument(help="Where docs/ is.")] = Path("docs"),
    check: Annotated[bool, typer.Option(help="Write nothing; fail when a document is stale.")] = False,
) -> None:
    """Write the generated documents: events.md, asyncapi.json, states.md."""
    from chevalement.documents import stale, write

    if check:
        found = stale(folder)
        for name in found:
            typer.echo(f"{folder / name} is not what the code says: run `make docs`", err=True)
        raise typer.Exit(1 if found else 0)
    for path in write(folder):
        typer.echo(path)


@app.command()
def verify(file: Annotated[Path, typer.Argument(help="The file of a wave's marks, as staff download it.")]) -> None:
    """Redo a wave's scores from its file alone; exit code 1 when a result does not agree with the cells."""
    from chevalement.verify import report

    lines, agrees = report(file)
    typer.echo("\n".join(lines))
    raise typer.Exit(0 if agrees else 1)


@app.command()
def bench(
    quick: Annotated[bool, typer.Option(help="Fewer rounds, for trying it out.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the figures as JSON.")] = False,
) -> None:
    """Measure the pipeline against ceilings measured in the same run."""
    from chevalement.bench.run import main as measure

    measure(quick=quick, as_json=as_json)


@app.command()
def match(
    projects: Annotated[Path, typer.Option(help="JSONL file of projects.")],
    calls: Annotated[Path, typer.Option(help="JSONL file of calls.")],
    today: Annotated[str, typer.Option(help="Day of the matching, as 2026-04-01.")],
    out: Annotated[Path | None, typer.Option(help="Where the rankings are written, one line a project.")] = None,
    evaluate: Annotated[Path | None, typer.Option(help="JSONL file of judgments: print figures.")] = None,
) -> None:
    """Rank the calls of a file for the projects of a file, as the watch does, or measure how well it does."""
    from chevalement.matching.command import run
    from chevalement.matching.reading import WrongLine

    try:
        for line in run(projects, calls, today, out, evaluate):
            typer.echo(line)
    except WrongLine as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from None


@dead_letters.command("list")
def dlq_list(data: Data = None) -> None:
    """One line for each message set aside."""
    from chevalement import operations

    for line in asyncio.run(operations.dead_letter_lines(settings_with(data=data))):
        typer.echo(line)


@dead_letters.command("show")
def dlq_show(number: int, data: Data = None) -> None:
    """Everything about one message, as JSON."""
    from chevalement import operations

    found = asyncio.run(operations.dead_letter(settings_with(data=data), number))
    typer.echo(json.dumps(found, ensure_ascii=False, indent=1))


@dead_letters.command("replay")
def dlq_replay(numbers: list[int], data: Data = None) -> None:
    """Send messages back to the services that failed them."""
    from chevalement import operations

    for line in asyncio.run(operations.replay(settings_with(data=data), numbers)):
        typer.echo(line)


@dead_letters.command("drop")
def dlq_drop(numbers: list[int], data: Data = None) -> None:
    """Forget messages for good."""
    from chevalement import operations

    for line in asyncio.run(operations.drop(settings_with(data=data), numbers)):
        typer.echo(line)


@sources.callback(invoke_without_command=True)
def sources_list(
    context: typer.Context,
    as_json: Annotated[bool, typer.Option("--json", help="Print a list of JSON.")] = False,
    data: Data = None,
) -> None:
    """Every source: whose it is, whether it is configured, when it is read, how it fares."""
    from chevalement.sources import listed, registered

    if context.invoked_subcommand:
        return
    found = asyncio.run(registered(settings_with(data=data, log_level="error")))
    if as_json:
        typer.echo(json.dumps(found, ensure_ascii=False, indent=1))
    else:
        typer.echo("\n".join(line for facts in found for line in listed(facts)))


@sources.command("try")
def sources_try(
    file: Annotated[Path, typer.Argument(help="A file like deploy/sources.toml.", exists=True, dir_okay=False)],
    base_url: Annotated[str | None, typer.Option(help="Read this address instead of the declared one.")] = None,
) -> None:
    """Show, field by field, what the declared sources would take from their first page; write nothing."""
    from chevalement.sources import Refused, read_file, tried

    try:
        lines = uvloop.run(tried(settings_with(log_level="error"), read_file(file), base_url))
    except Refused as refused:
        typer.echo(str(refused), err=True)
        raise typer.Exit(1) from None
    typer.echo("\n".join(lines))


@journal.callback()
def journals() -> None:
    """The chained journals of the dossiers."""


@journal.command("verify")
def journal_verify(data: Data = None) -> None:
    """Read every line of every journal; exit code 1 when one does not match."""
    from chevalement.journals import verify_all

    reports = asyncio.run(verify_all(settings_with(data=data, log_level="error")))
    for line in (line for report in reports for line in report.lines()):
        typer.echo(line)
    raise typer.Exit(1 if any(report.verified.breaks for report in reports) else 0)


def main() -> None:
    """The entry point: what an operator can put right is one line, never a traceback; a wrong setting exits with 2."""
    try:
        app()
    except WrongSetting as error:
        line, code = error.line, 2
    except WrongLabel as error:
        line, code = f"CHEVALEMENT_LABEL_FILE, CHEVALEMENT_TERRITORY_FILE: {error}", 2
    except BrokerDidNotStart as error:
        line, code = str(error), 1
    except (OSError, OperationalError) as error:
        line, code = f"{type(error).__name__}: {str(error)[:300]}", 1
    else:
        return
    typer.echo(" ".join(line.split()), err=True)
    raise SystemExit(code)


if __name__ == "__main__":
    main()
