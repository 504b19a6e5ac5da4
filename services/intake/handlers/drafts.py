"""A draft is kept field by field as it is typed; two devices lose no word of each other's."""

import hashlib
import secrets
from collections.abc import Mapping
from uuid import UUID, uuid4

from intake.domain.draft import KEPT, AlreadySent, Answer, Merged, Save, merge, section_of
from intake.domain.refusals import Refused, UnknownDossier
from intake.store import candidacies, drafts
from kernel.runtime.database import Work


async def begin_draft(work: Work, answers: Mapping[str, str], person_id: UUID | None = None) -> tuple[UUID, str]:
    """Somebody starts a dossier; gives its identifier and the only copy of its key. Old drafts go.

    `person_id` is who starts it signed in, and will find it again signed in.
    """
    await drafts.drop_untouched(work.session, work.at - KEPT)
    draft_id, key = uuid4(), secrets.token_urlsafe(32)
    token = secrets.token_urlsafe(24)
    await drafts.add_draft(work.session, drafts.Draft(draft_id, key_hash(key), token, work.at, work.at, person_id))
    first = {name: Answer(value, 1, work.at) for name, value in answers.items() if value}
    await drafts.save_answers(work.session, draft_id, first, work.at)
    return draft_id, key


async def save_draft(work: Work, draft: drafts.Draft, saves: Mapping[str, Save]) -> dict[str, Merged]:
    """Keep what was typed, field by field. Raises `AlreadySent`, `Refused`, `UnknownDossier` for one just erased."""
    if not await drafts.hold(work.session, draft.id):
        raise UnknownDossier(f"no draft {draft.id}: it was erased")
    if await candidacies.receipt_of_form(work.session, draft.form_token):
        raise AlreadySent("Ce dossier a été envoyé : il ne peut plus être modifié ici.")
    if draft.sections and any(section_of(name) not in draft.sections for name in saves):
        raise Refused("Cette partie du dossier ne peut pas être modifiée.")
    stored = await drafts.answers_of(work.session, draft.id)
    merged = {name: merge(stored.get(name, Answer()), save, work.at) for name, save in saves.items()}
    changed = {name: m.answer for name, m in merged.items() if m.answer != stored.get(name, Answer())}
    await drafts.save_answers(work.session, draft.id, changed, work.at)
    return merged


async def erase_draft(work: Work, draft: drafts.Draft) -> None:
    """The person no longer wants it: nothing of the draft stays."""
    await drafts.drop(work.session, draft.id)


def key_hash(key: str) -> str:
    """What is kept of a draft's key."""
    return hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()
