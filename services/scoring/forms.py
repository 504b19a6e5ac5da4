"""What a person typed is kept as it was, each error stands beside its field, and only a clean form is a wish.

The rules are the domain's; here they meet field names: `committee`, `avis`, `motif`, `issue`, `murir`, `note-…`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import cast, get_args
from uuid import UUID, uuid4

from kernel.contracts.scoring import Committee, OpinionValue, Outcome
from scoring.domain import chain, marks
from scoring.domain.marks import Mark
from scoring.domain.rulings import Decide, GiveOpinion, Officer, objection_to_reason
from scoring.domain.sittings import KNOWN_TIES, OpenSitting, Tie
from scoring.domain.votes import Vote


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
    """The form of a proposal, of a decision or of a letter: an outcome, its reasons, what to mature."""
    values = _plain(values)
    errors = {
        "issue": _choice(values, "issue", get_args(Outcome), "Choisissez l'une des trois issues"),
        "motif": chain.objection_to_grounds(values.get("motif", "")),
        "murir": chain.objection_to_maturing(values.get("issue", ""), values.get("murir", "")),
    }
    return Form(values, {name: error for name, error in errors.items() if error})


def read_opening(values: Mapping[str, str], committees: Iterable[Committee]) -> Form:
    """The form that opens a sitting."""
    values = _plain(values)
    errors = {
        "vague": None if _uuid(values.get("vague", "")) else "Choisissez la vague",
        "committee": _choice(values, "committee", tuple(committees), "Choisissez le comité"),
        "notes": _day(values, "notes"),
        "reunion": _day(values, "reunion"),
    }
    return Form(values, {name: error for name, error in errors.items() if error})


def opening_wish(form: Form, by: Officer) -> OpenSitting:
    """The wish of a form without errors."""
    days = date.fromisoformat(form["notes"]), date.fromisoformat(form["reunion"])
    return OpenSitting(UUID(form["vague"]), cast(Committee, form["committee"]), *days, by)


def read_tie(values: Mapping[str, str]) -> Form:
    """The form by which a juror says what ties them to a dossier."""
    values = _plain(values)
    errors = {"lien": _choice(values, "lien", KNOWN_TIES, "Choisissez une réponse, même si aucun lien n'existe")}
    if values.get("lien") == "autre":
        errors["precision"] = objection_to_reason(values.get("precision", ""))
    return Form(values, {name: error for name, error in errors.items() if error})


def tie_said(form: Form) -> tuple[Tie, str]:
    """What a form without errors says."""
    return cast(Tie, form["lien"]), form["precision"].strip()


def read_marks(values: Mapping[str, str], codes: Iterable[str]) -> tuple[dict[str, Mark], dict[str, str]]:
    """The marks that can be kept, and by field what is still to be done about each."""
    values = _plain(values)
    found: dict[str, Mark] = {}
    errors: dict[str, str] = {}
    for code in codes:
        mark = marks.mark_of(values.get(f"note-{code}", ""), values.get(f"motif-{code}", ""))
        if mark is None:
            errors[f"note-{code}"] = "Choisissez l'un des niveaux de la liste"
            continue
        if len(mark.reason) <= marks.REASON_MAX:
            found[code] = mark
        if objection := marks.objection(mark):
            errors[f"motif-{code}"] = objection
    return found, errors


def read_trial(values: Mapping[str, str], codes: Iterable[str]) -> tuple[dict[str, int], dict[str, str]]:
    """The levels given to an anchor dossier, and by field what is still to be done; every question needs one."""
    values = _plain(values)
    found = {code: values.get(f"note-{code}", "") for code in codes}
    errors = {f"note-{code}": "Choisissez un niveau" for code, level in found.items() if level not in marks.LEVELS}
    return {code: int(level) for code, level in found.items() if level in marks.LEVELS}, errors


def read_second(
    values: Mapping[str, str], first: Mapping[str, Mark], codes: Iterable[str]
) -> tuple[dict[str, Mark], dict[str, str]]:
    """Second marks beside the first; one that does not change keeps its justification."""
    values = _plain(values)
    found: dict[str, Mark] = {}
    errors: dict[str, str] = {}
    for code in codes:
        mark = marks.mark_of(values.get(f"note-{code}", ""), values.get(f"motif-{code}", "")) or Mark()
        if mark.choice == first[code].choice and not mark.reason:
            mark = first[code]
        found[code] = mark
        if objection := marks.objection_to_change(first[code], mark):
            errors[f"motif-{code}" if mark.is_answered else f"note-{code}"] = objection
    return found, errors


def opinion_wish(form: Form, candidacy_id: UUID, by: Officer) -> GiveOpinion:
    """The wish of a form without errors."""
    committee, value = cast(Committee, form["committee"]), cast(OpinionValue, form["avis"])
    return GiveOpinion(candidacy_id, committee, value, form["motif"], by)


def decision_wish(form: Form, candidacy_id: UUID, by: Officer) -> Decide:
    """The wish of a form without errors."""
    return Decide(candidacy_id, cast(Outcome, form["issue"]), form["motif"], by, form["murir"])


VOICES = {"presents": "Présents", "pour": "Pour", "contre": "Contre", "abstentions": "Abstentions"}


def read_vote(values: Mapping[str, str]) -> Form:
    """The form by which staff record a vote of the Grand forum; `dossier-…` are what it was about."""
    values = _plain(values)
    errors = {
        "date": _day(values, "date"),
        "lieu": _short(values, "lieu", "Écrivez le lieu, en 200 caractères au plus"),
        "presidence": _short(values, "presidence", "Écrivez la fonction de qui préside, par exemple « Présidence »"),
        **{name: None if _count(values, name) else "Écrivez un nombre entier de 0 à 99 999" for name in VOICES},
        "verdict": _choice(values, "verdict", ("approuve", "renvoie"), "Dites si le forum approuve"),
        "dossiers": None if _ticked(values, "dossier-") else "Cochez au moins un dossier",
        "note": "Raccourcissez : 2 000 caractères au plus" if len(values.get("note", "")) > 2_000 else None,
    }
    return Form(values, {name: error for name, error in errors.items() if error})


def vote_of(form: Form, wave_id: UUID, by: str, at: datetime) -> Vote:
    """The vote of a form without errors."""
    return Vote(
        id=uuid4(),
        wave_id=wave_id,
        held_on=date.fromisoformat(form["date"]),
        place=form["lieu"].strip(),
        chaired_by=form["presidence"].strip(),
        present=int(form["presents"]),
        in_favour=int(form["pour"]),
        against=int(form["contre"]),
        abstained=int(form["abstentions"]),
        approved=form["verdict"] == "approuve",
        note=form["note"].strip(),
        by=by,
        at=at,
    )


def voted_on(form: Form) -> list[UUID]:
    """The dossiers that are ticked."""
    return [known for name in _ticked(form.values, "dossier-") if (known := _uuid(name))]


def quotes_kept_back(form: Form) -> frozenset[str]:
    """The quotes that were shown in the form and are not ticked any more."""
    return frozenset(_ticked(form.values, "vue-")) - frozenset(_ticked(form.values, "citation-"))


def _ticked(values: Mapping[str, str], prefix: str) -> list[str]:
    return [name.removeprefix(prefix) for name in values if name.startswith(prefix)]


def _count(values: Mapping[str, str], name: str) -> bool:
    text = values.get(name, "")
    return text.isascii() and text.isdecimal() and len(text) < 6


def _short(values: Mapping[str, str], name: str, error: str) -> str | None:
    return None if 0 < len(values.get(name, "").strip()) <= 200 else error


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _day(values: Mapping[str, str], name: str) -> str | None:
    try:
        date.fromisoformat(values.get(name, ""))
    except ValueError:
        return "Choisissez une date, par exemple 2026-04-30"
    return None


def _choice(values: Mapping[str, str], name: str, known: tuple[str, ...], error: str) -> str | None:
    return None if values.get(name, "") in known else error


def _plain(values: Mapping[str, str]) -> dict[str, str]:
    """Plain line ends, and none of the control characters that pages and databases refuse."""
    return {
        name: "".join(c for c in "\n".join(text.splitlines()) if c.isprintable() or c in "\n\t\u00a0\u202f")
        for name, text in values.items()
    }
