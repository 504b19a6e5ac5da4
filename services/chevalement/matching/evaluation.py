"""The figures of a ranking beside those of ordinary searches, on the same judgments, in the same run.

The rule kept here: a figure comes with its interval, the number of projects it rests on, and its rivals.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from chevalement.matching import baselines, measures
from chevalement.matching.ranking import not_refused, rank_all
from chevalement.matching.reading import Candidate, Judgment, Offer, WrongLine

SENT = 5
"""Alerts measured a project: what a week may bring."""

Sorted = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Run:
    """One way of ranking: project → calls, best first; project → calls sent."""

    name: str
    ranked: Sorted
    alerts: Sorted


@dataclass(frozen=True, slots=True)
class Figure:
    """Mean over `projects`, with the bounds of its 90 % interval; None where it has no meaning."""

    mean: float
    low: float
    high: float
    projects: int


@dataclass(frozen=True, slots=True)
class Row:
    """The figures of one run on one choice of calls, by name of the measure."""

    calls: str
    run: str
    figures: Mapping[str, Figure | None]


Judged = Mapping[str, Sequence[Judgment]]


def evaluate(
    candidates: Sequence[Candidate], offers: Sequence[Offer], judged: Sequence[Judgment], today: date
) -> list[Row]:
    """Every run on all calls, on real ones and on English ones. Raises WrongLine for a judgment of nothing known."""
    by_project = _by_project(candidates, offers, judged)
    runs = _runs(candidates, offers, today)
    choices: dict[str, frozenset[str]] = {
        "all": frozenset(offer.call_id for offer in offers),
        "real": frozenset(offer.call_id for offer in offers if offer.real),
        "English": frozenset(offer.call_id for offer in offers if offer.call.language == "en"),
    }
    return [
        Row(name, run.name, _figures(run, by_project, chosen))
        for name, chosen in choices.items()
        if chosen
        for run in runs
    ]


def _by_project(candidates: Sequence[Candidate], offers: Sequence[Offer], judged: Sequence[Judgment]) -> Judged:
    ours = {candidate.project_id for candidate in candidates}
    known = {offer.call_id for offer in offers}
    kept: dict[str, list[Judgment]] = {}
    for one in judged:
        if one.project_id not in ours or one.call_id not in known:
            raise WrongLine(f"{one.project_id} × {one.call_id} is judged but is not in --projects or --calls; add it")
        kept.setdefault(one.project_id, []).append(one)
    return kept


def _runs(candidates: Sequence[Candidate], offers: Sequence[Offer], today: date) -> list[Run]:
    names = [candidate.project_id for candidate in candidates]
    ours = rank_all(candidates, offers, today)
    matched = Run("match", {one.project_id: one.ranked for one in ours}, {one.project_id: one.alerts for one in ours})
    plain = dict(zip(names, baselines.bm25(candidates, offers), strict=True))
    left_open = {one.project_id: not_refused(one, offers, today) for one in candidates}
    checked = {name: [call for call in calls if call in left_open[name]] for name, calls in plain.items()}
    full_text = dict(zip(names, baselines.full_text(candidates, offers), strict=True))
    return [
        matched,
        _first("BM25", plain),
        _first("BM25+checks", checked),
        _first("SQLite FTS5", full_text),
    ]


def _first(name: str, ranked: Sorted) -> Run:
    """A search that knows no threshold sends its first calls."""
    return Run(name, ranked, {project: calls[:SENT] for project, calls in ranked.items()})


def _figures(run: Run, judged: Judged, chosen: frozenset[str]) -> dict[str, Figure | None]:
    values: dict[str, list[float | None]] = {name: [] for name in MEASURES}
    for project, ones in judged.items():
        seen = Seen(
            [call for call in run.ranked.get(project, ()) if call in chosen],
            [call for call in run.alerts.get(project, ()) if call in chosen],
            {one.call_id: one.grade for one in ones if one.call_id in chosen},
            frozenset(one.call_id for one in ones if one.eligible == "non"),
        )
        for name, measure in MEASURES.items():
            values[name].append(measure(seen))
    return {name: _figure(found) for name, found in values.items()}


@dataclass(frozen=True, slots=True)
class Seen:
    """What one project got, within the chosen calls, and what was said of them."""

    ranked: Sequence[str]
    alerts: Sequence[str]
    grades: Mapping[str, int]
    refused: frozenset[str]


MEASURES: Mapping[str, Callable[[Seen], float | None]] = {
    "nDCG@10": lambda seen: measures.ndcg(seen.ranked, seen.grades),
    "recall@20": lambda seen: measures.recall(seen.ranked, seen.grades),
    "MAP": lambda seen: measures.average_precision(seen.ranked, seen.grades),
    "P@5 alerts": lambda seen: measures.precision(seen.alerts, seen.grades, SENT),
    "ineligible": lambda seen: measures.ineligible(seen.alerts, seen.refused, SENT),
    "alerts": lambda seen: float(len(seen.alerts)),
}


def _figure(values: Sequence[float | None]) -> Figure | None:
    found = measures.interval(values)
    return None if found is None else Figure(*found, projects=sum(value is not None for value in values))


def as_table(rows: Sequence[Row]) -> list[str]:
    """Lines of text: mean [low, high] for each measure, « - » where it has no meaning."""
    lines = [f"{'calls':8} {'run':12} " + " ".join(f"{name:>17}" for name in MEASURES)]
    for row in rows:
        cells = (f"{_cell(row.figures[name]):>17}" for name in MEASURES)
        lines.append(f"{row.calls:8} {row.run:12} {' '.join(cells)}")
    return lines


def _cell(figure: Figure | None) -> str:
    return "-" if figure is None else f"{figure.mean:.3f} [{figure.low:.2f},{figure.high:.2f}]"
