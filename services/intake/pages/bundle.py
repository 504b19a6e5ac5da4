"""A view as a ZIP: the list, then a folder for each dossier with the copy of its answers
and the files that were joined; sent while it is made.

At no moment is more than one document in memory, so that a whole year of dossiers can be taken away.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence

from fastapi import APIRouter
from starlette.responses import Response, StreamingResponse
from zipstream import ZipStream  # type: ignore[import-untyped]  # zipstream-ng carries no types

from intake.domain.attachments import Attachment
from intake.pages.exports import as_csv, cells
from intake.pages.listing import Viewed
from intake.pages.paper import document
from intake.pages.shell import PRIVATE, Shell, Staff
from intake.store import attachments, candidacies
from intake.store.attachments import Owner
from intake.store.lists import DossierLine, whole
from kernel.ui.paper import PaperFailed, Printer

NOT_SET = "Le document de ce dossier n’a pas pu être composé : téléchargez-le depuis sa page.\n"


def routes(shell: Shell) -> APIRouter:
    """`/dossiers.zip`: staff only."""
    router, printer = APIRouter(), Printer()

    @router.get("/dossiers.zip")
    async def export_zip(asked: Viewed, _: Staff) -> Response:
        async with shell.database.reading() as session:
            lines = await whole(session, asked.view)
        headers = {**PRIVATE, "Content-Disposition": 'attachment; filename="dossiers.zip"'}
        return StreamingResponse(bundled(shell, printer, lines), media_type="application/zip", headers=headers)

    return router


async def bundled(shell: Shell, printer: Printer, lines: Sequence[DossierLine]) -> AsyncIterator[bytes]:
    """The bytes of the ZIP, a document at a time; a dossier that cannot be set leaves a word in its folder."""
    packed = ZipStream()
    listed = await asyncio.to_thread(as_csv, [cells(line, shell.label) for line in lines])
    packed.add(listed, "dossiers.csv")
    for line in lines:
        for part in packed.all_files():
            yield part
        async with shell.database.reading() as session:
            candidacy = await candidacies.candidacy(session, line.id)
        if candidacy is None:
            continue
        await _add_files(shell, packed, line)
        try:
            packed.add(await printer.pdf(document(candidacy, shell.label)), f"{line.number}/accuse-et-reponses.pdf")
        except PaperFailed:
            packed.add(NOT_SET, f"{line.number}/LISEZ-MOI.txt")
    for part in packed.finalize():
        yield part


async def _add_files(shell: Shell, packed: ZipStream, line: DossierLine) -> None:
    """The files that the porteur joined, read from disk as they leave."""
    async with shell.database.reading() as session:
        joined = await attachments.of_owner(session, Owner(candidacy_id=line.id))
    for name, digest in told_apart(joined):
        packed.add_path(shell.files.path_of(digest), f"{line.number}/documents/{name}")


def told_apart(joined: Sequence[Attachment]) -> Iterator[tuple[str, str]]:
    """Name and digest of each file that was kept; two of one name are told apart."""
    taken: set[str] = set()
    for one in joined:
        if one.digest is None:
            continue
        name = one.name if one.name.casefold() not in taken else f"{len(taken) + 1}-{one.name}"
        taken.add(name.casefold())
        yield name, one.digest
