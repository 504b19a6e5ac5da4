"""A draft opens with the key of its address alone: a wrong key, an erased draft and no draft look the same."""

import secrets
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from uuid import UUID

from fastapi import HTTPException, Request
from starlette.responses import RedirectResponse, Response

from intake.domain.draft import Answer, is_over
from intake.forms.draft import Status, statuses, words_of_draft
from intake.forms.words import Words
from intake.handlers import key_hash
from intake.pages.shell import Shell
from intake.store import drafts
from intake.store.candidacies import Receipt, receipt_of_form
from intake.store.drafts import Draft

SENT = (
    "Ce dossier a été envoyé : ce que vous venez d’écrire n’y a pas été ajouté. Écrivez à l’équipe pour le compléter."
)


@dataclass(frozen=True, slots=True)
class Opened:
    """A draft as its address opened it. `receipt` is there once it was sent."""

    draft: Draft
    key: str
    answers: Mapping[str, Answer]
    receipt: Receipt | None

    @property
    def words(self) -> Words:
        """The answers as words of the form."""
        return words_of_draft(self.answers)

    def statuses(self, shell: Shell) -> dict[str, Status]:
        """Where each section stands."""
        return statuses(self.words, shell.label)

    def undecided(self) -> dict[str, Answer]:
        """The answers of which several versions wait for a choice."""
        return {name: answer for name, answer in self.answers.items() if answer.rivals}

    def address(self, room: str = "", extra: str = "") -> str:
        """The address of one of the draft's pages, with the key."""
        return f"/brouillons/{self.draft.id}{room and '/' + room}?cle={self.key}{extra}"


def opener(shell: Shell) -> Callable[[Request, str], Awaitable[Opened]]:
    """The dependency that opens a draft."""

    async def opened(request: Request, draft_id: str) -> Opened:
        return await open_draft(shell, draft_id, request.query_params.get("cle", ""))

    return opened


async def open_draft(shell: Shell, draft_id: str, key: str) -> Opened:
    """Raises 404 for whoever does not hold the key, and once the draft is as old as a draft may be."""
    async with shell.database.reading() as session:
        draft = await drafts.draft(session, _identifier(draft_id))
        if draft is None or not secrets.compare_digest(draft.key_hash, key_hash(key)):
            raise HTTPException(404)
        if is_over(draft.saved_at, shell.database.clock.now()):
            raise HTTPException(404)
        answers = await drafts.answers_of(session, draft.id)
        found = await receipt_of_form(session, draft.form_token)
    return Opened(draft, key, answers, found[0] if found else None)


def to_receipt(receipt: Receipt) -> Response:
    """Where a draft that was sent leads."""
    return RedirectResponse(f"/candidatures/{receipt.candidacy_id}/accuse?cle={receipt.key}", 303)


def _identifier(draft_id: str) -> UUID:
    try:
        return UUID(draft_id)
    except ValueError:
        raise HTTPException(404) from None
