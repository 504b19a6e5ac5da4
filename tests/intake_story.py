"""What the tests of intake tell: a wave, a dossier, the form that brings it, and what is heard of it."""

import json
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from intake.domain.dossier import Dossier
from intake.domain.wave import Calendar
from intake.forms.candidacy import Filled, read
from intake.forms.words import words_of
from kernel.contracts.label import Label, load_label
from kernel.contracts.notifier import MessageFailed, MessageSent
from kernel.contracts.scoring import Committee, DecisionTaken, OpinionRecorded, OpinionValue, Outcome

ROOT = Path(__file__).resolve().parents[1]
SAMPLES = sorted((ROOT / "services" / "chevalement" / "sample" / "dossiers").glob("*.json"))
NOW = datetime(2026, 3, 12, 11, tzinfo=UTC)
DAY = timedelta(days=1)
STAFF = "Équipe du Label"
CALENDAR = Calendar("Vague de printemps", NOW - DAY, NOW + 30 * DAY, 10)

Pairs = list[tuple[str, str]]

SIMPLE: dict[str, str] = {
    "titre": "Une forêt urbaine",
    "resume": "Planter une forêt au cœur de la ville.",
    "description": "Des habitants plantent et entretiennent des arbres.",
    "porteur_nom": "Ville de Lens",
    "porteur_forme": "commune",
    "contact_fonction": "Direction de l’aménagement",
    "contact_courriel": "foret@porteur.example",
    "commune": "62498",
    "stade": "etude",
    "consentement": "oui",
}


@cache
def label() -> Label:
    return load_label(ROOT / "deploy" / "label.toml", ROOT / "deploy" / "territory.json")


def form(themes: tuple[str, ...] = ("energie",), **changes: str) -> Pairs:
    """The pairs of a right form, with some fields changed; names of rows are written with `__` for `-`."""
    fields = SIMPLE | {name.replace("__", "-"): value for name, value in changes.items()}
    return [*fields.items(), *(("themes", theme) for theme in themes)]


def dossier(**changes: str) -> Dossier:
    filled = read(words_of(form(**changes)), label())
    assert isinstance(filled, Filled), filled
    return filled.dossier


def errors(pairs: Pairs) -> dict[str, str]:
    """The errors of a form, none where it is right."""
    found = read(words_of(pairs), label())
    return {} if isinstance(found, Filled) else dict(found.errors)


def sample_form(path: Path) -> Pairs:
    """A real dossier of 2022 as its porteur would send it."""
    sample = json.loads(path.read_text(encoding="utf-8"))
    single = {
        **{name: sample[name] for name in ("titre", "resume", "description", "maitre_oeuvre", "commune")},
        **{name: sample[name] for name in ("perimetre", "stade", "budget")},
        **{name: "\r\n".join(sample[name]) for name in ("partenaires", "chiffres_cles", "calendrier", "documents")},
        **{f"porteur_{name}": value for name, value in sample["porteur"].items()},
        **{f"contact_{name}": value for name, value in sample["contact"].items()},
        **{f"grille-{name}": value for name, value in sample["grille"].items()},
        **_rows("plan", sample["plan"]),
        **_rows("besoin", sample["besoins"]),
        "consentement": "oui",
    }
    typed = [(name, "" if value is None else str(value)) for name, value in single.items()]
    return typed + [("themes", theme) for theme in sample["themes"]]


def _rows(table: str, rows: list[dict[str, Any]]) -> dict[str, Any]:
    return {f"{table}-{n}-{column}": value for n, row in enumerate(rows) for column, value in row.items()}


def opinion(candidacy_id: UUID, committee: Committee, value: OpinionValue, days: int = 0) -> OpinionRecorded:
    return OpinionRecorded(
        candidacy_id=candidacy_id,
        committee=committee,
        opinion=value,
        reason=f"Avis du comité {committee}.",
        by=f"Comité {committee}",
        at=NOW + days * DAY,
    )


def decision(candidacy_id: UUID, outcome: Outcome, days: int = 10) -> DecisionTaken:
    return DecisionTaken(
        candidacy_id=candidacy_id, outcome=outcome, reason="Les trois avis concordent.", by=STAFF, at=NOW + days * DAY
    )


def sent(candidacy_id: UUID | None) -> MessageSent:
    return MessageSent(
        delivery_id=uuid4(), candidacy_id=candidacy_id, kind="accuse_reception", message_id="<1@label.test>", at=NOW
    )


def failed(candidacy_id: UUID) -> MessageFailed:
    return MessageFailed(
        delivery_id=uuid4(), candidacy_id=candidacy_id, kind="decision", reason="adresse refusée", at=NOW
    )
