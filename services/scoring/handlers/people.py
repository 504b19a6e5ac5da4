"""What is personal leaves scoring on order or with time; marks, opinions and journal name organisations and stay."""

from kernel.contracts.intake import JurorNeared
from kernel.contracts.intake_life import ErasureOrdered
from kernel.contracts.intake_people import ExportOrdered, RetentionReached
from kernel.contracts.scoring import ErasureDone, ExportDone
from kernel.runtime.database import Work
from scoring.handlers import readings
from scoring.store import nearness, people

KEPT = {"contenu public du dossier, avis, notes et décision": "actes du label ; aucune adresse ni nom de personne"}


async def hear_nearness(work: Work, event: JurorNeared) -> None:
    """Know the dossiers of a juror's own organisation, to ask them about it."""
    await nearness.keep(work.session, event.person_id, event.candidacy_ids, event.at)


async def answer_erasure(work: Work, event: ErasureOrdered) -> None:
    """Part people from the marks they gave, and say so; dossiers carry no address."""
    erased = await people.forget_jurors(work.session, event.person_ids)
    await nearness.forget(work.session, event.person_ids)
    await readings.shut(work)
    work.record(ErasureDone(erasure_id=event.erasure_id, erased=erased, kept=KEPT, at=work.at))


async def forget_old(work: Work, event: RetentionReached) -> None:
    """Part all jurors from their marks once a sitting is old enough that nobody may contest what it led to."""
    await people.forget_before(work.session, event.marks_before.date())
    await nearness.forget_before(work.session, event.marks_before)
    await readings.shut(work)


async def answer_export(work: Work, event: ExportOrdered) -> None:
    """Say where somebody sat and how much they marked; what committees said of a dossier is not theirs to carry."""
    seats = await people.seats_of(work.session, event.person_id)
    held = {"places de juré": seats} if seats else {}
    work.record(ExportDone(export_id=event.export_id, held=held, at=work.at))
