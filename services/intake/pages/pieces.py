"""Jurors fetch the files of the dossiers that they may mark, and of those alone."""

from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Request
from sqlmodel.ext.asyncio.session import AsyncSession
from starlette.responses import Response

from intake.domain.dossier import Candidacy
from intake.domain.readings import SHUT, Reading, juror_key, reading_of
from intake.pages.shell import DossierId, Shell
from intake.pages.uploading import download
from intake.store import attachments, candidacies, readings
from intake.store.attachments import Owner
from kernel.runtime.auth import Allow, Person

Juror = Annotated[Person, Depends(Allow("partner", "expert"))]


def routes(shell: Shell) -> APIRouter:
    """`/dossiers/{id}/pieces`: whoever sits on the dossier; every other juror is told that it is shut to them."""
    router = APIRouter()

    @router.get("/dossiers/{candidacy_id}/pieces")
    async def show(request: Request, candidacy_id: DossierId, person: Juror) -> Response:
        async with shell.database.reading() as session:
            candidacy = await candidacies.candidacy(session, candidacy_id)
            reading = await _reading(session, candidacy, person)
            joined = await attachments.of_owner(session, Owner(candidacy_id=candidacy_id))
        if reading is None:
            return shell.render("pieces_shut.html", request, status=403, private=True, sentence=SHUT)
        files, frozen_at = [one for one in joined if one.digest], reading.frozen_at
        return shell.render("pieces.html", request, private=True, candidacy=candidacy, files=files, frozen_at=frozen_at)

    @router.get("/dossiers/{candidacy_id}/pieces/{attachment_id}")
    async def fetch(candidacy_id: DossierId, attachment_id: str, person: Juror) -> Response:
        async with shell.database.reading() as session:
            candidacy = await candidacies.candidacy(session, candidacy_id)
            reading = await _reading(session, candidacy, person)
        if reading is None:
            raise HTTPException(403, SHUT)
        return await download(shell, Owner(candidacy_id=candidacy_id), attachment_id)

    return router


async def _reading(session: AsyncSession, candidacy: Candidacy | None, person: Person) -> Reading | None:
    """What lets somebody read a dossier; a dossier that does not exist is shut like any other."""
    seats = await readings.of_juror(session, juror_key(person.id, person.name, person.role))
    return reading_of(seats, candidacy.id, candidacy.state) if candidacy else None
