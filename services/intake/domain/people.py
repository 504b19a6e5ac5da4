"""Who may enter: one address is one person with one role; whoever is disabled enters no more, by no link.

Links are asked for without a word on whether an address is known, so limits count what was asked, not what was sent.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from intake.domain.refusals import Refused

Role = Literal["staff", "partner", "expert", "applicant", "ops"]
"""The kernel's roles; a test compares."""
INVITED: tuple[Role, ...] = ("staff", "partner", "expert", "ops")
"""The roles that an invitation gives; applicants come by themselves."""
ROLE_WORDS: dict[Role, str] = {
    "staff": "Équipe",
    "partner": "Partenaire",
    "expert": "Comité ou expert",
    "applicant": "Porteur de projet",
    "ops": "Exploitation",
}
HOUR = timedelta(hours=1)
PER_ADDRESS = 5
PER_NETWORK = 20
"""Links asked for in an hour."""
DRAFTS_PER_NETWORK = 40
"""Drafts begun in an hour; a class or a workshop of the team begins thirty."""
BY_SUBMITTING = "Dépôt d’un dossier"


class TooMany(Refused):
    """More links were asked for than a person needs."""


@dataclass(frozen=True, slots=True)
class Member:
    """A person as intake keeps them. `email` is in lower case; `name` is a function or an organisation."""

    id: UUID
    email: str
    name: str
    role: Role
    invited_by: str
    invited_at: datetime
    signed_in_at: datetime | None = None
    disabled_at: datetime | None = None

    @property
    def may_enter(self) -> bool:
        """Whether links let this person in."""
        return self.disabled_at is None


@dataclass(frozen=True, slots=True)
class Invitation:
    """Whom to invite, as what, by whom."""

    email: str
    name: str
    role: Role
    by: str


def canonical(email: str) -> str:
    """An address as it is compared: no mail server that matters tells case apart."""
    return email.strip().lower()


def stranger(new_id: UUID, email: str, at: datetime) -> Member:
    """A person who is not known, so that the same work can be done for them."""
    return Member(new_id, canonical(email), email, "applicant", BY_SUBMITTING, at)


def check_pace(by_address: int, by_network: int) -> None:
    """Refuse a link where an hour has seen enough of them, whoever asks."""
    if by_address >= PER_ADDRESS:
        raise TooMany(
            "Plusieurs liens ont déjà été demandés pour cette adresse depuis une heure. "
            "Regardez aussi dans les courriers indésirables, puis réessayez un peu plus tard."
        )
    if by_network >= PER_NETWORK:
        raise TooMany(
            "Beaucoup de liens ont été demandés depuis votre réseau depuis une heure. Réessayez un peu plus tard."
        )


def check_drafts_pace(by_network: int) -> None:
    """Refuse a draft where an hour has seen more of them than people begin."""
    if by_network >= DRAFTS_PER_NETWORK:
        raise TooMany(
            "Beaucoup de brouillons ont été commencés depuis votre réseau depuis une heure. "
            "Réessayez un peu plus tard, ou rouvrez l’adresse d’un brouillon que vous avez gardée."
        )


def invite(known: Member | None, asked: Invitation, new_id: UUID, at: datetime) -> Member:
    """The person once invited: new, back, or the same one whose link was lost. Raises `Refused`."""
    if asked.role not in INVITED:
        raise Refused("Une invitation vaut pour l’équipe, un partenaire, un comité ou l’exploitation.")
    if known is None:
        return Member(new_id, canonical(asked.email), asked.name, asked.role, asked.by, at)
    if known.may_enter and known.role not in {asked.role, "applicant"}:
        raise Refused(
            f"Cette adresse est déjà celle de « {known.name} » ({ROLE_WORDS[known.role]}) : "
            "désactivez d’abord cet accès pour lui donner une autre fonction."
        )
    return replace(known, name=asked.name, role=asked.role, invited_by=asked.by, invited_at=at, disabled_at=None)


def disable(member: Member, by: str, at: datetime) -> Member:
    """The person who enters no more; `by` is the id of who asks. Raises `Refused` for oneself."""
    if by == str(member.id):
        raise Refused("Vous ne pouvez pas fermer votre propre accès : demandez-le à une autre personne de l’équipe.")
    return member if member.disabled_at else replace(member, disabled_at=at)
