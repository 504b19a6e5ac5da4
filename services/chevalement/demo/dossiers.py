"""The eight candidacies of 2022, as files and as the fields of the form that a porteur fills in."""

import json
from importlib.resources import files
from typing import Any

from chevalement.demo.browser import Fields

Dossier = dict[str, Any]
EXAMPLE_AMOUNTS = {"tech3e": {1: 800_000, 2: 240_000, 3: 300_000, 5: 150_000}}
"""Slug → number of a need → euros: no amount is published, and a montage needs some. The table says so."""


def dossiers() -> list[Dossier]:
    """All eight, by name of their file."""
    folder = files("chevalement") / "sample" / "dossiers"
    found = sorted((path for path in folder.iterdir() if path.name.endswith(".json")), key=lambda path: path.name)
    return [json.loads(path.read_text(encoding="utf-8")) for path in found]


def with_example_amounts(dossier: Dossier) -> Dossier:
    """The dossier with the amounts of an example, where it has one; the files themselves hold none."""
    amounts = EXAMPLE_AMOUNTS.get(dossier["slug"], {})
    needs = [need | {"montant": amounts.get(n, need["montant"])} for n, need in enumerate(dossier["besoins"], 1)]
    return dossier | {"besoins": needs}


def fields(dossier: Dossier, token: str) -> Fields:
    """The dossier as a browser sends it; `token` comes from the form."""
    return [
        ("jeton", token),
        ("site_web", ""),
        *_project(dossier),
        *_porteur(dossier),
        *_rows("plan", dossier["plan"], {"financeur": "financeur", "montant": "montant", "etat": "etat"}),
        *_rows("besoin", dossier["besoins"], {name: name for name in NEED}),
        *((f"grille-{criterion}", str(level)) for criterion, level in dossier["grille"].items()),
        ("documents", "\n".join(dossier["documents"])),
        ("consentement", "oui"),
    ]


NEED = ("objet", "nature", "montant", "debut", "fin", "precisions")


def _project(dossier: Dossier) -> Fields:
    return [
        ("titre", dossier["titre"]),
        ("resume", dossier["resume"]),
        ("description", dossier["description"]),
        *(("themes", theme) for theme in dossier["themes"]),
        ("partenaires", "\n".join(dossier["partenaires"])),
        ("maitre_oeuvre", dossier["maitre_oeuvre"] or ""),
        ("commune", dossier["commune"]),
        ("perimetre", dossier["perimetre"]),
        ("chiffres_cles", "\n".join(dossier["chiffres_cles"])),
        ("calendrier", "\n".join(dossier["calendrier"])),
        ("stade", dossier["stade"]),
        ("budget", _text(dossier["budget"])),
    ]


def _porteur(dossier: Dossier) -> Fields:
    porteur, contact = dossier["porteur"], dossier["contact"]
    return [
        ("porteur_nom", porteur["nom"]),
        ("porteur_forme", porteur["forme"]),
        ("porteur_identifiant", porteur["identifiant"] or ""),
        ("contact_fonction", contact["fonction"]),
        ("contact_courriel", contact["courriel"]),
    ]


def _rows(prefix: str, rows: list[Dossier], names: dict[str, str]) -> Fields:
    return [(f"{prefix}-{n}-{name}", _text(row[key])) for n, row in enumerate(rows) for name, key in names.items()]


def _text(value: object) -> str:
    return "" if value is None else str(value)
