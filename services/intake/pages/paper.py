"""The accusé de réception as a document to keep: its mentions, then a copy of every answer, as the form asks them.

The mentions are those of article L112-11 of the code des relations entre le public et l'administration. What
follows the reception is told as on the day the dossier came: the document does not change with the dossier's state.
"""

from fastapi import APIRouter, HTTPException, Request
from starlette.responses import Response

from intake.domain.dossier import Candidacy, Dossier
from intake.domain.states import WORDS
from intake.domain.vocabulary import LEGAL_FORMS, NEED_KINDS, NEED_PRIORITIES, PLAN_STATES, STAGES
from intake.pages.receipt import is_opened_by
from intake.pages.shell import PRIVATE, DossierId, Shell, Visitor
from intake.store import candidacies, people
from kernel.contracts.intake import Need
from kernel.contracts.label import Label
from kernel.ui.french import date_heure, euros, typo
from kernel.ui.paper import (
    Block,
    Paper,
    PaperFailed,
    Printer,
    bullets,
    heading,
    notice,
    pairs,
    paragraphs,
    table,
)

UNKNOWN = "non précisé"
BUSY = "Le document n’a pas pu être préparé à temps. Réessayez dans une minute."


def routes(shell: Shell) -> APIRouter:
    """The document, to whoever holds the key of the receipt, to its contact, and to staff."""
    router, printer = APIRouter(), Printer()

    @router.get("/candidatures/{candidacy_id}/accuse.pdf")
    async def accuse(request: Request, candidacy_id: DossierId, person: Visitor) -> Response:
        async with shell.database.reading() as session:
            receipt = await candidacies.receipt(session, candidacy_id)
            candidacy = await candidacies.candidacy(session, candidacy_id)
            mine = receipt is not None and await people.is_contact(session, person, receipt.key)
        is_staff = person is not None and person.role == "staff"
        if receipt is None or candidacy is None or not (is_staff or mine or is_opened_by(receipt, request)):
            raise HTTPException(404)
        try:
            made = await printer.pdf(document(candidacy, shell.label))
        except PaperFailed:
            return shell.error(request, 503, BUSY)
        name = f'attachment; filename="accuse-{candidacy.number}.pdf"'
        return Response(made, media_type="application/pdf", headers={**PRIVATE, "Content-Disposition": name})

    return router


def document(candidacy: Candidacy, label: Label) -> Paper:
    """The receipt and the copy of the answers."""
    return Paper(
        name=f"Accusé de réception du dossier {candidacy.number} et copie des réponses",
        title="Votre dossier est bien arrivé.",
        kicker=f"{label.name} – Accusé de réception",
        author=_typed(label.publisher),
        foot=f"{candidacy.number} – accusé de réception et copie des réponses",
        at=candidacy.submitted_at,
        blocks=(*_mentions(candidacy, label), *answers(candidacy.dossier, label)),
    )


def _mentions(candidacy: Candidacy, label: Label) -> list[Block]:
    rows = [
        ("Numéro", candidacy.number),
        ("Reçu le", f"{date_heure(candidacy.submitted_at)}, heure de Paris"),
        ("Projet", candidacy.dossier.project.title),
        ("Porteur", candidacy.dossier.project.porteur),
        ("Service chargé du dossier", _typed(f"{label.contact_role}, {label.publisher}")),
        ("Adresse postale", _typed(label.postal_address)),
        ("Téléphone", label.telephone),
        ("Adresse électronique", label.mail),
    ]
    return [
        pairs([row for row in rows if row[1]]),
        heading("Ce qui se passe ensuite"),
        paragraphs(_typed(WORDS["depose"].next)),
        paragraphs(
            "La réponse vous parvient par message, retenu ou non, avec ses raisons. Vous n’avez rien d’autre à envoyer."
        ),
        paragraphs(_typed(f"Une question ? Écrivez-nous : {label.mail} ({label.contact_role}).")),
        notice("Article L112-11 du code des relations entre le public et l’administration."),
    ]


def answers(dossier: Dossier, label: Label) -> list[Block]:
    """The copy of every answer."""
    return [
        heading("Copie de vos réponses"),
        *_project(dossier, label),
        *_porteur(dossier),
        *_place(dossier),
        *_means(dossier),
        *_grid(dossier, label),
        heading("Documents et envoi", 3),
        *_list("Documents", dossier.documents),
        pairs([("J’ai lu comment ces informations sont utilisées", "oui")]),
    ]


def _project(dossier: Dossier, label: Label) -> list[Block]:
    project = dossier.project
    return [
        heading("Le projet", 3),
        pairs([("Titre du projet", project.title), ("Thèmes", ", ".join(map(label.theme, project.themes)))]),
        *_text("Résumé", project.summary),
        *_text("Description", project.description),
    ]


def _porteur(dossier: Dossier) -> list[Block]:
    return [
        heading("Le porteur", 3),
        _pairs(
            ("Nom de l’organisme", dossier.project.porteur),
            ("Forme juridique", LEGAL_FORMS[dossier.project.porteur_form]),
            ("Numéro SIRET, SIREN ou RNA", dossier.identifier),
            ("Service ou fonction à contacter", dossier.contact.role),
            ("Adresse électronique", dossier.contact.email),
        ),
    ]


def _place(dossier: Dossier) -> list[Block]:
    return [
        heading("Le lieu et les partenaires", 3),
        _pairs(("Commune du projet", dossier.project.commune_name), ("Périmètre", dossier.perimeter)),
        *_list("Partenaires", dossier.partners),
        _pairs(("Maître d’œuvre", dossier.contractor)),
        *_list("Chiffres clés", dossier.key_figures),
        *_list("Calendrier", dossier.calendar),
    ]


def _means(dossier: Dossier) -> list[Block]:
    project = dossier.project
    plan = [(line.funder, euros(line.amount), PLAN_STATES[line.state]) for line in project.plan]
    needs = [block for need in project.needs for block in _need(need)]
    return [
        heading("L’avancement et les moyens", 3),
        _pairs(("Stade du projet", STAGES[project.stage]), ("Budget total", euros(project.budget))),
        heading("Plan de financement", 3),
        table(("Financeur", "Montant", "État"), plan, figures=(1,)) if plan else paragraphs(UNKNOWN),
        heading("Besoins du projet", 3),
        *(needs or [paragraphs(UNKNOWN)]),
    ]


def _need(need: Need) -> list[Block]:
    rows = [
        ("Pour faire quoi", need.purpose),
        ("Nature", NEED_KINDS[need.kind]),
        ("Montant", euros(need.amount)),
        ("Début", need.begins),
        ("Fin", need.ends),
        ("Précisions", need.details),
    ]
    if need.priority:
        rows.append(("À financer", NEED_PRIORITIES[str(need.priority)]))
    return [heading(f"Besoin {need.number}", 4), _pairs(*rows)]


def _grid(dossier: Dossier, label: Label) -> list[Block]:
    placed = dict(dossier.grid)
    names = {level.value: f"{level.value} – {level.name}" for level in label.levels}
    blocks = [heading("Où vous situez le projet", 3)]
    for axis in label.axes:
        rows = [(_typed(c.name), names.get(placed.get(c.code, -1), "Sans réponse")) for c in axis.criteria]
        blocks += [heading(_typed(axis.name), 4), table(("Critère", "Niveau"), rows)]
    return blocks


def _text(asked: str, given: str) -> list[Block]:
    return [heading(asked, 4), paragraphs(given or UNKNOWN)]


def _list(asked: str, given: tuple[str, ...]) -> list[Block]:
    return [heading(asked, 4), bullets(given) if given else paragraphs(UNKNOWN)]


def _pairs(*rows: tuple[str, str | None]) -> Block:
    return pairs([(asked, given or UNKNOWN) for asked, given in rows])


def _typed(words: str) -> str:
    """Our own words with French spacing; those of the porteur are copied as they are."""
    return typo(words).unescape()
