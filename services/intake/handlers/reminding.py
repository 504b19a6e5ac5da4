"""The calendar of a dossier that is followed: news once a year, a word before a line is due, one more once it is late.

A dossier has one appointment, for what comes next; whatever came while nobody was there is asked once.
"""

from collections.abc import Collection
from datetime import timedelta
from uuid import UUID, uuid4, uuid5

from intake.domain import follow_up as rules
from intake.domain.dossier import CALENDAR, Candidacy
from intake.domain.follow_up import KIND_WORDS, Line, News, Reminder
from intake.domain.journal import Entry
from intake.forms.messages import Said
from intake.handlers import messages
from intake.store import candidacies, follow_up, hearsay
from kernel.contracts.intake_life import NewsDue
from kernel.runtime.database import Work

SECOND = timedelta(seconds=1)
STEP = timedelta(days=30)
"""An appointment further away would outlive what the broker keeps."""
QUESTION = (
    "Quoi de neuf ? Une année a passé : dites-nous où en est le projet, ce qui a changé et ce qui vous manque. "
    "Quelques lignes suffisent, sur la page du dossier."
)
REMINDED: dict[Reminder, str] = {
    "bientot": (
        "La date approche : dites où vous en êtes sur la page du dossier, et répondez ici si quelque chose vous "
        "retient."
    ),
    "retard": (
        "La date est passée : si c’est fait ou abandonné, dites-le sur la page du dossier ; sinon, répondez ici avec "
        "la nouvelle date."
    ),
}
LISTED, SHOWN = 20, 150
"""Lines that one message names, and characters of each: the page of the dossier has them all."""


async def follow(work: Work, candidacy: Candidacy) -> None:
    """A decision applies: what follows it is put in the calendar."""
    if candidacy.decision is not None and rules.is_followed(candidacy.state):
        await appoint(work, candidacy)


async def come_due(work: Work, candidacy_id: UUID) -> None:
    """The appointment came: ask for what is due, and make the next appointment."""
    candidacy = await candidacies.candidacy_to_change(work.session, candidacy_id)
    if candidacy is None or candidacy.decision is None or not rules.is_followed(candidacy.state):
        return
    await _ask_news(work, candidacy_id, rules.turn_at(candidacy.decision.at, work.at))
    due = rules.reminders_due(await follow_up.lines(work.session, candidacy_id), work.at)
    for (moment, word), lines in sorted(due.items()):
        await _remind(work, candidacy_id, lines, f"{word} {moment.isoformat()}", REMINDED[word])
    await appoint(work, candidacy)


async def keep(work: Work) -> None:
    """At start: what came due meanwhile is asked once, every dossier that is followed gets its appointment again."""
    for candidacy_id, _ in await follow_up.followed(work.session):
        await come_due(work, candidacy_id)


async def appoint(work: Work, candidacy: Candidacy) -> None:
    """One appointment a dossier, which takes the place of the one before; a far day is come near by steps."""
    if candidacy.decision is None:
        return
    decided = candidacy.decision.at
    news = rules.news_due(decided, rules.turn_at(decided, work.at) + 1)
    line = rules.next_reminder(await follow_up.lines(work.session, candidacy.id), work.at)
    when = min(max(min(news, line or news), work.at + SECOND), work.at + STEP)
    work.later(NewsDue(candidacy_id=candidacy.id), when, candidacy.id.hex)


async def _ask_news(work: Work, candidacy_id: UUID, turn: int) -> None:
    if turn <= await follow_up.last_turn(work.session, candidacy_id):
        return
    await follow_up.save_news(work.session, News(uuid4(), candidacy_id, turn, work.at, None, ""))
    entry = Entry(candidacy_id, work.at, CALENDAR, "nouvelles", "Demandées par le calendrier", f"nouvelles:{uuid4()}")
    await hearsay.write(work.session, [entry])
    token = uuid5(candidacy_id, f"nouvelles {turn}").hex
    await messages.post(work, candidacy_id, Said(QUESTION, token), "equipe", CALENDAR)


async def _remind(work: Work, candidacy_id: UUID, lines: Collection[Line], which: str, words: str) -> None:
    """One message a morning, once: its token is the reminder and its moment."""
    named = [f"- {_named(line)}" for line in list(lines)[:LISTED]]
    if len(lines) > LISTED:
        named.append(f"- et {len(lines) - LISTED} autres, sur la page du dossier")
    token = uuid5(candidacy_id, which).hex
    await messages.post(work, candidacy_id, Said("\n".join([words, *named]), token), "equipe", CALENDAR)


def _named(line: Line) -> str:
    text = line.text if len(line.text) <= SHOWN else f"{line.text[:SHOWN].rstrip()}…"
    return f"{KIND_WORDS[line.kind]} : « {text} », prévu pour le {line.due_on:%d/%m/%Y}"
