"""The chain of a decision: proposed, decided, voted, reread, held or released; every letter leaves in one commit."""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from kernel.runtime.database import Work
from scoring import store
from scoring.domain import chain as rules
from scoring.domain import rulings
from scoring.domain.chain import Retouch, Ruling, Stage
from scoring.domain.dossier import Dossier
from scoring.domain.feedback import Feedback, feedback
from scoring.domain.rulings import Decide, Entry, NotYours, Officer, Refused
from scoring.domain.votes import Vote, objection_to_vote
from scoring.handlers.dossiers import UnknownDossier
from scoring.store import chain as kept
from scoring.store import marks as marks_kept
from scoring.store import sittings as store_of


async def propose(work: Work, wish: Decide) -> None:
    """Keep what the experts propose. Raises `Refused`, `UnknownDossier`."""
    dossier, ruling = await _locked(work, wish.candidacy_id)
    await _keep(work, *rules.propose(dossier, ruling, wish, work.at))


async def decide(work: Work, wish: Decide) -> None:
    """Keep what the publisher decided; it leaves only once the forum approved. Raises `Refused`, `UnknownDossier`."""
    dossier, ruling = await _locked(work, wish.candidacy_id)
    await _keep(work, *rules.decide(dossier, ruling, wish, work.at))


async def record_vote(work: Work, vote: Vote, candidacies: Iterable[UUID], by: Officer) -> None:
    """Keep what the Grand forum voted on these dossiers, all or none. Raises `Refused`."""
    if by.role != "staff":
        raise NotYours("Le vote est enregistré par l'équipe du Label.")
    if objection := objection_to_vote(vote):
        raise Refused(objection + ".")
    await store.claim_wave(work.session, vote.wave_id)
    about = [await _locked(work, candidacy_id) for candidacy_id in sorted(set(candidacies))]
    if not about:
        raise Refused("Choisissez au moins un dossier : le vote porte sur quelque chose.")
    moved = [rules.put_to_vote(dossier, ruling, vote, by) for dossier, ruling in about]
    items = {ruling.candidacy_id: ruling.decision.outcome for _, ruling in about if ruling.decision}
    await kept.add_vote(work.session, vote, items)
    for ruling, entry in moved:
        await _keep(work, ruling, entry)


async def retouch(work: Work, wish: Retouch) -> None:
    """Keep other words for a letter that has not left. Raises `Refused`, `UnknownDossier`."""
    dossier, ruling = await _locked(work, wish.candidacy_id)
    await _keep(work, *rules.retouch(dossier, ruling, wish, work.at))


async def hold(work: Work, candidacy_id: UUID, reason: str, by: Officer) -> None:
    """Keep one letter back. Raises `Refused`, `UnknownDossier`."""
    dossier, ruling = await _locked(work, candidacy_id)
    await _keep(work, *rules.hold(dossier, ruling, reason, by, work.at))


async def resume(work: Work, candidacy_id: UUID, by: Officer) -> None:
    """Let a letter that was held leave with the others. Raises `Refused`, `UnknownDossier`."""
    dossier, ruling = await _locked(work, candidacy_id)
    await _keep(work, *rules.resume(dossier, ruling, by, work.at))


async def release(work: Work, wave_id: UUID, rehearsed: str, by: Officer) -> int:
    """Tell every approved decision that is not held, all in this commit; says how many. Raises `Refused`.

    `rehearsed` names the rehearsal that was read: what leaves is what it showed, or nothing does.
    """
    await store.claim_wave(work.session, wave_id)
    begun = await kept.of_wave(work.session, wave_id)
    found = [await _locked(work, key) for key in sorted(begun)]
    leaving = [(d, r) for d, r in found if r.stage is Stage.APPROUVE and "retrait" not in d.acts]
    if not leaving:
        raise Refused("Aucune lettre n'est prête à partir : rien n'a été envoyé.")
    if rehearsed != rules.rehearsed(ruling for _, ruling in leaving):
        raise Refused("La liste a changé depuis la répétition : relisez-la, puis libérez les lettres.")
    books = [await marks_kept.book(work.session, one) for one in await store_of.listed(work.session, wave_id)]
    for dossier, ruling in leaving:
        told = feedback(books, str(dossier.candidacy_id)).without(ruling.hidden)
        await _release(work, _Letter(dossier, ruling, told), by)
    return len(leaving)


@dataclass(frozen=True, slots=True)
class _Letter:
    dossier: Dossier
    ruling: Ruling
    told: Feedback


async def _release(work: Work, letter: _Letter, by: Officer) -> None:
    moved, wish = rules.released(letter.dossier, letter.ruling, secrets.token_urlsafe(24), by)
    dossier, events, entries = rulings.decide(letter.dossier, wish, work.at, moved.key or "")
    await kept.save(work.session, moved, letter.told)
    await store.add_decision(work.session, dossier)
    await store.note(work.session, dossier.candidacy_id, entries)
    work.record(*events)


async def _keep(work: Work, ruling: Ruling, entry: Entry) -> None:
    await kept.save(work.session, ruling)
    await store.note(work.session, ruling.candidacy_id, [entry])


async def _locked(work: Work, candidacy_id: UUID) -> tuple[Dossier, Ruling]:
    dossier = await store.locked(work.session, candidacy_id)
    if dossier is None:
        raise UnknownDossier(f"no dossier {candidacy_id}: check the address")
    return dossier, await kept.ruling(work.session, candidacy_id)
