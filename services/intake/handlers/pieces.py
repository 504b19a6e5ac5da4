"""After an erasure staff reread each file of the dossier: it stays for a reason that is written, or it goes."""

from dataclasses import dataclass
from uuid import UUID

from intake.domain.journal import Entry
from intake.domain.refusals import Refused
from intake.store import attachments, hearsay, pieces
from intake.store.attachments import Owner
from kernel.runtime.database import Work


@dataclass(frozen=True, slots=True)
class RulePiece:
    """The wish to keep or remove a file, why, and who says so."""

    candidacy_id: UUID
    attachment_id: UUID
    keep: bool
    reason: str
    by: str


async def rule(work: Work, wish: RulePiece) -> None:
    """Keep a file or remove it; the journal tells which was done and why, never the file's name. Raises `Refused`."""
    row = await pieces.to_rule(work.session, wish.candidacy_id, wish.attachment_id)
    if row is None:
        raise Refused("Cette pièce n’est plus à relire : quelqu’un l’a retirée.")
    if wish.keep:
        row.kept_at, row.kept_by, row.reason = work.at, wish.by, wish.reason
        work.session.add(row)
    else:
        await attachments.drop(work.session, Owner(candidacy_id=wish.candidacy_id), wish.attachment_id)
        await pieces.drop(work.session, wish.attachment_id)
    said = f"{'Pièce gardée' if wish.keep else 'Pièce retirée'} après un effacement : {wish.reason}"
    key = f"relecture:{wish.attachment_id}:{work.at.isoformat()}"
    entry = Entry(wish.candidacy_id, work.at, wish.by, "effacement", said, key)
    await hearsay.write(work.session, [entry])
