"""What a call set aside as off the subject changes in the ranking of the others, on judged projects.

The rule kept here: removing a call is no merit of the lesson. The rankings compared hold the same calls, those that
were not set aside, with the lesson and without it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from uuid import UUID

from chevalement.matching import measures
from chevalement.matching.ranking import morning
from chevalement.matching.reading import Candidate, Judgment, Offer
from funding_watch.domain.lessons import Lessons, profile_of
from funding_watch.domain.matching import ranked
from funding_watch.domain.stock import Index
from funding_watch.domain.triage import Triage

SHOWN = 10
"""Calls of a project among which somebody sets aside those off the subject."""
CLICKS = (1, 3)


@dataclass(frozen=True, slots=True)
class Taught:
    """Means over `projects` of nDCG@10 of the calls that stay; `low`, `high`: bounds of what the lesson changes."""

    clicks: int
    projects: int
    without: float
    taught: float
    low: float
    high: float
    lowered_well: int
    """Calls of grade 0 or 1 that lost a part of their score."""
    lowered_ill: int
    """Calls worth showing (grade 2 and more) that did."""


def teach(
    candidates: Sequence[Candidate], offers: Sequence[Offer], judged: Sequence[Judgment], today: date
) -> list[Taught]:
    """One line a number of clicks; none where no judgment tells the subject apart."""
    index = Index.of(offer.call for offer in offers)
    by_project: dict[str, dict[str, Judgment]] = {}
    for one in judged:
        by_project.setdefault(one.project_id, {})[one.call_id] = one
    lines = []
    for clicks in CLICKS:
        found = [_taught(one, index, by_project.get(one.project_id, {}), today, clicks) for one in candidates]
        known = [one for one in found if one]
        bounds = measures.interval([taught - without for without, taught, _, _ in known])
        if bounds:
            without, taught, well, ill = (sum(column) for column in zip(*known, strict=True))
            count = len(known)
            means = without / count, taught / count
            lines.append(Taught(clicks, count, *means, bounds[1], bounds[2], int(well), int(ill)))
    return lines


def _taught(
    candidate: Candidate, index: Index, judged: Mapping[str, Judgment], today: date, clicks: int
) -> tuple[float, float, int, int] | None:
    """Without, with, lowered well and ill, of one project; None where nothing shown is off its subject."""
    now, project = morning(today), candidate.project
    before = ranked(project, index, candidate.place, now, candidate.priorities)
    shown = [fit.entry.call for fit in before[:SHOWN]]
    off = [call for call in shown if (known := judged.get(call.reference)) and known.topical == 0][:clicks]
    if len(off) < clicks:
        return None
    lessons = Lessons.of((_aside(call.key), profile_of(call, project, index.statistics)) for call in off)
    after = ranked(project, index, candidate.place, now, candidate.priorities, lessons=lessons)
    gone = {call.reference for call in off}
    grades = {call: one.grade for call, one in judged.items() if call not in gone}
    kept = [fit.entry.call.reference for fit in before if fit.entry.call.reference not in gone]
    without = measures.ndcg(kept, grades)
    taught = measures.ndcg([fit.entry.call.reference for fit in after], grades)
    if without is None or taught is None:
        return None
    scores = {fit.entry.call.reference: fit.score for fit in before}
    lowered = [grades.get(one.entry.call.reference, 0) for one in after if one.score < scores[one.entry.call.reference]]
    ill = sum(grade >= measures.RELEVANT for grade in lowered)
    return without, taught, len(lowered) - ill, ill


def _aside(key: str) -> Triage:
    at = datetime(2026, 1, 1, tzinfo=UTC)
    return Triage(
        match_id=UUID(int=0), candidacy_id=UUID(int=0), call_key=key, state="ecarte", reason="mauvais_theme", at=at
    )


def as_lines(found: Sequence[Taught]) -> list[str]:
    """Lines of text for the end of a report."""
    return [
        f"lesson   {one.clicks} off the subject, {one.projects} projects: nDCG@10 of the others "
        f"{one.without:.3f} -> {one.taught:.3f}, difference [{one.low:+.3f},{one.high:+.3f}]; "
        f"lowered: {one.lowered_well} not worth showing, {one.lowered_ill} worth showing"
        for one in found
    ]
