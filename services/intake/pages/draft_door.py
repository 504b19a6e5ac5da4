"""A draft opens with the key of its address, or to those who write it signed in; all other doors look the same."""

import secrets
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from fastapi import HTTPException, Request
from sqlmodel.ext.asyncio.session import AsyncSession
from starlette.responses import RedirectResponse, Response

from intake.domain.attachments import Attachment
from intake.domain.draft import Answer
from intake.domain.retention import is_over
from intake.forms.draft import Status, statuses, words_of_draft
from intake.forms.words import Words
from intake.handlers import key_hash
from intake.pages.shell import Shell
from intake.store import attachments, drafts, people
from intake.store.attachments import Owner
from intake.store.candidacies import Receipt, receipt_of_form
from intake.store.drafts import Draft
from kernel.runtime.auth import Person, visitor

SENT = "Ce dossier a été envoyé : ce que vous venez d’écrire n’y a pas été ajouté."


@dataclass(frozen=True, slots=True)
class Opened:
    """A draft as its address opened it. `receipt` is there once it was sent."""

    draft: Draft
    key: str
    answers: Mapping[str, Answer]
    receipt: Receipt | None
    files: Sequence[Attachment] = ()

    @property
    def words(self) -> Words:
        """The answers as words of the form."""
        return words_of_draft(self.answers)

    @property
    def changes_dossier(self) -> bool:
        """Whether it changes a dossier that was sent, rather than prepare a new one."""
        return self.draft.candidacy_id is not None

    @property
    def owner(self) -> Owner:
        """What its files are joined to: the dossier at once, where it changes one that was sent."""
        return owner_of(self.draft)

    def statuses(self, shell: Shell) -> dict[str, Status]:
        """Where each section that may be written stands."""
        found = statuses(self.words, shell.label)
        if found["documents"].progress == "vide" and any(one.digest for one in self.files):
            found["documents"] = replace(found["documents"], progress="fait")
        return {name: status for name, status in found.items() if name in (self.draft.sections or found)}

    def undecided(self) -> dict[str, Answer]:
        """The answers of which several versions wait for a choice."""
        return {name: answer for name, answer in self.answers.items() if answer.rivals}

    @property
    def files_address(self) -> str:
        """Where its files are, without the key; `key_query` is what follows."""
        return f"/brouillons/{self.draft.id}/fichiers"

    @property
    def key_query(self) -> str:
        """The key as the end of an address, empty where the draft was not opened by it."""
        return f"?cle={self.key}" if self.key else ""

    def address(self, room: str = "", extra: str = "") -> str:
        """The address of one of the draft's pages, with the key where it was opened by it; `extra` begins with &."""
        query = f"cle={self.key}{extra}" if self.key else extra.removeprefix("&")
        return f"/brouillons/{self.draft.id}{room and '/' + room}{query and '?' + query}"


def opener(shell: Shell) -> Callable[[Request, str], Awaitable[Opened]]:
    """The dependency that opens a draft."""

    async def opened(request: Request, draft_id: str) -> Opened:
        return await open_draft(shell, draft_id, request.query_params.get("cle", ""), visitor(request))

    return opened


async def open_draft(shell: Shell, draft_id: str, key: str, person: Person | None) -> Opened:
    """Raises 404 for whoever neither holds the key nor writes this dossier, and once the draft is too old."""
    async with shell.database.reading() as session:
        draft = await drafts.draft(session, _identifier(draft_id))
        if draft is None or is_over(draft.saved_at, draft.warned_at, shell.database.clock.now()):
            raise HTTPException(404)
        held = secrets.compare_digest(draft.key_hash, key_hash(key))
        if not held and not await _is_writer(session, draft, person):
            raise HTTPException(404)
        answers = await drafts.answers_of(session, draft.id)
        found = await receipt_of_form(session, draft.form_token)
        files = await attachments.of_owner(session, owner_of(draft))
    return Opened(draft, key if held else "", answers, found[0] if found else None, files)


def owner_of(draft: Draft) -> Owner:
    """What the files of a draft are joined to."""
    return Owner(candidacy_id=draft.candidacy_id) if draft.candidacy_id else Owner(draft_id=draft.id)


async def _is_writer(session: AsyncSession, draft: Draft, person: Person | None) -> bool:
    """Whether who asks began the draft signed in, or has a part in the dossier that it changes or takes up."""
    known = await people.member(session, person.id) if person else None
    if known is None:
        return False
    if draft.person_id == known.id:
        return True
    dossier = draft.candidacy_id or draft.taken_from
    return dossier is not None and await people.part_in(session, known, dossier) is not None


def to_receipt(receipt: Receipt) -> Response:
    """Where a draft that was sent leads."""
    return RedirectResponse(f"/candidatures/{receipt.candidacy_id}/accuse?cle={receipt.key}", 303)


def _identifier(draft_id: str) -> UUID:
    try:
        return UUID(draft_id)
    except ValueError:
        raise HTTPException(404) from None
