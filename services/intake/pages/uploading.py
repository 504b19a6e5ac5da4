"""Files on their way in and out: judged, scanned, put down, then joined; given back as downloads alone."""

import asyncio
import re
from collections.abc import Sequence
from uuid import UUID

from fastapi import HTTPException, Request
from starlette.responses import FileResponse, Response

from intake.domain.attachments import LARGEST, MIMES, Given, check_size, safe_name
from intake.domain.draft import AlreadySent
from intake.domain.refusals import Refused
from intake.forms.attachments import kind_of
from intake.forms.values import Wrong
from intake.handlers import attachments as joining
from intake.pages.shell import PRIVATE, Shell
from intake.store import attachments
from intake.store.attachments import Owner
from kernel.runtime import scanner
from kernel.runtime.scanner import ScanFailed
from kernel.runtime.uploads import Upload
from kernel.runtime.web import MAX_BODY, cause_of

FIELD = "fichiers"
MOST_AT_ONCE = 10
TAKES_FILES = re.compile(r"/(brouillons|mes-dossiers)/[^/]+/fichiers")
UNSEEN = "l’antivirus ne répond pas en ce moment : réessayez dans quelques minutes."
TAKE_AWAY = "oter"
"""The button that takes a file away, in the very form that joins them: no word typed beside it is lost."""
CHOOSE = "Choisissez au moins un fichier, puis envoyez-le."
ALONE = "default-src 'none'; sandbox"
"""Even if a browser opened a file as a page, it could do nothing."""


def body_limit(path: str) -> int:
    """Bytes that a request to this address may have; beyond the limit of a file it is still read, to say so."""
    return 2 * MOST_AT_ONCE * LARGEST if TAKES_FILES.fullmatch(path) else MAX_BODY


async def take(shell: Shell, request: Request, owner: Owner, uploads: Sequence[Upload]) -> list[str]:
    """Join what was sent, each file for itself; gives a sentence for each that was refused.

    Raises `AlreadySent`, `UnknownDossier`.
    """
    refused = []
    for upload in uploads[:MOST_AT_ONCE]:
        try:
            await _take(shell, request, owner, upload)
        except AlreadySent:
            raise
        except (Refused, Wrong) as why:
            refused.append(f"« {safe_name(upload.name, '')} » : {why}")
    if len(uploads) > MOST_AT_ONCE:
        refused.append(f"Envoyez {MOST_AT_ONCE} fichiers au plus à la fois.")
    return refused


async def _take(shell: Shell, request: Request, owner: Owner, upload: Upload) -> None:
    check_size(upload.size)
    kind = await asyncio.to_thread(kind_of, upload.path)
    name = safe_name(upload.name, kind)
    try:
        virus = await scanner.scan(shell.clamd, upload.path)
    except ScanFailed as silent:
        raise Refused(UNSEEN) from silent
    if virus:
        async with shell.database.work(cause_of(request)) as work:
            await joining.join(work, owner, Given(name, kind, upload.size, None, virus[:100]))
        raise Refused("l’antivirus y a trouvé un programme dangereux, il n’est pas gardé.")
    async with shell.files.held():
        await shell.files.put(upload.path, upload.digest)
        async with shell.database.work(cause_of(request)) as work:
            await joining.join(work, owner, Given(name, kind, upload.size, upload.digest))


async def take_away(shell: Shell, request: Request, owner: Owner, attachment_id: str) -> list[str]:
    """Take a file away; gives the sentence of a rule that says no. Raises `AlreadySent`, `UnknownDossier`."""
    try:
        async with shell.database.work(cause_of(request)) as work:
            await joining.take_away(work, owner, identifier(attachment_id))
    except AlreadySent:
        raise
    except Refused as refused:
        return [str(refused)]
    return []


async def download(shell: Shell, owner: Owner, attachment_id: str) -> Response:
    """A file of this owner, to whoever was let in to see it. Raises 404."""
    async with shell.database.reading() as session:
        found = await attachments.one(session, owner, identifier(attachment_id))
    if found is None or found.digest is None or found.kind is None:
        raise HTTPException(404)
    return FileResponse(
        shell.files.path_of(found.digest),
        media_type=MIMES[found.kind],
        filename=found.name,
        headers=PRIVATE | {"Content-Security-Policy": ALONE},
    )


def identifier(text: str) -> UUID:
    """An identifier in an address. Raises 404."""
    try:
        return UUID(text)
    except ValueError:
        raise HTTPException(404) from None
