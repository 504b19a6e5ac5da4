"""What a person typed is kept as it was, each error stands beside its field, and only a clean form is a wish.

The rules are the domain's; here they meet field names: `committee`, `avis`, `motif`, `issue`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import cast, get_args
from uuid import UUID

from kernel.contracts.scoring import Committee, OpinionValue, Outcome
from scoring.domain.rulings import Decide, GiveOpinion, Officer, objection_to_reason


@dataclass(frozen=True, slots=True)
class Form:
    """The values as typed, and what to do about each wrong field."""

    values: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)

    def __getitem__(self, name: str) -> str:
        """The value typed in `name`, empty where there was none."""
        return self.values.get(name, "")


def read_opinion(values: Mapping[str, str]) -> Form:
    """The form of an opinion."""
    values = _plain(values)
    errors = {
        "committee": _choice(values, "committee", get_args(Committee), "Choisissez le comité qui s'exprime"),
        "avis": _choice(values, "avis", get_args(OpinionValue), "Choisissez l'un des trois avis"),
        "motif": objection_to_reason(values.get("motif", "")),
    }
    return Form(values, {name: error for name, error in errors.items() if error})


def read_decision(values: Mapping[str, str]) -> Form:
    """The form of a decision."""
    values = _plain(values)
    errors = {
        "issue": _choice(values, "issue", get_args(Outcome), "Choisissez l'une des trois issues"),
        "motif": objection_to_reason(values.get("motif", "")),
    }
    return Form(values, {name: error for name, error in errors.items() if error})


def opinion_wish(form: Form, candidacy_id: UUID, by: Officer) -> GiveOpinion:
    """The wish of a form without errors."""
    committee, value = cast(Committee, form["committee"]), cast(OpinionValue, form["avis"])
    return GiveOpinion(candidacy_id, committee, value, form["motif"], by)


def decision_wish(form: Form, candidacy_id: UUID, by: Officer) -> Decide:
    """The wish of a form without errors."""
    return Decide(candidacy_id, cast(Outcome, form["issue"]), form["motif"], by)


def _choice(values: Mapping[str, str], name: str, known: tuple[str, ...], error: str) -> str | None:
    return None if values.get(name, "") in known else error


def _plain(values: Mapping[str, str]) -> dict[str, str]:
    """Plain line ends, and none of the control characters that pages and databases refuse."""
    return {
        name: "".join(c for c in "\n".join(text.splitlines()) if c.isprintable() or c in "\n\t\u00a0\u202f")
        for name, text in values.items()
    }
