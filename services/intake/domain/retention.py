"""What is kept of people, for how long and why: one table, which the schedule enforces and the notice shows.

Nobody's account or draft goes without a warning NOTICE before; whoever comes back keeps all, and the time begins anew.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from intake.domain import draft
from intake.domain.states import State

Fate = Literal["garder", "prevenir", "effacer"]

NOTICE = timedelta(days=30)
"""Between the warning and the erasure."""
YEAR = timedelta(days=365)
DRAFT, ACCOUNT, TEAM, MAILS, MARKS = draft.KEPT, 3 * YEAR, YEAR, 2 * YEAR, 3 * YEAR
REPORTS, EXPORTS = timedelta(days=30), timedelta(days=7)
ALIVE: tuple[State, ...] = ("hors_delai", "depose", "preselectionne")
"""Dossiers on which an answer is due: their contact stays, however long it takes."""


@dataclass(frozen=True, slots=True)
class Period:
    """A line of the notice: what, how long and since when, why."""

    what: str
    how_long: str
    why: str


PERIODS = (
    Period(
        "Brouillon d’une candidature",
        "12 mois après le dernier enregistrement ; un message prévient 30 jours avant si une adresse y est écrite",
        "vous laisser le temps de déposer dans une autre vague",
    ),
    Period(
        "Compte d’un porteur, adresse et fonction de contact",
        "3 ans après la dernière visite ou le dernier envoi, jamais pendant l’instruction ; un message prévient "
        "30 jours avant",
        "accompagner le projet et annoncer les financements",
    ),
    Period(
        "Compte d’un membre de l’équipe, d’un partenaire ou d’un comité",
        "1 an après la fermeture de l’accès",
        "répondre aux questions sur les décisions récentes",
    ),
    Period(
        "Adresse à laquelle un message a été envoyé",
        "2 ans après l’envoi ; le texte reste, sans adresse",
        "prouver qu’une décision a été notifiée",
    ),
    Period(
        "Lien entre une personne et les notes qu’elle a données",
        "3 ans après la séance ; les notes restent, sous le nom de l’organisme",
        "répondre à une contestation",
    ),
    Period("Message qui porte un lien personnel", "jusqu’à son envoi, ou à la fin du lien", "vous l’envoyer"),
    Period("Connexion", "12 heures, puis un jour", "vous reconnaître d’une page à l’autre"),
    Period(
        "Empreinte d’une demande de lien (ni l’adresse ni le réseau ne s’y lisent)",
        "1 jour",
        "limiter les demandes abusives",
    ),
    Period(
        "Rapport d’un effacement",
        "30 jours par le lien envoyé ; l’équipe le garde sans le nom ni l’adresse",
        "prouver que la demande a été suivie",
    ),
    Period(
        "Pièces jointes à un dossier dont le contact est effacé",
        "relues en un mois par l’équipe, qui garde pour un motif écrit ou retire ; celles d’un dossier retiré partent "
        "aussitôt",
        "archiver ce dont le label a décidé, sans nommer personne de trop",
    ),
    Period("Archive de vos données, demandée par vous", "7 jours", "vous laisser le temps de la télécharger"),
    Period(
        "Dossier du projet, avis, décisions et journal",
        "archives publiques ; ils nomment des organismes et des fonctions",
        "obligation d’archivage de l’éditeur",
    ),
)


def fate(seen_at: datetime, warned_at: datetime | None, kept: timedelta, at: datetime) -> Fate:
    """What the schedule does about something last used at `seen_at`. A warning from before that day counts no more."""
    if at < seen_at + kept - NOTICE:
        return "garder"
    if warned_at is None or warned_at < seen_at:
        return "prevenir"
    return "effacer" if at >= goes_at(seen_at, warned_at, kept) else "garder"


def goes_at(seen_at: datetime, warned_at: datetime | None, kept: timedelta) -> datetime:
    """When it goes unless somebody comes back: a warning that left late moves the day."""
    return max(seen_at + kept, (warned_at or seen_at) + NOTICE)


def is_over(saved_at: datetime, warned_at: datetime | None, at: datetime) -> bool:
    """Whether a draft's time has passed, so that its door is shut even before the schedule comes by."""
    return fate(saved_at, warned_at, DRAFT, at) == "effacer"
