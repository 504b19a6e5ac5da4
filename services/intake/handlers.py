"""The story of intake: each function is one command or one event, in one transaction.

A command carries who asks and why. An event may come early, late or twice: what it says is kept, and applies
when the table of states lets it.
"""

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from intake.domain import dossier as rules
from intake.domain import people as doors
from intake.domain import wave as waves
from intake.domain.dossier import Candidacy, Change, Decision, Dossier, Opinion
from intake.domain.draft import KEPT, AlreadySent, Answer, Merged, Save, merge
from intake.domain.journal import Entry
from intake.domain.people import Invitation, Member
from intake.domain.refusals import SPENT, AlreadySubmitted, SpentLink
from intake.domain.states import WORDS
from intake.domain.vocabulary import MESSAGES, OPINIONS
from intake.domain.wave import Calendar, Wave
from intake.store import candidacies, drafts, hearsay, links, people
from intake.store import waves as wave_store
from intake.store.candidacies import Receipt
from kernel.contracts.intake import SignInAsked, WaveClosingDue
from kernel.contracts.notifier import MessageFailed, MessageSent
from kernel.contracts.scoring import DecisionTaken, OpinionRecorded
from kernel.runtime import sessions
from kernel.runtime.auth import INVITATION_SECONDS, LINK_SECONDS, Door, Link, Person
from kernel.runtime.database import Work

PARIS = ZoneInfo("Europe/Paris")
SECOND = timedelta(seconds=1)
MAILER = "Service des messages"


class UnknownDossier(LookupError):
    """No dossier has this identifier."""


class UnknownPerson(LookupError):
    """No person has this identifier."""


async def open_wave(work: Work, calendar: Calendar, by: str) -> Wave:
    """Staff open a wave; its closing is an appointment. Raises `Refused`."""
    wave, events = waves.open_wave(uuid4(), calendar, by, work.at)
    await wave_store.add_wave(work.session, wave)
    work.record(*events)
    _appoint(work, wave)
    return wave


async def close_wave(work: Work, wave_id: UUID) -> None:
    """The appointment came: close the wave if its time has, else make the appointment again."""
    wave = await wave_store.wave_to_change(work.session, wave_id)
    if wave is None or not wave.is_open:
        return
    if not waves.is_due(wave, work.at):
        _appoint(work, wave)
        return
    closed, events = waves.close(wave, work.at)
    await wave_store.save_wave(work.session, closed)
    work.record(*events)


async def ask_for_link(work: Work, door: Door, email: str, network: str) -> None:
    """Somebody asks for the way in: a link leaves where the address may enter. Raises `TooMany`.

    Nothing that the caller sees depends on whether the address is known; the link is made all the same.
    """
    marks = door.fingerprint(doors.canonical(email)), door.fingerprint(network)
    doors.check_pace(*await people.requests(work.session, *marks, work.at))
    await people.add_request(work.session, *marks, work.at)
    known = await people.of_email(work.session, email)
    asked = _link(work, door, known or doors.stranger(uuid4(), email, work.at), invitation=False)
    if known is not None and known.may_enter:
        work.record(asked)


async def invite(work: Work, door: Door, asked: Invitation) -> Member:
    """Staff or an operator invite somebody, or send the link again; a new function ends the open sessions.

    Raises `Refused`.
    """
    known = await people.of_email(work.session, asked.email)
    invited = doors.invite(known, asked, uuid4(), work.at)
    await people.save(work.session, invited)
    if known is not None and known.role != invited.role:
        await sessions.end_all(work, str(invited.id))
    work.record(_link(work, door, invited, invitation=True))
    return invited


async def disable(work: Work, person_id: UUID, by: str) -> Member:
    """Staff (`by`, an id) close somebody's access: their sessions end everywhere. Raises `Refused`, `UnknownPerson`."""
    known = await people.to_change(work.session, person_id)
    if known is None:
        raise UnknownPerson(f"no person {person_id}: follow a link of the list")
    disabled = doors.disable(known, by, work.at)
    await people.save(work.session, disabled)
    await sessions.end_all(work, str(person_id))
    return disabled


def _link(work: Work, door: Door, member: Member, *, invitation: bool) -> SignInAsked:
    token = door.link_token(Person(member.name, member.role, str(member.id)), invitation=invitation)
    seconds = INVITATION_SECONDS if invitation else LINK_SECONDS
    return SignInAsked(
        person_id=member.id,
        email=member.email,
        token=token,
        expires_at=work.at + timedelta(seconds=seconds),
        invitation=invitation,
    )


async def sign_in(work: Work, link: Link, previous: str | None) -> tuple[str, Person]:
    """Let somebody in by a link that is good once; returns the cookie and who entered. Raises `SpentLink`.

    The session that the browser had before ends: a new one is never grafted on an old one. What a person
    is called and may do is read now: the link may be older than a change.
    """
    person = await _entering(work, link.person)
    await links.spend(work.session, link.once, work.at)
    await links.forget(work.session, work.at - timedelta(seconds=2 * INVITATION_SECONDS))
    if previous:
        await sessions.end(work, previous)
    return await sessions.begin(work, person), person


async def _entering(work: Work, person: Person) -> Person:
    """Who the link is for, as known now; an operator's own link names nobody that is kept."""
    if not person.id:
        return person
    known = await people.to_change(work.session, UUID(person.id))
    if known is None or not known.may_enter:
        raise SpentLink(SPENT)
    await people.save(work.session, replace(known, signed_in_at=work.at))
    return Person(known.name, known.role, person.id)


async def keep_appointments(work: Work) -> None:
    """At start: the open wave is closed if its time passed meanwhile, else its appointment is made again; old
    drafts go."""
    await drafts.drop_untouched(work.session, work.at - KEPT)
    wave = await wave_store.open_wave(work.session)
    if wave is not None:
        await close_wave(work, wave.id)


def _appoint(work: Work, wave: Wave) -> None:
    """Ask to be told at closing time; a second from now where a clock ahead of ours told us too early."""
    at = max(wave.calendar.closes_at, work.at + SECOND)
    work.later(WaveClosingDue(wave_id=wave.id), at, wave.id.hex)


async def submit_candidacy(work: Work, dossier: Dossier, prefix: str, form_token: str) -> Receipt:
    """A porteur sends a dossier to the open wave. Raises `NoOpenWave`, or `AlreadySubmitted` for a used token."""
    session = work.session
    if await candidacies.receipt_of_form(session, form_token):
        raise AlreadySubmitted("Ce formulaire a déjà été envoyé.")
    wave = waves.check_takes_dossiers(await wave_store.open_wave(session), work.at)
    year = work.at.astimezone(PARIS).year
    number = rules.number_of(prefix, year, await wave_store.next_rank(session, year))
    change = rules.submit(Candidacy(uuid4(), number, wave.id, work.at, dossier))
    key = secrets.token_urlsafe(32)
    await candidacies.add_candidacy(session, change.candidacy, form_token, key)
    await people.know_applicant(session, dossier.contact.email, dossier.project.porteur, work.at)
    await hearsay.write(session, change.entries)
    work.record(*change.events)
    return Receipt(change.candidacy.id, number, key, work.at)


async def begin_draft(work: Work, answers: Mapping[str, str]) -> tuple[UUID, str]:
    """Somebody starts a dossier; gives its identifier and the only copy of its key. Old drafts go."""
    await drafts.drop_untouched(work.session, work.at - KEPT)
    draft_id, key = uuid4(), secrets.token_urlsafe(32)
    token = secrets.token_urlsafe(24)
    await drafts.add_draft(work.session, drafts.Draft(draft_id, key_hash(key), token, work.at, work.at))
    first = {name: Answer(value, 1, work.at) for name, value in answers.items() if value}
    await drafts.save_answers(work.session, draft_id, first, work.at)
    return draft_id, key


async def save_draft(work: Work, draft: drafts.Draft, saves: Mapping[str, Save]) -> dict[str, Merged]:
    """Keep what was typed, field by field. Raises `AlreadySent`, `Refused`, `UnknownDossier` for one just erased."""
    if not await drafts.hold(work.session, draft.id):
        raise UnknownDossier(f"no draft {draft.id}: it was erased")
    if await candidacies.receipt_of_form(work.session, draft.form_token):
        raise AlreadySent("Ce dossier a été envoyé : il ne peut plus être modifié ici.")
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


async def preselect(work: Work, candidacy_id: UUID, by: str, reason: str) -> None:
    """Staff keep a candidacy: it becomes an official candidate. Raises `Refused`, `UnknownDossier`."""
    await _save(work, rules.preselect(await _held(work, candidacy_id), by, reason, work.at))


async def decline(work: Work, candidacy_id: UUID, by: str, reason: str) -> None:
    """Staff do not keep a candidacy in this wave. Raises `Refused`, `UnknownDossier`."""
    await _save(work, rules.decline(await _held(work, candidacy_id), by, reason, work.at))


async def withdraw(work: Work, candidacy_id: UUID, reason: str) -> None:
    """The porteur takes the dossier back. Raises `Refused`, `UnknownDossier`."""
    await _save(work, rules.withdraw(await _held(work, candidacy_id), reason, work.at))


async def hear_opinion(work: Work, event: OpinionRecorded) -> None:
    """A committee gave its opinion: the latest of each counts, all stay in the journal."""
    heard = Opinion(event.at, event.opinion, event.reason, event.by, event.committee)
    await candidacies.candidacy_to_change(work.session, event.candidacy_id)
    known = await hearsay.opinions_on(work.session, event.candidacy_id)
    counted = rules.latest_opinion(known.get(event.committee), heard)
    await hearsay.save_opinion(work.session, event.candidacy_id, counted)
    key = f"avis:{event.committee}:{_instant(event.at)}:{event.opinion}"
    said = f"{OPINIONS[event.opinion]} : {event.reason}"
    await hearsay.write(work.session, [Entry(event.candidacy_id, event.at, event.by, "avis", said, key)])


async def hear_decision(work: Work, event: DecisionTaken) -> None:
    """People decided: it applies now, or as soon as the candidacy's state lets it."""
    session, decision = work.session, Decision(event.at, event.outcome, event.reason, event.by)
    candidacy = await candidacies.candidacy_to_change(session, event.candidacy_id)
    known = await hearsay.decision_on(session, event.candidacy_id)
    await hearsay.save_decision(session, event.candidacy_id, rules.latest(known, decision))
    if candidacy is not None:
        await candidacies.save_state(session, rules.hear_decision(candidacy, decision))
    key = f"decision:{_instant(event.at)}:{event.outcome}"
    said = f"{WORDS[event.outcome].label} : {event.reason}"
    await hearsay.write(session, [Entry(event.candidacy_id, event.at, event.by, "decision", said, key)])


async def hear_of_message(work: Work, event: MessageSent | MessageFailed) -> None:
    """A message about a dossier left, or will not; messages about no dossier are the notifier's own."""
    if event.candidacy_id is None:
        return
    entry = Entry(
        event.candidacy_id, event.at, MAILER, "message_envoye", MESSAGES[event.kind], f"message:{event.delivery_id}"
    )
    if isinstance(event, MessageFailed):
        said = f"{entry.reason} : {event.reason}"
        entry = replace(entry, act="message_en_echec", reason=said, key=f"{entry.key}:{_instant(event.at)}")
    await hearsay.write(work.session, [entry])


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat()


async def _held(work: Work, candidacy_id: UUID) -> Candidacy:
    candidacy = await candidacies.candidacy_to_change(work.session, candidacy_id)
    if candidacy is None:
        raise UnknownDossier(f"no dossier {candidacy_id}: follow a link of the list")
    return candidacy


async def _save(work: Work, change: Change) -> None:
    await candidacies.save_state(work.session, change.candidacy)
    await hearsay.write(work.session, change.entries)
    work.record(*change.events)
