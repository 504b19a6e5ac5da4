"""The team's own keeping of a dossier: notes, tags, who follows it, who has read it, what can wait."""

from datetime import date
from uuid import UUID

from intake.domain.journal import Entry
from intake.domain.refusals import Refused
from intake.forms.words import readable
from intake.store import candidacies, desk, hearsay, people
from intake.store.desk import Note
from kernel.contracts.intake_life import CandidacyEntrusted
from kernel.runtime.auth import Person
from kernel.runtime.database import Work

MOST_TAGS, LONGEST_TAG = 12, 40


async def add_note(work: Work, candidacy_id: UUID, text: str, person: Person) -> None:
    """Write a note for the team. Raises `UnknownDossier`."""
    await candidacies.held(work.session, candidacy_id)
    await desk.add_note(work.session, candidacy_id, Note(work.at, person.name, text))


async def entrust(work: Work, candidacy_id: UUID, person_id: str, by: str) -> None:
    """Somebody of the team follows the dossier from now on; an empty id: nobody. Raises `Refused`."""
    await candidacies.held(work.session, candidacy_id)
    member = await people.member(work.session, person_id) if person_id else None
    if person_id and (member is None or member.role != "staff" or not member.may_enter):
        raise Refused("Choisissez quelqu’un de l’équipe.")
    await desk.entrust(work.session, candidacy_id, member.id if member else None, work.at, by)
    said = f"Confié à {member.name}" if member else "N’est plus confié à personne"
    entry = Entry(candidacy_id, work.at, by, "affectation", said, f"affectation:{work.at.isoformat()}")
    await hearsay.write(work.session, [entry])
    follower = member.id if member else None
    work.record(CandidacyEntrusted(candidacy_id=candidacy_id, person_id=follower, by=by, at=work.at))


async def tag(work: Work, candidacy_id: UUID, typed: str) -> None:
    """Make the words of a line, separated by commas, the tags of the dossier. Raises `Refused`."""
    await candidacies.held(work.session, candidacy_id)
    words = [" ".join(readable(word).split()).casefold() for word in typed.split(",")]
    found = list(dict.fromkeys(word for word in words if word))
    if len(found) > MOST_TAGS or any(len(word) > LONGEST_TAG for word in found):
        raise Refused(f"{MOST_TAGS} étiquettes au plus, de {LONGEST_TAG} caractères au plus chacune.")
    await desk.set_tags(work.session, candidacy_id, found)


async def add_tag(work: Work, candidacy_id: UUID, word: str) -> None:
    """Add one tag to those that the dossier has. Raises `Refused`, `UnknownDossier`."""
    await candidacies.held(work.session, candidacy_id)
    known = (await desk.tags(work.session)).get(candidacy_id, ())
    await tag(work, candidacy_id, ", ".join((*known, word.replace(",", " "))))


async def mark_read(work: Work, candidacy_id: UUID, person: Person) -> None:
    """Somebody has read the dossier as it now stands."""
    candidacy = await candidacies.held(work.session, candidacy_id)
    await desk.mark_read(work.session, candidacy_id, person.id or person.name, candidacy.revision, work.at)


async def put_aside(work: Work, person: Person, task: str, until: date) -> None:
    """Somebody does not want to see a task before a day. Raises `Refused` for a day that is not to come."""
    if until <= work.at.date():
        raise Refused("Choisissez un jour à venir.")
    await desk.put_aside(work.session, person.id or person.name, task, until)


async def bring_back(work: Work, person: Person, task: str) -> None:
    """The task is to be seen again."""
    await desk.bring_back(work.session, person.id or person.name, task)
