"""One project and four calls, in the exchange format."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

PROJECT: dict[str, Any] = {
    "project_id": "p1",
    "nom": "La cité refaite",
    "type_porteur": "commune",
    "commune": "Lens",
    "code_insee": "62498",
    "departement": "62",
    "region": "Hauts-de-France",
    "zonages": ["bassin_minier_ERBM"],
    "besoins": [
        {"libelle": "Construire un réseau de chaleur au bois", "nature": "investissement", "priorite": 1},
        {"libelle": "Animer des ateliers de réparation de vélos", "nature": "fonctionnement", "priorite": 2},
    ],
}
CALL: dict[str, Any] = {
    "call_id": "heat",
    "lang": "fr",
    "title": "Réseaux de chaleur au bois",
    "funder": ["ADEME"],
    "beneficiaries": ["Communes"],
    "territory": {"scale": "region", "codes": ["32"]},
    "closes": "2026-09-30",
    "text": "Construction de chaufferies et de réseaux de chaleur.",
    "url": "https://funder.example/heat",
}
CALLS: list[dict[str, Any]] = [
    CALL,
    {**CALL, "call_id": "far", "territory": {"scale": "region", "codes": ["11"]}},
    {**CALL, "call_id": "bikes", "title": "Ateliers de réparation de vélos", "text": "Vélos.", "url": None},
    {**CALL, "call_id": "paint", "title": "Restauration de tableaux", "text": "Musées et peinture."},
    {**CALL, "call_id": "town", "lang": "en", "title": "District heating from biomass", "text": "Heat networks."},
]
JUDGED: list[dict[str, Any]] = [
    {"project_id": "p1", "call_id": "heat", "topical": 3, "eligible": "oui", "grade": 3},
    {"project_id": "p1", "call_id": "far", "topical": 3, "eligible": "non", "grade": 0},
    {"project_id": "p1", "call_id": "bikes", "topical": 2, "eligible": "oui", "grade": 2},
    {"project_id": "p1", "call_id": "town", "topical": 3, "eligible": "partiel", "grade": 2},
]


def written(path: Path, lines: Iterable[dict[str, Any]]) -> Path:
    """The file, one object a line."""
    path.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), encoding="utf-8")
    return path
