"""What people teach the matching of a project by setting calls aside; it is forgotten as soon as they take it back.

The rule kept here: a reason changes what it should. A wrong place, a wrong porteur, a closed call or too small a sum
answers the rule that was wrong, for that call and that project. Off the subject lowers the calls that speak of the
same other things, for that project alone, and never removes one: a few clicks are no proof.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from funding_watch.domain.call import FundingCall
from funding_watch.domain.eligibility import Check, CheckName
from funding_watch.domain.stock import Statistics, counts_of
from funding_watch.domain.triage import REASON_WORDS, Reason, Triage
from funding_watch.domain.words import words_of
from kernel.contracts.intake import Project

CORRECTS: Mapping[Reason, CheckName] = {
    "clos": "calendrier",
    "mauvais_territoire": "territoire",
    "mauvais_beneficiaire": "beneficiaire",
    "trop_petit": "montant",
}
"""The reasons that say that a rule was wrong, and which."""
TELLING = 40
"""Words that are kept of a call off the subject."""
ALIKE = 0.15
"""Likeness under which two calls speak of different things."""
LOWERED = 0.5
"""Share of the score that a call loses when it speaks of exactly what was found off the subject."""

Profile = Mapping[str, float]
"""Stem → how often a call says it."""


@dataclass(frozen=True, slots=True)
class Lessons:
    """Of one project: the calls set aside, and what those off the subject spoke of."""

    aside: Mapping[str, Triage] = field(default_factory=dict)
    profiles: tuple[tuple[str, Profile], ...] = ()
    """(key of the call, what it spoke of beyond the needs), in one order."""

    @classmethod
    def of(cls, taught: Iterable[tuple[Triage, Profile | None]]) -> "Lessons":
        """What was set aside, in any order."""
        found = sorted(taught, key=lambda one: one[0].call_key)
        profiles = tuple((triage.call_key, profile) for triage, profile in found if profile)
        return cls({triage.call_key: triage for triage, _ in found}, profiles)

    def share(self, call: FundingCall, statistics: Statistics) -> float:
        """What is left of the call's score: 1 where it is like nothing that was found off the subject."""
        if not self.profiles:
            return 1.0
        return 1.0 - LOWERED * max(likeness for _, likeness in self.like(call, statistics))

    def like(self, call: FundingCall, statistics: Statistics) -> list[tuple[str, float]]:
        """Each call off the subject, and how much this one speaks of the same things, between 0 and 1."""
        counts = counts_of(call)
        return [(key, _likeness(counts, profile, statistics)) for key, profile in self.profiles]


def profile_of(call: FundingCall, project: Project, statistics: Statistics) -> Profile:
    """What a call speaks of beyond the project's own needs: those words are not what was off the subject."""
    own = {word.stem for need in project.needs for word in words_of(f"{need.purpose} . {need.details}")}
    counts = {stem: count for stem, count in counts_of(call).items() if stem not in own}
    ordered = sorted(counts, key=lambda stem: (-counts[stem] * statistics.rarity(stem), stem))
    return {stem: float(counts[stem]) for stem in ordered[:TELLING]}


def corrected(triage: Triage) -> Check | None:
    """The answer of a person to the rule that was wrong; None where the reason is no rule's."""
    name = CORRECTS.get(triage.reason) if triage.reason else None
    if name is None or triage.reason is None or triage.at is None:
        return None
    day = triage.at.astimezone(ZoneInfo("Europe/Paris"))
    evidence = f"{triage.by}, le {day:%d/%m/%Y} : {REASON_WORDS[triage.reason].lower()}"
    return Check(name, "no", evidence, triage.words or "Dit par une personne, pour ce projet seulement")


def _likeness(counts: Profile, profile: Profile, statistics: Statistics) -> float:
    """Cosine of the rarity-weighted words, 0 under ALIKE; of the call, only the words that the profile may hold."""
    rarity = {stem: statistics.rarity(stem) for stem in profile}
    both = math.fsum(counts[stem] * profile[stem] * rarity[stem] ** 2 for stem in sorted(profile) if stem in counts)
    ours = math.fsum((counts[stem] * statistics.rarity(stem)) ** 2 for stem in sorted(counts))
    theirs = math.fsum((profile[stem] * rarity[stem]) ** 2 for stem in sorted(profile))
    likeness = both / math.sqrt(ours * theirs) if both else 0.0
    return min(1.0, likeness) if likeness >= ALIKE else 0.0
