"""Each thing that happens to a dossier is one line of its journal: when, who, what, why; the same fact once."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Literal, get_args
from uuid import UUID

Act = Literal[
    "depot", "preselection", "non_retenu", "retrait", "avis", "decision", "message_envoye", "message_en_echec"
]
ACTS: tuple[Act, ...] = get_args(Act)

ACT_WORDS: Mapping[Act, str] = MappingProxyType(
    {
        "depot": "Dossier déposé",
        "preselection": "Dossier présélectionné",
        "non_retenu": "Dossier non retenu",
        "retrait": "Dossier retiré",
        "avis": "Avis rendu",
        "decision": "Décision prise",
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
