"""Letters and minutes as PDF, and the decision file of a wave: everything needed to redo it, and its fingerprints."""

import csv
import io
import zipfile
from hashlib import sha256
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.exceptions import HTTPException
from starlette.responses import Response

from kernel.ui.paper import Paper, PaperFailed, Printer
from scoring.domain.dossier import Dossier
from scoring.domain.feedback import Feedback
from scoring.domain.ledger import ledger
from scoring.domain.scores import total
from scoring.domain.votes import Vote
from scoring.pages import papers
from scoring.pages.chain import lines_of
from scoring.pages.method import method_text
from scoring.pages.release import books_of, ruling_of, told_of, wave_of
from scoring.pages.shell import PREFIX, PRIVATE, Identified, InWave, Shell, Staff
from scoring.pages.wave import View, view_of
from scoring.store import chain as kept
from scoring.store import minutes as minutes_kept

EPOCH = (1980, 1, 1, 0, 0, 0)
"""The time of every file of the archive, so that the same facts give the same bytes."""
SUMS = "SHA256SUMS"


def routes(shell: Shell) -> APIRouter:
    router, printer = APIRouter(), Printer()

    @router.get("/dossiers/{candidacy_id}/lettre.pdf")
    async def letter(request: Request, candidacy_id: Identified, person: Staff) -> Response:
        dossier = await shell.open(candidacy_id, person)
        told = await _told(shell, dossier)
        return await printed(shell, request, printer, await letter_of(shell, dossier, told))

    @router.get("/vagues/{wave_id}/proces-verbal.pdf")
    async def minutes(request: Request, wave_id: InWave, person: Staff) -> Response:
        return await printed(shell, request, printer, await _minutes(shell, await view_of(shell, wave_id)))

    @router.get("/vagues/{wave_id}/dossier-de-decision.zip")
    async def decision_file(request: Request, wave_id: InWave, person: Staff) -> Response:
        view = await view_of(shell, wave_id)
        try:
            pdf = await printer.pdf(await _minutes(shell, view))
        except PaperFailed:
            return shell.error(request, 503)
        files = {
            "decisions.csv": await _decisions(shell, wave_id),
            "methode.txt": method_text(shell.label).encode(),
            "notes.csv": ledger(view.sheets, view.awaited, view.numbers).encode(),
            "proces-verbal.pdf": pdf,
        }
        headers = {**PRIVATE, "Content-Disposition": 'attachment; filename="dossier-de-decision.zip"'}
        return Response(archive(files), media_type="application/zip", headers=headers)

    return router


async def _told(shell: Shell, dossier: Dossier) -> Feedback:
    """The feedback as it was released, or as it would leave now."""
    ruling = await ruling_of(shell, dossier.candidacy_id)
    async with shell.database.reading() as session:
        sent = await kept.by_key(session, ruling.key) if ruling.key else None
    return sent[1] if sent else told_of(await books_of(shell, wave_of(dossier)), ruling)


async def letter_of(shell: Shell, dossier: Dossier, told: Feedback) -> Paper:
    """The letter of a dossier that was decided; a page that does not exist before."""
    async with shell.database.reading() as session:
        ruling = await kept.ruling(session, dossier.candidacy_id)
        votes = {vote.id: vote for vote, _ in await kept.votes(session, wave_of(dossier))}
    if ruling.decision is None:
        raise HTTPException(404)
    vote: Vote | None = votes.get(ruling.vote_id) if ruling.vote_id else None
    return papers.letter((dossier, ruling), vote, told, shell.label, f"{shell.public_url}{PREFIX}/methode")


async def printed(shell: Shell, request: Request, printer: Printer, paper: Paper) -> Response:
    """The document, or the page that says to come back."""
    try:
        made = await printer.pdf(paper)
    except PaperFailed:
        return shell.error(request, 503)
    headers = {**PRIVATE, "Content-Disposition": 'inline; filename="document.pdf"'}
    return Response(made, media_type="application/pdf", headers=headers)


async def _minutes(shell: Shell, view: View) -> Paper:
    _, lines = await lines_of(shell, view.wave.wave_id)
    async with shell.database.reading() as session:
        votes = await kept.votes(session, view.wave.wave_id)
        said = {book.sitting.id: await minutes_kept.last(session, book.sitting.id) for book in view.books.values()}
    moments = [said.at for _, r in lines for said in (r.proposal, r.decision) if said] + [v.at for v, _ in votes]
    at = max(moments, default=view.wave.opens_at) or shell.database.clock.now()
    totals = {key: total(view.sheets, view.awaited, key) for key in view.dossiers}
    title = view.wave.title or "Vague sans titre"
    return papers.minutes(title, at, lines, votes, (shell.label, list(view.books.values()), totals, said))


async def _decisions(shell: Shell, wave_id: UUID) -> bytes:
    """One line a dossier: what was proposed, decided, approved and when."""
    _, lines = await lines_of(shell, wave_id)
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow(("dossier", "projet", "etape", "proposition", "decision", "motif", "a_faire_murir", "notifie_le"))
    for dossier, ruling in lines:
        said = ruling.decision
        writer.writerow(
            (
                dossier.submission.number if dossier.submission else "",
                _cell(dossier.name),
                ruling.stage.value,
                ruling.proposal.outcome if ruling.proposal else "",
                said.outcome if said else "",
                _cell(said.reason if said else ""),
                _cell(said.maturing if said else ""),
                dossier.decision.at.isoformat() if dossier.decision else "",
            )
        )
    return out.getvalue().encode()


def _cell(text: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    return f"'{text}" if text[:1] in "=+-@\t\r" and text else text


def archive(files: dict[str, bytes]) -> bytes:
    """A ZIP with the files in order and their fingerprints; the same bytes for the same files."""
    sums = "".join(f"{sha256(content).hexdigest()}  {name}\n" for name, content in sorted(files.items()))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in [*sorted(files.items()), (SUMS, sums.encode())]:
            entry = zipfile.ZipInfo(name, EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            made.writestr(entry, content)
    return out.getvalue()
