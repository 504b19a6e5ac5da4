"""The whole dossier on paper, for a meeting: what the porteur wrote, the opinions, what was asked, the journal.

The team's private notes are left out: what is printed travels.
"""

from fastapi import APIRouter, HTTPException, Request
from starlette.responses import Response

from intake.domain.dossier import Candidacy, Opinion
from intake.domain.draft import TITLES
from intake.domain.journal import ACT_WORDS
from intake.domain.revision import Correction
from intake.domain.states import WORDS
from intake.domain.vocabulary import OPINIONS
from intake.pages.paper import BUSY, answers
from intake.pages.shell import PRIVATE, DossierId, Shell, Staff
from intake.store import candidacies, hearsay, revisions
from intake.store.hearsay import Line
from kernel.contracts.label import Label
from kernel.contracts.scoring import Committee
from kernel.ui.french import date_courte, date_heure
from kernel.ui.paper import Block, Paper, PaperFailed, Printer, heading, pairs, paragraphs, table


def routes(shell: Shell) -> APIRouter:
    """`/dossiers/{id}/dossier.pdf`: staff only."""
    router, printer = APIRouter(), Printer()

    @router.get("/dossiers/{candidacy_id}/dossier.pdf")
    async def whole(request: Request, candidacy_id: DossierId, _: Staff) -> Response:
        async with shell.database.reading() as session:
            candidacy = await candidacies.candidacy(session, candidacy_id)
            opinions = await hearsay.opinions_on(session, candidacy_id)
            asked = await revisions.corrections(session, candidacy_id)
            journal = await hearsay.journal_of(session, candidacy_id)
        if candidacy is None:
            raise HTTPException(404)
        blocks = [
            *_state(candidacy),
            *answers(candidacy.dossier, shell.label),
            *_opinions(candidacy, opinions, shell.label),
            *_corrections(asked),
            *_journal(journal),
        ]
        try:
            made = await printer.pdf(paper(candidacy, shell, blocks))
        except PaperFailed:
            return shell.error(request, 503, BUSY)
        name = f'attachment; filename="dossier-{candidacy.number}.pdf"'
        return Response(made, media_type="application/pdf", headers={**PRIVATE, "Content-Disposition": name})

    return router


def paper(candidacy: Candidacy, shell: Shell, blocks: list[Block]) -> Paper:
    """The document around its blocks."""
    at = shell.database.clock.now()
    return Paper(
        name=f"Dossier {candidacy.number}",
        title=candidacy.dossier.project.title,
        kicker=f"{shell.label.name} – Dossier {candidacy.number}",
        author=shell.label.publisher,
        foot=f"{candidacy.number} – document de travail, {date_heure(at)}",
        at=at,
        blocks=blocks,
    )


def _state(candidacy: Candidacy) -> list[Block]:
    rows = [
        ("État", WORDS[candidacy.state].label),
        ("Reçu le", date_heure(candidacy.submitted_at)),
        ("Version", str(candidacy.revision)),
    ]
    return [pairs(rows)]


def _opinions(candidacy: Candidacy, opinions: dict[Committee, Opinion], label: Label) -> list[Block]:
    rows = [
        (label.committee(one.committee), OPINIONS[one.opinion], date_courte(one.at), one.reason)
        for one in opinions.values()
    ]
    if candidacy.decision is not None:
        counted = candidacy.decision
        rows.append(("Décision", WORDS[counted.outcome].label, date_courte(counted.at), counted.reason))
    shown = table(("Qui", "Avis", "Quand", "Motif"), rows) if rows else paragraphs("Aucun avis pour l’instant.")
    return [heading("Avis et décision"), shown]


def _corrections(asked: list[Correction]) -> list[Block]:
    rows = [(TITLES[one.section], f"{one.due_on:%d/%m/%Y}", one.outcome or "attendue", one.reason) for one in asked]
    return [heading("Corrections demandées"), table(("Partie", "Pour le", "État", "Demande"), rows)] if rows else []


def _journal(lines: list[Line]) -> list[Block]:
    rows = [(date_heure(line.at), ACT_WORDS[line.act], line.by, line.reason) for line in lines]
    return [heading("Journal du dossier"), table(("Quand", "Quoi", "Qui", "Précisions"), rows)]
