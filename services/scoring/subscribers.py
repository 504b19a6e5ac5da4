"""What scoring does about each event that it hears. Delivery, repetition and failure are the kernel's business."""

from kernel.contracts.intake import (
    CandidacyNotRetained,
    CandidacyPreselected,
    CandidacySubmitted,
    CandidacyWithdrawn,
    JurorNeared,
    WaveClosed,
    WaveOpened,
)
from kernel.contracts.intake_life import CandidacyRevised, ErasureOrdered, WaveExtended
from kernel.contracts.intake_people import ExportOrdered, RetentionReached
from kernel.contracts.scoring import MarksReminderDue
from kernel.runtime import sessions
from kernel.runtime.database import Work
from kernel.runtime.subscriptions import Subscriptions
from scoring import handlers
from scoring.handlers import quorum


def declare() -> Subscriptions:
    """The effects of scoring, one per event."""
    subscriptions = Subscriptions("scoring")
    sessions.follow(subscriptions)

    @subscriptions.on(WaveOpened)
    async def wave_opened(event: WaveOpened, work: Work) -> None:
        await handlers.open_wave(work, event)

    @subscriptions.on(WaveExtended)
    async def wave_extended(event: WaveExtended, work: Work) -> None:
        await handlers.extend_wave(work, event)

    @subscriptions.on(WaveClosed)
    async def wave_closed(event: WaveClosed, work: Work) -> None:
        await handlers.close_wave(work, event)

    @subscriptions.on(MarksReminderDue)
    async def reminder_due(event: MarksReminderDue, work: Work) -> None:
        await quorum.come_due(work, event.sitting_id)

    _dossiers(subscriptions)
    _people(subscriptions)
    return subscriptions


def _dossiers(subscriptions: Subscriptions) -> None:
    @subscriptions.on(CandidacySubmitted)
    async def submitted(event: CandidacySubmitted, work: Work) -> None:
        await handlers.receive_dossier(work, event)

    @subscriptions.on(CandidacyRevised)
    async def revised(event: CandidacyRevised, work: Work) -> None:
        await handlers.revise_dossier(work, event)

    @subscriptions.on(CandidacyPreselected)
    async def preselected(event: CandidacyPreselected, work: Work) -> None:
        await handlers.open_instruction(work, event)

    @subscriptions.on(CandidacyNotRetained)
    async def not_retained(event: CandidacyNotRetained, work: Work) -> None:
        await handlers.set_aside(work, event)

    @subscriptions.on(CandidacyWithdrawn)
    async def withdrawn(event: CandidacyWithdrawn, work: Work) -> None:
        await handlers.withdraw(work, event)


def _people(subscriptions: Subscriptions) -> None:
    @subscriptions.on(JurorNeared)
    async def neared(event: JurorNeared, work: Work) -> None:
        await handlers.hear_nearness(work, event)

    @subscriptions.on(ErasureOrdered)
    async def erase(event: ErasureOrdered, work: Work) -> None:
        await handlers.answer_erasure(work, event)

    @subscriptions.on(RetentionReached)
    async def long_kept(event: RetentionReached, work: Work) -> None:
        await handlers.forget_old(work, event)

    @subscriptions.on(ExportOrdered)
    async def export(event: ExportOrdered, work: Work) -> None:
        await handlers.answer_export(work, event)
