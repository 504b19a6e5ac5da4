"""A dossier opens to those who have a part in it, signed in; for anybody else it does not exist."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, HTTPException

from intake.domain.dossier import Candidacy
from intake.domain.people import Member
from intake.pages.shell import DossierId, Shell
from intake.store import candidacies, people
from intake.store.people import Part
from kernel.runtime.auth import Allow, Person

Applicant = Annotated[Person, Depends(Allow("applicant"))]


@dataclass(frozen=True, slots=True)
class Own:
    """A dossier, who opened it, and what they are in it."""

    candidacy: Candidacy
    member: Member
    part: Part

    @property
    def address(self) -> str:
        return f"/mes-dossiers/{self.candidacy.id}"


def own_dossier(shell: Shell) -> Callable[[DossierId, Applicant], Awaitable[Own]]:
    """The dependency that opens a dossier to its contact and its co-porteurs; 404 for everybody else."""

    async def opened(candidacy_id: DossierId, person: Applicant) -> Own:
        async with shell.database.reading() as session:
            member = await people.member(session, person.id)
            part = await people.part_in(session, member, candidacy_id) if member else None
            candidacy = await candidacies.candidacy(session, candidacy_id) if part else None
        if member is None or part is None or candidacy is None:
            raise HTTPException(404)
        return Own(candidacy, member, part)

    return opened


def only_contact(own: Own) -> Own:
    """Some acts are the contact's alone. Raises 403."""
    if own.part != "contact":
        raise HTTPException(403, "Seul le contact du dossier peut faire cela.")
    return own
