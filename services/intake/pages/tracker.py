"""Where a dossier stands for its porteur: the steps with their days, what comes next and when; never a guessed date."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from intake.domain.dossier import Candidacy
from intake.domain.journal import Entry
from intake.domain.states import State
from intake.domain.wave import Wave
from intake.pages.followed import Followed

NO_DAY: Mapping[State, str] = {
    "preselectionne": "La date de la décision n’est pas encore fixée : elle vous sera annoncée par message.",
    "hors_delai": "La réponse vous parviendra par message.",
}


@dataclass(frozen=True, slots=True)
class Coming:
    """What comes next; `when` is a day only where somebody has set it."""

    words: str
    when: date | None = None


@dataclass(frozen=True, slots=True)
class Waves:
    """The wave of the dossier, and the one that is open or prepared."""

    own: Wave | None
    to_come: Wave | None


def reached(journal: Iterable[Entry]) -> dict[str, datetime]:
    """Act → the last moment at which it was done."""
    found: dict[str, datetime] = {}
    for line in journal:
        found[line.act] = max(line.at, found.get(line.act, line.at))
    return found


def coming(candidacy: Candidacy, waves: Waves, follow: Followed | None, at: datetime) -> Coming:
    """What the porteur may expect, or has to do."""
    if candidacy.state == "depose":
        return _reading(waves.own, at)
    if follow is not None:
        return _following(follow)
    if candidacy.state == "en_attente":
        return _coming_back(waves.to_come, at)
    return Coming(NO_DAY.get(candidacy.state, ""))


def _reading(wave: Wave | None, at: datetime) -> Coming:
    if wave is not None and at < wave.calendar.closes_at:
        return Coming("La vague se termine ; la présélection vient après.", wave.calendar.closes_at)
    return Coming("La vague est close : la présélection est en cours, la réponse vous parviendra par message.")


def _following(follow: Followed) -> Coming:
    if follow.accord.offered_at and not follow.accord.accepted_at:
        return Coming("À vous de lire l’accord d’engagements et de l’accepter, ci-dessous.")
    due = [line for line in follow.lines if line.progress in {"prevu", "en_cours"}]
    return Coming(f"Prochaine échéance : {due[0].text}", due[0].due_on) if due else Coming("")


def _coming_back(to_come: Wave | None, at: datetime) -> Coming:
    if to_come is None:
        return Coming("La prochaine vague n’est pas encore annoncée.")
    opens, closes = to_come.calendar.opens_at, to_come.calendar.closes_at
    if at < opens:
        return Coming(f"La prochaine vague, « {to_come.calendar.title} », s’ouvre.", opens)
    return Coming(f"La vague « {to_come.calendar.title} » est ouverte ; elle se termine.", closes)
