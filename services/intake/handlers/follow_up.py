"""After the decision: commitments of both sides, their accord, milestones, and news of the project."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from uuid import UUID, uuid4, uuid5

from intake.domain import follow_up as rules
from intake.domain.dossier import PORTEUR
from intake.domain.follow_up import KIND_WORDS, KINDS, PROGRESS_WORDS, Kind, Line, News, Progress
from intake.domain.journal import Act, Entry
from intake.domain.refusals import Refused
from intake.forms.follow_up import Planned
from intake.forms.messages import Said
from intake.handlers import messages, reminding
from intake.store import candidacies, follow_up, hearsay
from intake.store import messages as threads
from kernel.runtime.database import Work

OFFERED = (
    "L’accord d’engagements vous est proposé : lisez-le sur la page du dossier, et acceptez-le s’il vous convient."
)
ACCEPTED = "L’accord d’engagements est accepté, version {version}."


@dataclass(frozen=True, slots=True)
class Who:
    """Who changes lines, and which kinds they may move on or take out."""

    name: str
    moves: Collection[Kind] = KINDS
    drops: Collection[Kind] = KINDS


MOVES: tuple[Kind, ...] = ("porteur", "appui", "jalon")
DROPS: tuple[Kind, ...] = ("jalon",)
THE_PORTEUR = Who(PORTEUR, MOVES, DROPS)
THE_TEAM = Who("Équipe du label")


async def plan_line(work: Work, candidacy_id: UUID, planned: Planned, by: str) -> Line:
    """Somebody writes a commitment, a step or a milestone. Raises `Refused`, `UnknownDossier`."""
    candidacy = await candidacies.held(work.session, candidacy_id)
    known = await follow_up.lines(work.session, candidacy_id)
    rules.check_adds(candidacy.state, planned.kind, known)
    line = Line(uuid4(), candidacy_id, planned.kind, planned.text, planned.due_on, "prevu", by, work.at)
    await follow_up.save_line(work.session, line)
    await _reopen(work, line.candidacy_id, line.kind)
    await reminding.appoint(work, candidacy)
    await _journal(work, candidacy_id, _act(line.kind), f"{_said(line)}, pour le {line.due_on:%d/%m/%Y}", by)
    return line


async def move_line(work: Work, candidacy_id: UUID, line_id: UUID, progress: Progress, who: Who) -> None:
    """Somebody says where a line stands; nothing happens where it went or stands there. Raises `Refused`."""
    line = await _line(work, candidacy_id, line_id)
    if line is None or line.progress == progress:
        return
    if line.kind not in who.moves:
        raise Refused("Seule l’équipe du label dit où en sont ses engagements.")
    await follow_up.save_line(work.session, replace(line, progress=progress))
    await _journal(work, candidacy_id, _act(line.kind), f"{_said(line)} : {PROGRESS_WORDS[progress]}", who.name)


async def drop_line(work: Work, candidacy_id: UUID, line_id: UUID, who: Who) -> None:
    """Somebody takes a line out; an accord that had it is to be proposed again. Raises `Refused`."""
    line = await _line(work, candidacy_id, line_id)
    if line is None:
        return
    if line.kind not in who.drops:
        raise Refused("Seule l’équipe du label retire cette ligne.")
    await follow_up.drop_line(work.session, line_id)
    await _reopen(work, candidacy_id, line.kind)
    await _journal(work, candidacy_id, _act(line.kind), f"{_said(line)} : retiré", who.name)


async def propose_accord(work: Work, candidacy_id: UUID, by: str) -> None:
    """The team proposes the accord; the porteur is told in the thread. Raises `Refused`, `UnknownDossier`."""
    candidacy = await candidacies.held(work.session, candidacy_id)
    lines = await follow_up.lines(work.session, candidacy_id)
    known = await follow_up.accord(work.session, candidacy_id)
    offered = rules.propose(known, candidacy.state, lines, work.at)
    await follow_up.save_accord(work.session, offered)
    await _journal(work, candidacy_id, "accord", f"Proposé, version {offered.version}", by)
    token = uuid5(candidacy_id, f"accord {offered.version}").hex
    await messages.post(work, candidacy_id, Said(OFFERED, token), "equipe", by)


async def accept_accord(work: Work, candidacy_id: UUID, version: int) -> None:
    """The porteur accepts the accord as read; the team is told in the thread.

    Raises `Refused` where it changed meanwhile, `UnknownDossier`.
    """
    await candidacies.held(work.session, candidacy_id)
    known = await follow_up.accord(work.session, candidacy_id)
    accepted = rules.accept(known, version, work.at)
    if accepted == known:
        return
    await follow_up.save_accord(work.session, accepted)
    await _journal(work, candidacy_id, "accord", f"Accepté, version {version}", PORTEUR)
    token = uuid5(candidacy_id, f"accord accepté {version}").hex
    await messages.post(work, candidacy_id, Said(ACCEPTED.format(version=version), token), "porteur", PORTEUR)


async def tell_news(work: Work, candidacy_id: UUID, said: Said, by: str) -> None:
    """The porteur tells how the project goes: an answer where news were asked for. Raises `Refused`.

    The team reads it in the thread too; the same form sent twice tells once.
    """
    candidacy = await candidacies.held(work.session, candidacy_id)
    if not rules.is_followed(candidacy.state):
        raise Refused("Les nouvelles se donnent pour un projet labellisé ou nominé.")
    news_id = uuid5(candidacy_id, said.token)
    known = await follow_up.news(work.session, candidacy_id)
    if any(one.id == news_id for one in known) or await threads.is_posted(work.session, said.token):
        return
    asked = next((one for one in known if one.answered_at is None), None)
    told = asked or News(news_id, candidacy_id, None, None, None, "")
    await follow_up.save_news(work.session, replace(told, answered_at=work.at, text=said.text))
    await _journal(work, candidacy_id, "nouvelles", "Données par le porteur", PORTEUR)
    await messages.post(work, candidacy_id, Said(f"Nouvelles du projet : {said.text}", said.token), "porteur", by)


async def _line(work: Work, candidacy_id: UUID, line_id: UUID) -> Line | None:
    await candidacies.held(work.session, candidacy_id)
    return next((one for one in await follow_up.lines(work.session, candidacy_id) if one.id == line_id), None)


async def _reopen(work: Work, candidacy_id: UUID, kind: Kind) -> None:
    known = await follow_up.accord(work.session, candidacy_id)
    if (changed := rules.reopened(known, kind)) != known:
        await follow_up.save_accord(work.session, changed)


def _act(kind: Kind) -> Act:
    return "engagement" if kind in rules.ACCORD else "jalon"


def _said(line: Line) -> str:
    return f"{KIND_WORDS[line.kind]} : {line.text}"


async def _journal(work: Work, candidacy_id: UUID, act: Act, said: str, by: str) -> None:
    entry = Entry(candidacy_id, work.at, by, act, said, f"{act}:{uuid4()}")
    await hearsay.write(work.session, [entry])
