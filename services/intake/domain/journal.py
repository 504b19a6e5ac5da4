"""Each thing that happens to a dossier is one line of its journal: when, who, what, why; the same fact once."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Literal, get_args
from uuid import UUID

Act = Literal[
    "depot",
    "depot_tardif",
    "retard_accepte",
    "retard_refuse",
    "modification",
    "correction_demandee",
    "correction_rendue",
    "correction_retiree",
    "piece_ajoutee",
    "piece_retiree",
    "coporteur_invite",
    "coporteur_retire",
    "echange",
    "affectation",
    "preselection",
    "non_retenu",
    "retrait",
    "reprise",
    "avis",
    "decision",
    "accord",
    "engagement",
    "jalon",
    "nouvelles",
    "conservation",
    "effacement",
    "message_envoye",
    "message_en_echec",
]
ACTS: tuple[Act, ...] = get_args(Act)

ACT_WORDS: Mapping[Act, str] = MappingProxyType(
    {
        "depot": "Dossier déposé",
        "depot_tardif": "Dossier reçu après la clôture",
        "retard_accepte": "Dépôt tardif accepté",
        "retard_refuse": "Dépôt tardif refusé",
        "modification": "Dossier modifié",
        "correction_demandee": "Correction demandée",
        "correction_rendue": "Correction rendue",
        "correction_retiree": "Demande de correction retirée",
        "piece_ajoutee": "Pièce ajoutée",
        "piece_retiree": "Pièce retirée",
        "coporteur_invite": "Co-porteur invité",
        "coporteur_retire": "Accès d’un co-porteur retiré",
        "echange": "Message échangé",
        "affectation": "Dossier confié",
        "preselection": "Dossier présélectionné",
        "non_retenu": "Dossier non retenu",
        "retrait": "Dossier retiré",
        "reprise": "Dossier repris dans une nouvelle vague",
        "avis": "Avis rendu",
        "decision": "Décision prise",
        "accord": "Accord d’engagements",
        "engagement": "Engagement mis à jour",
        "jalon": "Étape du projet",
        "nouvelles": "Nouvelles du projet",
        "conservation": "Fin de conservation annoncée",
        "effacement": "Données effacées",
        "message_envoye": "Message envoyé",
        "message_en_echec": "Message non parti",
    }
)


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the journal. `key` names the fact: a second entry with the same key is the same fact."""

    candidacy_id: UUID
    at: datetime
    by: str
    act: Act
    reason: str
    key: str
