"""A person is erased everywhere: here at once, elsewhere by an event that each service answers."""

import secrets
from uuid import uuid4

from intake.domain.dossier import PORTEUR
from intake.domain.journal import Entry
from intake.domain.people import Member, canonical
from intake.domain.refusals import Refused
from intake.domain.retention import ALIVE, REPORTS
from intake.handlers.drafts import key_hash
from intake.store import accounts, erasures, exports, hearsay, people, pieces, readings
from intake.store.erasures import Answer, Erasure
from kernel.contracts import funding_watch, notifier, scoring
from kernel.contracts.intake_life import ErasureOrdered
from kernel.contracts.intake_people import ErasureReported
from kernel.runtime import sessions
from kernel.runtime.database import Work

Done = scoring.ErasureDone | funding_watch.ErasureDone | notifier.ErasureDone
KEPT = {
    "dossier du projet, décisions et journal": "archives du label ; ils ne nomment que des organismes et des fonctions",
    "copie de l’adresse dans les échanges entre services": "elle s’efface d’elle-même, en 90 jours au plus",
}

REREAD = {
    "pièces jointes aux dossiers": "l’équipe les relit en un mois : chacune reste pour un motif écrit, ou s’efface",
}
"""The archives of the label hold what was decided on; whether a file names somebody, only people can tell."""


async def known(work: Work, email: str) -> Member:
    """The person of an address who may be erased. Raises `Refused`."""
    found = await people.of_email(work.session, canonical(email))
    if found is None:
        raise Refused("Personne n’est connu à cette adresse : rien n’est à effacer.")
    if found.role != "applicant":
        raise Refused("Cette adresse est celle d’un membre de l’équipe ou d’un comité : désactivez-la dans « Équipe ».")
    return found


async def order(work: Work, email: str, reason: str, by: str) -> Erasure:
    """Erase a porteur here and everywhere. Raises `Refused` for an address that is not one's."""
    erasure, _ = await erase(work, await known(work, email), reason, by)
    return erasure


async def erase_oneself(work: Work, person: Member) -> tuple[Erasure, str]:
    """Somebody erases themselves. Raises `Refused` while a dossier of theirs waits for an answer."""
    theirs = await erasures.dossiers_of_contact(work.session, person.email)
    waiting = [number for _, number, state in theirs if state in ALIVE]
    if waiting:
        raise Refused(
            f"Une réponse vous est due pour {', '.join(waiting)} : retirez d’abord ce dossier, ou écrivez à l’équipe."
        )
    return await erase(work, person, "À la demande de la personne elle-même.", PORTEUR)


async def erase(work: Work, person: Member, reason: str, by: str) -> tuple[Erasure, str]:
    """Erase somebody and what they are in dossiers: here now, elsewhere by the event. Gives the report's only key too.

    Their last mail says where the report stands.
    """
    theirs = await erasures.dossiers_of_contact(work.session, person.email)
    ids = [id_ for id_, _, _ in theirs]
    key = secrets.token_urlsafe(32)
    erasure = Erasure(uuid4(), work.at, by, reason, tuple(number for _, number, _ in theirs), key_hash=key_hash(key))
    await erasures.add(work.session, erasure, person.id)
    await exports.drop_of(work.session, person.id)
    await accounts.drop_of(work.session, person.id)
    await readings.forget(work.session, [person.id])
    counted = await erasures.blank(work.session, person, ids, work.at)
    gone, reread = await pieces.ask(work.session, ids, work.at)
    await sessions.end_all(work, str(person.id))
    said = Answer(work.at, counted | ({"pièces jointes": gone} if gone else {}), KEPT | (REREAD if reread else {}))
    await erasures.answer(work.session, erasure.id, "intake", said)
    lines = [Entry(id_, work.at, by, "effacement", reason, f"effacement:{erasure.id}") for id_ in ids]
    await hearsay.write(work.session, lines)
    work.record(
        ErasureOrdered(erasure_id=erasure.id, person_ids=[person.id], candidacy_ids=ids, at=work.at),
        ErasureReported(erasure_id=erasure.id, email=person.email, key=key, readable_until=work.at + REPORTS),
    )
    return erasure, key


async def hear(work: Work, event: Done) -> None:
    """A service has erased: its answer joins the report."""
    await erasures.answer(work.session, event.erasure_id, event.producer(), Answer(event.at, event.erased, event.kept))
