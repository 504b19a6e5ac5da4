"""What a check answers, with the words it rests on; and the place that projects are held against.

The rule kept here: what is not written is to check, never a silent no.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from kernel.contracts.cumulation import Cumulation
from kernel.contracts.funding_watch import Verdict
from kernel.contracts.label import Label

Answer = Literal["yes", "no", "to_check"]
CheckName = Literal["territoire", "zone", "beneficiaire", "calendrier", "depense", "montant", "etape", "cumul"]
Where = Literal["titre", "conditions", "description"]


@dataclass(frozen=True, slots=True)
class Place:
    """The official codes of the territory that all its communes share (INSEE), and what is known of its parts.

    `zones` are slugs (`bassin-minier`); one that is not listed is not denied. `populations`: INSEE code of a
    commune → inhabitants. `agglomerations`: SIREN of an EPCI → its short name. `councils`: SIREN of an EPCI or
    INSEE code of a commune → the next days on which its council meets.
    """

    department: str
    region: str
    zones: frozenset[str] = frozenset()
    populations: Mapping[str, int] = field(default_factory=dict)
    agglomerations: Mapping[str, str] = field(default_factory=dict)
    councils: Mapping[str, tuple[date, ...]] = field(default_factory=dict)
    cumulations: tuple[Cumulation, ...] = ()
    """What may not be asked for together here, whatever each call repeats."""

    @classmethod
    def of(cls, label: Label) -> "Place":
        """The territory of the label."""
        communes = label.communes.values()
        return cls(
            label.department,
            label.region,
            label.zones,
            {commune.code: commune.population for commune in communes},
            {commune.epci_code: commune.epci_acronym for commune in communes},
            label.councils,
            label.cumulations,
        )


@dataclass(frozen=True, slots=True)
class Check:
    """One answer. `evidence` is what the call says, `fact` what the project is, `question` what to ask and whom.

    `where` is the part of the call that the evidence quotes; None where it sums up a field of the record.
    """

    check: CheckName
    verdict: Answer
    evidence: str
    fact: str
    question: str | None = None
    where: Where | None = None


def verdict_of(checks: tuple[Check, ...]) -> Verdict:
    """`non` as soon as one check says no, `eligible` when all say yes, else `a_verifier`.

    A no removes the call however well its words fit: no score makes up for it.
    """
    answers = {check.verdict for check in checks}
    if "no" in answers:
        return "non"
    return "a_verifier" if "to_check" in answers else "eligible"
