"""What happened to a dossier, as a list that people read: elsewhere and here, the oldest first."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from scoring.domain.dossier import PORTEUR, ActKind, Dossier
from scoring.domain.rulings import Entry, JournalAct
from scoring.domain.words import OPINION_BY, OPINIONS, OUTCOMES

ACTS: Mapping[ActKind, str] = {
    "preselection": "Dossier présélectionné",
    "non_retenue": "Dossier non retenu",
    "retrait": "Dossier retiré",
}

ENTRIES: Mapping[JournalAct, str] = {
    "avis": "Enregistrement de {about} : {value}",
    "correction": "Correction de {about} : {value}",
    "proposition": "Proposition du comité d'expertise : {value}",
    "decision_pole": "Décision du Pôle : {value}",
    "approbation": "Approbation par le Grand forum : {value}",
    "renvoi": "Renvoi par le Grand forum : {value}",
    "retouche": "Lettre relue : {value}",
    "suspension": "Envoi suspendu : {value}",
    "reprise": "Envoi repris : {value}",
    "decision": "Décision : {value}",
}

VALUES: Mapping[str, str] = dict([*OPINIONS.items(), *OUTCOMES.items()])


@dataclass(frozen=True, slots=True)
class Line:
    """Something that happened: when, who, what, why."""

    at: datetime
    by: str
    what: str
    reason: str


def history(dossier: Dossier, entries: Iterable[Entry]) -> list[Line]:
    """The facts that intake told and the journal's `entries`, in order of time."""
    lines = [Line(act.at, act.by, ACTS[kind], act.reason) for kind, act in dossier.acts.items()]
    if dossier.submission:
        lines.append(Line(dossier.submission.at, PORTEUR, "Dossier reçu", ""))
    lines += [Line(entry.at, entry.by, sentence(entry), entry.reason) for entry in entries]
    return sorted(lines, key=lambda line: line.at)


def sentence(entry: Entry) -> str:
    """A line of the journal in French."""
    value = VALUES[entry.value]
    about = OPINION_BY[entry.about] if entry.about else ""
    return ENTRIES[entry.act].format(about=about, value=value.lower())
