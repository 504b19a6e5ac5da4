"""What scoring does about each event of intake. Delivery, repetition and failure are the kernel's business."""

from kernel.contracts.intake import (
    CandidacyNotRetained,
    CandidacyPreselected,
    CandidacySubmitted,
    CandidacyWithdrawn,
    WaveClosed,
    WaveOpened,
)
from kernel.runtime import sessions
from kernel.runtime.database import Work
from kernel.runtime.subscriptions import Subscriptions
from scoring import handlers


def declare() -> Subscriptions:
    """The effects of scoring, one per event."""
    subscriptions = Subscriptions("scoring")
    sessions.follow(subscriptions)

    @subscriptions.on(WaveOpened)
    async def wave_opened(event: WaveOpened, work: Work) -> None:
        await handlers.open_wave(work, event)

    @subscriptions.on(WaveClosed)
    async def wave_closed(event: WaveClosed, work: Work) -> None:
        await handlers.close_wave(work, event)

    @subscriptions.on(CandidacySubmitted)
    async def submitted(event: CandidacySubmitted, work: Work) -> None:
        await handlers.receive_dossier(work, event)

    @subscriptions.on(CandidacyPreselected)
    async def preselected(event: CandidacyPreselected, work: Work) -> None:
        await handlers.open_instruction(work, event)

    @subscriptions.on(CandidacyNotRetained)
    async def not_retained(event: CandidacyNotRetained, work: Work) -> None:
        await handlers.set_aside(work, event)

    @subscriptions.on(CandidacyWithdrawn)
    async def withdrawn(event: CandidacyWithdrawn, work: Work) -> None:
        await handlers.withdraw(work, event)

    return subscriptions
