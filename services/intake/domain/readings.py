"""A juror fetches the files of the dossiers that they may mark, while the committees have them; of no other."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from intake.domain.states import State

READ: frozenset[State] = frozenset({"preselectionne"})
"""The states in which the committees work on a dossier."""
SHUT = (
    "Les pièces de ce dossier ne vous sont pas ouvertes. Elles le sont dès que vous avez pris place dans la séance "
    "de votre comité et déclaré n’avoir aucun lien avec ce dossier, et jusqu’à la clôture. Si vous venez de le "
    "faire, rechargez cette page dans un instant."
)


@dataclass(frozen=True, slots=True)
class Reading:
    """What scoring said of a seat: who sits there (`juror`), the dossiers that they may read, frozen when."""

    seat_id: UUID
    juror: str
    dossiers: tuple[UUID, ...]
    frozen_at: datetime
    revision: int


def reading_of(readings: Collection[Reading], candidacy_id: UUID, state: State) -> Reading | None:
    """What lets a juror with these seats read this dossier; None where nothing does."""
    if state not in READ:
        return None
    return next((one for one in readings if candidacy_id in one.dossiers), None)


def juror_key(person_id: str, name: str, role: str) -> str:
    """By what scoring knows somebody: their identifier, else the role and name of the link that let them in."""
    return person_id or f"{role}:{name}"
