"""A person's own data: what is kept, taken away as an archive, erased by themselves when nobody owes them an answer."""

import json
from collections.abc import Mapping
from typing import Annotated, Any
from zipfile import ZIP_DEFLATED

from fastapi import APIRouter, Depends, HTTPException, Request
from sqlmodel.ext.asyncio.session import AsyncSession
from starlette.responses import RedirectResponse, Response, StreamingResponse
from zipstream import ZipStream  # type: ignore[import-untyped]  # zipstream-ng carries no types

from intake.domain.people import Member
from intake.domain.refusals import Refused
from intake.forms.answers import answers_of
from intake.handlers import erasures as erasing
from intake.handlers import exports as exporting
from intake.pages.bundle import told_apart
from intake.pages.data import SERVICE_WORDS
from intake.pages.own import Applicant
from intake.pages.shell import PRIVATE, Shell, Typed
from intake.store import attachments, candidacies, drafts, exports, hearsay, messages, people, revisions
from intake.store.attachments import Owner
from intake.store.exports import Export
from kernel.runtime import sessions
from kernel.runtime.auth import ROLES, Allow, Person
from kernel.runtime.web import cause_of

Anybody = Annotated[Person, Depends(Allow(*ROLES))]
OTHERS = {name: words for name, words in SERVICE_WORDS.items() if name != "intake"}
FILES = {"scoring": "instruction.json", "funding_watch": "veille.json", "notifier": "messages.json"}
READ_ME = """Vos données sur le site « {label} », le {at}.

dossiers.json     votre compte ; vos dossiers avec leurs versions, leurs messages et leur journal
instruction.json  les séances où vous avez siégé
veille.json       ce que la veille des financements garde de vous
messages.json     les messages qui vous ont été envoyés, et ce que vous avez choisi de recevoir
fichiers/         les pièces jointes à vos dossiers et à vos brouillons

Un fichier qui contient {{}} : ce service ne garde rien de vous.
{missing}"""


def routes(shell: Shell) -> APIRouter:
    """`/mes-donnees`: whoever is signed in, each their own."""
    router = APIRouter()

    @router.get("/mes-donnees")
    async def show(request: Request, person: Anybody) -> Response:
        async with shell.database.reading() as session:
            member = await _member(session, person)
            found = await people.dossiers_of(session, member)
            export = await exports.latest(session, member.id)
        return shell.render(
            "my_data.html", request, private=True, member=member, dossiers=found, export=export, others=OTHERS
        )

    router.include_router(_archives(shell))
    router.include_router(_erasing(shell))
    return router


def _archives(shell: Shell) -> APIRouter:
    router = APIRouter()

    @router.post("/mes-donnees/archive")
    async def prepare(request: Request, person: Anybody) -> Response:
        async with shell.database.work(cause_of(request)) as work:
            await exporting.order(work, await _member(work.session, person))
        return RedirectResponse("/mes-donnees#emporter", 303)

    @router.get("/mes-donnees/archive.zip")
    async def fetch(person: Anybody) -> Response:
        async with shell.database.reading() as session:
            member = await _member(session, person)
            export = await exports.latest(session, member.id)
            if export is None:
                raise HTTPException(404)
            own = await _everything(session, member)
            joined = await _files(session, member)
        headers = {**PRIVATE, "Content-Disposition": 'attachment; filename="mes-donnees.zip"'}
        packed = _archive(own, export, shell.label.name)
        for place, digest in joined.items():
            packed.add_path(shell.files.path_of(digest), place)
        return StreamingResponse(packed, media_type="application/zip", headers=headers)

    return router


def _erasing(shell: Shell) -> APIRouter:
    router = APIRouter()

    @router.get("/mes-donnees/effacement")
    async def ask(request: Request, person: Applicant) -> Response:
        async with shell.database.reading() as session:
            member = await _member(session, person)
            found = await people.dossiers_of(session, member)
        return shell.render("my_erasure.html", request, private=True, member=member, dossiers=found)

    @router.post("/mes-donnees/effacement")
    async def erase(request: Request, person: Applicant, words: Typed) -> Response:
        if words["confirme"] != "oui":
            return RedirectResponse("/mes-donnees/effacement", 303)
        try:
            async with shell.database.work(cause_of(request)) as work:
                member = await _member(work.session, person)
                erasure, key = await erasing.erase_oneself(work, member)
        except Refused as refused:
            return shell.error(request, 409, str(refused))
        answer = RedirectResponse(f"/effacements/{erasure.id}?cle={key}", 303)
        sessions.take_back(answer)
        return answer

    return router


async def _member(session: AsyncSession, person: Person) -> Member:
    """Who asks, as kept. Raises 404 for who is not: an operator's own link names nobody."""
    member = await people.member(session, person.id)
    if member is None:
        raise HTTPException(404)
    return member


def _archive(own: Mapping[str, Any], export: Export, label: str) -> ZipStream:
    """One JSON file a service, and a text that says what is what and who has not answered yet."""
    late = [words for name, words in OTHERS.items() if name not in export.held]
    missing = f"N’a pas encore répondu : {', '.join(late)}. Revenez plus tard.\n" if late else ""
    packed = ZipStream(compress_type=ZIP_DEFLATED)
    packed.add(READ_ME.format(label=label, at=f"{export.at:%d/%m/%Y}", missing=missing), "LISEZMOI.txt")
    packed.add(_text(own), "dossiers.json")
    for service, held in export.held.items():
        packed.add(_text(held), FILES[service])
    return packed


async def _files(session: AsyncSession, member: Member) -> dict[str, str]:
    """The files that somebody joined to their drafts and dossiers: where each stands in the archive, its digest."""
    dossiers = [(one.number, Owner(candidacy_id=one.id)) for one in await people.dossiers_of(session, member)]
    begun = enumerate(await drafts.of_person(session, member.id), 1)
    places = [*dossiers, *((f"brouillon-{n}", Owner(draft_id=draft.id)) for n, draft in begun)]
    return {
        f"fichiers/{folder}/{name}": digest
        for folder, owner in places
        for name, digest in told_apart(await attachments.of_owner(session, owner))
    }


def _text(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1)


async def _everything(session: AsyncSession, member: Member) -> dict[str, Any]:
    """All that intake keeps of somebody and of their dossiers, as JSON values."""
    found = await people.dossiers_of(session, member)
    return {
        "compte": {
            "adresse": member.email,
            "nom": member.name,
            "rôle": member.role,
            "depuis": member.invited_at.isoformat(),
            "derniere_connexion": member.signed_in_at.isoformat() if member.signed_in_at else None,
        },
        "brouillons": await _drafts(session, member),
        "dossiers": [await _dossier(session, one.id) for one in found],
    }


async def _drafts(session: AsyncSession, member: Member) -> list[dict[str, Any]]:
    found = []
    for draft in await drafts.of_person(session, member.id):
        answers = await drafts.answers_of(session, draft.id)
        written = {name: answer.value for name, answer in answers.items()}
        found.append({"commencé_le": draft.created_at.isoformat(), "réponses": written})
    return found


async def _dossier(session: Any, candidacy_id: Any) -> dict[str, Any]:
    candidacy = await candidacies.candidacy(session, candidacy_id)
    if candidacy is None:
        return {}
    return {
        "numero": candidacy.number,
        "etat": candidacy.state,
        "recu_le": candidacy.submitted_at.isoformat(),
        "versions": [
            {"version": one.revision, "le": one.at.isoformat(), "reponses": answers_of(one.dossier)}
            for one in await revisions.versions(session, candidacy_id)
        ],
        "messages": [
            {"le": one.at.isoformat(), "de": one.by, "texte": one.text}
            for one in await messages.thread(session, candidacy_id)
        ],
        "journal": [
            {"le": line.at.isoformat(), "acte": line.act, "par": line.by, "motif": line.reason}
            for line in await hearsay.journal_of(session, candidacy_id)
        ],
    }
