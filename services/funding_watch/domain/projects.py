"""What the watch knows of a project, learnt in any order; watched once its facts and a favourable outcome are there.

The rule kept here: hearing the same things in another order, or twice, leaves the same knowledge.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from kernel.contracts.intake import CandidacySubmitted, CandidacyWithdrawn, Project
from kernel.contracts.intake_life import CandidacyRevised
from kernel.contracts.scoring import DecisionTaken, Outcome

Told = CandidacySubmitted | CandidacyRevised | CandidacyWithdrawn | DecisionTaken

FAVOURABLE = frozenset({"labellise", "nomine"})


@dataclass(frozen=True, slots=True)
class Candidacy:
    """Partial knowledge of a candidacy."""

    candidacy_id: UUID
    number: str | None = None
    facts: Project | None = None
    outcome: Outcome | None = None
    decided_at: datetime | None = None
    withdrawn: bool = False
    revision: int = 0
    """Of the facts: what was sent first is 1, each change is the next."""

    @property
    def is_watched(self) -> bool:
        """Whether calls are to be looked for."""
        return self.facts is not None and self.outcome in FAVOURABLE and not self.withdrawn

    @property
    def is_candidate(self) -> bool:
        """Whether it waits for a decision: calls may be named to it, should it not be kept."""
        return self.facts is not None and self.outcome is None and not self.withdrawn


def learn(candidacy: Candidacy, event: Told) -> Candidacy:
    """The candidacy with what the event tells. The latest decision counts, whichever comes first."""
    match event:
        case CandidacySubmitted():
            return _with_facts(replace(candidacy, number=event.number), event.project, 1)
        case CandidacyRevised():
            return _with_facts(candidacy, event.project, event.revision)
        case CandidacyWithdrawn():
            return replace(candidacy, withdrawn=True)
        case DecisionTaken():
            known = (candidacy.decided_at or event.at, candidacy.outcome or "")
            if known > (event.at, event.outcome):
                return candidacy
            return replace(candidacy, outcome=event.outcome, decided_at=event.at)


def _with_facts(candidacy: Candidacy, facts: Project, revision: int) -> Candidacy:
    """The highest revision counts, whichever comes first."""
    return candidacy if revision <= candidacy.revision else replace(candidacy, facts=facts, revision=revision)
