"""A file is joined to a draft or a dossier, or taken away from it; what belongs to nobody any more is swept."""

from uuid import UUID, uuid4

from intake.domain import attachments as rules
from intake.domain.attachments import Attachment, Given
from intake.domain.dossier import PORTEUR
from intake.domain.draft import AlreadySent
from intake.domain.journal import Act, Entry
from intake.domain.refusals import UnknownDossier
from intake.domain.revision import sections_open
from intake.handlers.revisions import close_correction
from intake.store import attachments, candidacies, drafts, hearsay, revisions
from intake.store.attachments import Owner
from intake.store.files import Files
from kernel.runtime.database import Database, Work

SENT = "Ce dossier a été envoyé : joignez ce fichier depuis sa page, dans « Mes dossiers »."


async def join(work: Work, owner: Owner, given: Given) -> Attachment:
    """Join a file whose content is put down, or note that one was refused; the same content twice is one file.

    A correction of the documents that the team asked for is answered by it. Raises `Refused`, `UnknownDossier`.
    """
    if owner.candidacy_id is not None:
        rules.check_joins((await candidacies.held(work.session, owner.candidacy_id)).state)
    else:
        await _hold_draft(work, owner)
    known = await attachments.of_owner(work.session, owner)
    if (twin := rules.same(known, given)) is not None:
        return twin
    rules.check_room(known, given)
    joined = Attachment(uuid4(), given.name, given.kind, given.size, given.digest, work.at, PORTEUR, given.refused)
    await attachments.add(work.session, owner, joined)
    if owner.candidacy_id is not None and not given.refused:
        await _journal(work, owner.candidacy_id, "piece_ajoutee", joined)
        for asked in await revisions.asked(work.session, owner.candidacy_id):
            if asked.section == "documents":
                await close_correction(work, asked, "rendue", PORTEUR)
    return joined


async def take_away(work: Work, owner: Owner, attachment_id: UUID) -> None:
    """No longer join a file; nothing happens where it went meanwhile. Raises `Refused`, `UnknownDossier`."""
    if owner.candidacy_id is not None:
        candidacy = await candidacies.held(work.session, owner.candidacy_id)
        asked = [one.section for one in await revisions.asked(work.session, owner.candidacy_id)]
        rules.check_takes_away(sections_open(candidacy.state, asked))
    else:
        await _hold_draft(work, owner)
    known = await attachments.one(work.session, owner, attachment_id)
    if known is None:
        return
    await attachments.drop(work.session, owner, attachment_id)
    if owner.candidacy_id is not None and not known.refused:
        await _journal(work, owner.candidacy_id, "piece_retiree", known)


async def sweep(database: Database, files: Files) -> int:
    """Remove contents that no row names; the rows are read while nobody puts anything down."""

    async def named() -> set[str]:
        async with database.reading() as session:
            return await attachments.named(session)

    return await files.sweep(named)


async def _hold_draft(work: Work, owner: Owner) -> None:
    draft = await drafts.draft(work.session, owner.draft_id) if owner.draft_id else None
    if draft is None or not await drafts.hold(work.session, draft.id):
        raise UnknownDossier(f"no draft {owner.draft_id}: it was erased")
    if await candidacies.receipt_of_form(work.session, draft.form_token):
        raise AlreadySent(SENT)


async def _journal(work: Work, candidacy_id: UUID, act: Act, joined: Attachment) -> None:
    entry = Entry(candidacy_id, work.at, PORTEUR, act, joined.name, f"{act}:{joined.id}")
    await hearsay.write(work.session, [entry])
