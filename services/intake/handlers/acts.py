"""Acts on several dossiers: planned with their appointment, called back, done once; found again after a crash."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import timedelta
from uuid import UUID, uuid5

from intake.domain import acts as rules
from intake.domain.acts import Act, Kind, Result, Step
from intake.domain.refusals import Refused, UnknownDossier
from intake.forms.messages import Said
from intake.handlers import desk, dossiers, messages
from intake.store import acts
from kernel.contracts.intake_life import ActDue
from kernel.runtime.auth import Person
from kernel.runtime.database import Work

SECOND = timedelta(seconds=1)
Do = Callable[[Work, Act, Step], Awaitable[None]]


class UnknownAct(LookupError):
    """No act has this identifier."""


async def plan(work: Work, act_id: UUID, kind: Kind, steps: Sequence[Step], person: Person) -> Act:
    """Staff decide something for several dossiers: it waits, with its appointment. Raises `Refused`.

    The same form sent twice (the same `act_id`) plans it once.
    """
    known = await acts.act(work.session, act_id)
    if known is not None:
        return known
    act = rules.plan(act_id, kind, steps, person.name, work.at)
    await acts.add(work.session, act)
    work.later(ActDue(act_id=act.id), act.due_at, act.id.hex)
    return act


async def cancel(work: Work, act_id: UUID) -> None:
    """Staff call the act back. Raises `Refused` where it was done, `UnknownAct`."""
    await acts.save(work.session, rules.cancel(await _held(work, act_id), work.at))


async def hasten(work: Work, act_id: UUID) -> None:
    """Staff want the act done now; nothing happens where it has ended. Raises `UnknownAct`."""
    act = await _held(work, act_id)
    if act.state == "prevu":
        await _perform(work, act)


async def come_due(work: Work, act_id: UUID) -> None:
    """The appointment came: do the act if it is still to be done, else make the appointment again."""
    act = await acts.held(work.session, act_id)
    if act is None or act.state != "prevu":
        return
    if rules.is_due(act, work.at):
        await _perform(work, act)
    else:
        work.later(ActDue(act_id=act.id), max(act.due_at, work.at + SECOND), act.id.hex)


async def keep_acts(work: Work) -> None:
    """At start: acts whose time passed meanwhile are done, the others get their appointment again."""
    for act in await acts.planned(work.session):
        await come_due(work, act.id)


async def _held(work: Work, act_id: UUID) -> Act:
    act = await acts.held(work.session, act_id)
    if act is None:
        raise UnknownAct(f"no act {act_id}: follow a link of the list")
    return act


async def _perform(work: Work, act: Act) -> None:
    """Every step that its rule lets; a rule says no before anything of its step is written."""
    results = []
    for step in act.steps:
        try:
            await DO[act.kind](work, act, step)
            results.append(Result(step.candidacy_id))
        except Refused as refused:
            results.append(Result(step.candidacy_id, str(refused)))
        except UnknownDossier:
            results.append(Result(step.candidacy_id, "Ce dossier n’existe pas."))
    await acts.save(work.session, rules.done(act, results, work.at))


async def _entrust(work: Work, act: Act, step: Step) -> None:
    await desk.entrust(work, step.candidacy_id, step.words["responsable"], act.by)


async def _tag(work: Work, act: Act, step: Step) -> None:
    await desk.add_tag(work, step.candidacy_id, step.words["etiquette"])


async def _read(work: Work, act: Act, step: Step) -> None:
    await desk.mark_read(work, step.candidacy_id, Person(act.by, "staff", step.words.get("lecteur", "")))


async def _write(work: Work, act: Act, step: Step) -> None:
    token = uuid5(act.id, str(step.candidacy_id)).hex
    await messages.post(work, step.candidacy_id, Said(step.words["message"], token), "equipe", act.by)


async def _preselect(work: Work, act: Act, step: Step) -> None:
    decide = dossiers.preselect if step.words["decision"] == "retenu" else dossiers.decline
    await decide(work, step.candidacy_id, act.by, step.words["motif"])


DO: Mapping[Kind, Do] = {
    "confier": _entrust,
    "etiqueter": _tag,
    "lu": _read,
    "message": _write,
    "preselection": _preselect,
}
