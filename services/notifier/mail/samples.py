"""One message of every kind, about a dossier that does not exist: what previews and wordings are tried out with.

A wording that cannot be filled in with its sample is not saved, so a name that no event gives is found here.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from kernel.contracts.notifier import MessageKind
from notifier.domain.delivery import Delivery, Snapshot

DOSSIER = "3f2b8c1e-5a64-4d0e-9c1f-2b7e8a9d0c11"
_FACTS = {"number": "LE-2026-0012", "title": "Réseau de chaleur de la cité", "porteur": "Commune de Saint-Exemple"}
_REASON = "Le projet répond aux trois axes du label.\nLes habitants y ont pris part dès l'étude."


def sample(kind: MessageKind, at: datetime) -> Delivery:
    """A message of this kind as it would be written at `at`."""
    return Delivery(
        id=UUID(int=1),
        cause_event_id=UUID(int=2),
        recipient_kind="applicant",
        recipient=UUID(DOSSIER).hex,
        candidacy_id=UUID(DOSSIER),
        kind=kind,
        created_at=at,
        snapshot=snapshots(at)[kind],
        address="porteur@saint-exemple.example",
        message_id="<apercu@pole-artois.example>",
    )


def snapshots(at: datetime) -> Mapping[MessageKind, Snapshot]:
    """What each kind is filled in with."""
    when = {"at": at.isoformat()}
    letter = _FACTS | when | {"reason": _REASON}
    call = _call(at)
    forwarded = _FACTS | {"match_id": UUID(int=3).hex, "dossier": DOSSIER, "call": call, "decoding": _DECODING}
    found = {"count": 1, "projects": [_project(call, ())], "sources": [_source(at)]}
    moved = {"field": "closes_on", "old": (at + timedelta(days=12)).date().isoformat(), "new": call["closes_on"]}
    news = {"count": 1, "projects": [_project(call, (moved,))], "sources": [_source(at)]}
    due = {"section": "budget", "due_on": (at + timedelta(days=10)).date().isoformat(), "dossier": DOSSIER}
    return {
        "accuse_reception": _FACTS | when,
        "recu_hors_delai": _FACTS | when,
        "preselection": letter,
        "non_retenue": letter,
        "decision": letter | {"outcome": "labellise", "key": "exemple"},
        "correction_demandee": letter | due,
        "message_recu": _FACTS | when | {"dossier": DOSSIER},
        "message_du_porteur": _FACTS | when | {"dossier": DOSSIER},
        "appel_transmis": forwarded,
        "rappel_echeance": forwarded,
        "alerte_equipe": found,
        "digest": news,
        "veille_partenaires": found,
        "source_degradee": {"source": "Portail d'exemple", "reason": "aucun appel lu", "last_good_at": None} | when,
        "rappel_notes": {"committee": "technique", "left": 3, "marks_until": call["closes_on"]},
        **_personal(at),
    }


_DECODING = {
    "in_short": "Une aide à l'investissement pour la chaleur renouvelable. Elle est versée à la livraison.",
    "who": "Les communes, leurs groupements et les bailleurs.",
    "how_much": "",
    "prepare": "Une étude de faisabilité de moins de deux ans.",
    "traps": "Les travaux ne doivent pas avoir commencé.",
    "contact": "",
}


def _personal(at: datetime) -> Mapping[MessageKind, Snapshot]:
    link = {"token": "exemple", "expires_at": (at + timedelta(minutes=15)).isoformat()}
    day = (at + timedelta(days=30)).isoformat()
    return {
        "connexion": link,
        "invitation": link,
        "effacement_annonce": {"kept": "brouillon", "title": _FACTS["title"], "erased_at": day},
        "effacement_fait": {"erasure": DOSSIER, "key": "exemple", "readable_until": day},
    }


def _call(at: datetime) -> dict[str, Any]:
    return {
        "match_id": UUID(int=3).hex,
        "title": "Chaleur renouvelable dans les quartiers",
        "funders": ["ADEME"],
        "url": "https://aides.example/chaleur",
        "closes_on": (at + timedelta(days=30)).date().isoformat(),
        "rate_max": 45,
        "amount_max": 250_000,
        "closed": False,
        "need": "Construire la chaufferie",
        "verdict": "eligible",
        "reason": "L'appel parle de chaleur renouvelable et de bâtiments publics, comme votre projet.",
        "words": "Cet appel revient chaque année : mieux vaut s'y prendre tôt.",
    }


def _project(call: dict[str, Any], changes: tuple[Mapping[str, Any], ...]) -> dict[str, Any]:
    return {
        "title": _FACTS["title"],
        "porteur": _FACTS["porteur"],
        "number": _FACTS["number"],
        "matches": [call | {"changes": list(changes)}],
    }


def _source(at: datetime) -> dict[str, Any]:
    return {"title": "Portail d'exemple", "at": at.isoformat(), "degraded": False}
