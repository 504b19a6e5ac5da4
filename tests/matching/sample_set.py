"""The open judged set: eight sample dossiers, the calls of the bundled portals, and what we think of each pair.

The rule kept here: a pair that is not written is judged 0; one that is gives its subject (0 to 3) and whether
the porteur may claim it, apart, and from 2 up the reason.
"""

import json
from pathlib import Path
from typing import Any

from chevalement.demo.dossiers import dossiers
from funding_watch.domain.eligibility import Place
from kernel.contracts.intake import Need, Project

PLACE = Place(department="62", region="32")
ROOT = Path(__file__).resolve().parents[2]
JUDGED: dict[str, dict[str, dict[str, Any]]] = json.loads(
    (Path(__file__).parent / "judgments.json").read_text(encoding="utf-8")
)["projects"]


def sample_projects() -> dict[str, Project]:
    """The dossiers as the watch hears of them, by slug."""
    epci = _epci_codes()
    return {dossier["slug"]: _project(dossier, epci[dossier["commune"]]) for dossier in dossiers()}


def _epci_codes() -> dict[str, str]:
    territory = json.loads((ROOT / "deploy" / "territory.json").read_text(encoding="utf-8"))
    return {town["code"]: str(epci["code"]) for epci in territory["epci"] for town in epci["communes"]}


def _project(dossier: dict[str, Any], epci_code: str) -> Project:
    return Project(
        title=dossier["titre"],
        summary=dossier["resume"],
        description=dossier["description"],
        themes=tuple(dossier["themes"]),
        porteur=dossier["porteur"]["nom"],
        porteur_form=dossier["porteur"]["forme"],
        commune_code=dossier["commune"],
        commune_name=dossier["commune_nom"],
        epci_code=epci_code,
        stage=dossier["stade"],
        budget=dossier["budget"],
        plan=(),
        needs=tuple(_need(number, need) for number, need in enumerate(dossier["besoins"], 1)),
    )


def _need(number: int, need: dict[str, Any]) -> Need:
    return Need(
        number=number,
        purpose=need["objet"],
        kind=need["nature"],
        amount=need["montant"],
        begins=need["debut"],
        ends=need["fin"],
        details=need["precisions"],
    )


def grade(judgment: dict[str, Any]) -> int:
    """What the pair is worth in a list: 0 where it may not be claimed, at most 2 through somebody else."""
    topical = int(judgment["topical"])
    return {"yes": topical, "partly": min(2, topical), "no": 0}[judgment["eligible"]]
