"""A dossier written again as the answers of a draft, so that it can be changed where it was written, and compared.

The rule kept here: read again, the answers of a dossier give that dossier.
"""

import json
from collections.abc import Iterable, Mapping

from intake.domain.dossier import Dossier
from intake.domain.draft import GRID
from kernel.contracts.intake import Need, PlanLine


def answers_of(dossier: Dossier) -> dict[str, str]:
    """Name → value as a draft keeps it; what was left empty is left out."""
    project = dossier.project
    found = {
        "titre": project.title,
        "resume": project.summary,
        "description": project.description,
        "themes": "\n".join(project.themes),
        "chiffres_cles": "\n".join(dossier.key_figures),
        "porteur_nom": project.porteur,
        "porteur_forme": project.porteur_form,
        "porteur_identifiant": dossier.identifier or "",
        "contact_fonction": dossier.contact.role,
        "contact_courriel": dossier.contact.email,
        "partenaires": "\n".join(dossier.partners),
        "maitre_oeuvre": dossier.contractor,
        "commune": project.commune_code,
        "perimetre": dossier.perimeter,
        "stade": project.stage,
        "calendrier": "\n".join(dossier.calendar),
        "budget": _amount(project.budget),
        "plan": _rows(map(_line, project.plan)),
        "besoin": _rows(map(_need, project.needs)),
        "documents": "\n".join(dossier.documents),
        **{f"{GRID}{code}": str(level) for code, level in dossier.grid},
    }
    return {name: value for name, value in found.items() if value}


def _line(line: PlanLine) -> Mapping[str, str]:
    return {"financeur": line.funder, "montant": _amount(line.amount), "etat": line.state}


def _need(need: Need) -> Mapping[str, str]:
    return {
        "objet": need.purpose,
        "nature": need.kind,
        "montant": _amount(need.amount),
        "debut": need.begins or "",
        "fin": need.ends or "",
        "priorite": str(need.priority or ""),
        "precisions": need.details,
    }


def _amount(euros: int | None) -> str:
    return "" if euros is None else str(euros)


def _rows(rows: Iterable[Mapping[str, str]]) -> str:
    found = list(rows)
    return json.dumps(found, ensure_ascii=False) if found else ""
