"""Projects and calls of files, matched by the domain of the watch.

The rule kept here: nothing is decided in this module. What is ranked, what would be sent and why come from
`funding_watch.domain`, so that a figure measured here is a figure of the service.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from chevalement.matching.reading import Candidate, Offer
from funding_watch.domain.eligibility import check_project, verdict_of
from funding_watch.domain.matching import Proposal, proposal_of, ranked, worth_sending
from funding_watch.domain.stock import Index


@dataclass(frozen=True, slots=True)
class Ranking:
    """For one project: calls best first, those that would be sent, and the proposal of each call ranked."""

    project_id: str
    ranked: tuple[str, ...]
    alerts: tuple[str, ...]
    proposals: Mapping[str, Proposal]


def rank_all(candidates: Sequence[Candidate], offers: Sequence[Offer], today: date) -> list[Ranking]:
    """One ranking a project, in the order given, as on the morning of `today` in Paris."""
    index = Index.of(offer.call for offer in offers)
    return [_ranking(candidate, index, morning(today)) for candidate in candidates]


def not_refused(candidate: Candidate, offers: Sequence[Offer], today: date) -> frozenset[str]:
    """The calls that the checks of the project leave open, whatever their subject."""
    checked = (
        (offer.call_id, check_project(offer.call, candidate.project, candidate.place, morning(today)))
        for offer in offers
    )
    return frozenset(call for call, checks in checked if verdict_of(checks) != "non")


def morning(today: date) -> datetime:
    """Eight o’clock in Paris."""
    return datetime.combine(today, time(8), ZoneInfo("Europe/Paris"))


def _ranking(candidate: Candidate, index: Index, now: datetime) -> Ranking:
    project = candidate.project
    fits = ranked(project, index, candidate.place, now, candidate.priorities)
    proposals = {fit.entry.call.reference: proposal_of(fit, project.porteur_form) for fit in fits}
    sent = tuple(fit.entry.call.reference for fit in worth_sending(fits))
    return Ranking(candidate.project_id, tuple(proposals), sent, proposals)


def as_line(ranking: Ranking, candidate: Candidate) -> dict[str, object]:
    """What `--out` holds for one project."""
    purposes = {need.number: need.purpose for need in candidate.project.needs}
    explain = {
        call: {
            "score": proposal.score,
            "need": purposes[proposal.need_number],
            "reason": proposal.reason,
            "checks": [
                {"check": one.check, "verdict": one.verdict, "evidence": one.evidence, "fact": one.fact}
                for one in proposal.checks
            ],
        }
        for call, proposal in ranking.proposals.items()
    }
    return {
        "project_id": ranking.project_id,
        "ranked": list(ranking.ranked),
        "alerts": list(ranking.alerts),
        "explain": explain,
    }
