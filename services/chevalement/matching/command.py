"""`chevalement match`: rank the calls of a file for the projects of a file, or measure how well it is done.

The rule kept here: a file that cannot be used is one line on the error stream and exit code 2.
"""

import json
from datetime import date
from pathlib import Path

from chevalement.matching import reading
from chevalement.matching.evaluation import as_table, evaluate
from chevalement.matching.ranking import as_line, rank_all
from chevalement.matching.teaching import as_lines, teach
from kernel.contracts.label import load_label
from kernel.runtime.settings import Settings


def run(projects: Path, calls: Path, today: str, out: Path | None, judgments: Path | None) -> list[str]:
    """The lines to print, once `out` is written and the figures against `judgments` are known. Raises WrongLine."""
    if out is None and judgments is None:
        raise reading.WrongLine("nothing to do: give --out to write rankings, --evaluate to measure them, or both")
    written = [] if out is None else [write(projects, calls, today, out)]
    return written + ([] if judgments is None else measure(projects, calls, today, judgments))


def day(written: str) -> date:
    """The day given to `--today`. Raises WrongLine."""
    try:
        return date.fromisoformat(written)
    except ValueError:
        raise reading.WrongLine(f"--today {written!r} is not a day; write it as 2026-04-01") from None


def populations() -> dict[str, int]:
    """Inhabitants of the communes of this installation's territory; of another one's, none is known."""
    settings = Settings.load()
    communes = load_label(settings.label_file, settings.territory_file).communes
    return {code: commune.population for code, commune in communes.items()}


def write(projects: Path, calls: Path, today: str, out: Path) -> str:
    """Write the rankings, one JSON line a project; returns the line to print. Raises WrongLine."""
    at, candidates, offers = day(today), reading.projects(projects, populations()), reading.calls(calls)
    rankings = rank_all(candidates, offers, at)
    lines = [
        json.dumps(as_line(ranking, candidate), ensure_ascii=False) + "\n"
        for ranking, candidate in zip(rankings, candidates, strict=True)
    ]
    try:
        out.write_text("".join(lines), encoding="utf-8")
    except OSError as error:
        raise reading.WrongLine(f"{out}: cannot be written ({error.strerror}); give a path in a folder") from None
    sent = sum(len(ranking.alerts) for ranking in rankings)
    return f"{out}: {len(rankings)} projects, {len(offers)} calls, {sent} alerts"


def measure(projects: Path, calls: Path, today: str, judgments: Path) -> list[str]:
    """The lines of the table of figures. Raises WrongLine."""
    at, candidates, offers = day(today), reading.projects(projects, populations()), reading.calls(calls)
    judged = reading.judgments(judgments)
    count = f"{len(candidates)} projects, {len(offers)} calls, {len(judged)} judgments, as of {at.isoformat()}"
    note = "mean [90 % interval over projects]; relevant: grade 2 and more; real: calls with an address"
    table = as_table(evaluate(candidates, offers, judged, at))
    return [count, note, *table, *as_lines(teach(candidates, offers, judged, at))]
