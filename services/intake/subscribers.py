"""What intake does about each event it hears; the inbox, the acknowledgements and the retries are the kernel's."""

from intake import handlers
from intake.domain.funding import Changed
from intake.handlers import acts, board, erasures, exports, funding, reminding, retention, waves
from kernel.contracts import funding_watch, notifier, scoring
from kernel.contracts.funding_watch import CallAmended, CallClosed, CallDeadlineMoved, CallReopened, MatchProposed
from kernel.contracts.intake import WaveClosingDue
from kernel.contracts.intake_life import ActDue, NewsDue, WaveOpeningDue
from kernel.contracts.intake_people import RetentionDue
from kernel.contracts.notifier import MessageBounced, MessageDelivered, MessageFailed, MessageSent
from kernel.contracts.scoring import DecisionTaken, OpinionRecorded, QuorumCounted, ReadingAllowed
from kernel.contracts.triage import CallDecoded, MatchAnswered, MatchForwarded, MatchRecalled, MatchReminded
from kernel.runtime.database import Work
from kernel.runtime.subscriptions import Subscriptions

CHANGES: tuple[type[Changed], ...] = (CallAmended, CallClosed, CallDeadlineMoved, CallReopened)


def declare() -> Subscriptions:
    """One effect per event."""
    subscriptions = Subscriptions("intake")

    @subscriptions.on(WaveClosingDue)
    async def close_wave(event: WaveClosingDue, work: Work) -> None:
        await handlers.close_wave(work, event.wave_id)

    @subscriptions.on(OpinionRecorded)
    async def hear_opinion(event: OpinionRecorded, work: Work) -> None:
        await handlers.hear_opinion(work, event)

    @subscriptions.on(DecisionTaken)
    async def hear_decision(event: DecisionTaken, work: Work) -> None:
        await handlers.hear_decision(work, event)

    @subscriptions.on(QuorumCounted)
    async def hear_of_quorum(event: QuorumCounted, work: Work) -> None:
        await handlers.hear_of_quorum(work, event)

    @subscriptions.on(ReadingAllowed)
    async def hear_of_reading(event: ReadingAllowed, work: Work) -> None:
        await handlers.hear_of_reading(work, event)

    _messages(subscriptions)
    _deciding(subscriptions)
    _erasures(subscriptions)
    _exports(subscriptions)
    _funding(subscriptions)
    return subscriptions


def _messages(subscriptions: Subscriptions) -> None:
    @subscriptions.on(MessageSent)
    async def message_left(event: MessageSent, work: Work) -> None:
        await handlers.hear_of_message(work, event)

    @subscriptions.on(MessageDelivered)
    async def message_arrived(event: MessageDelivered, work: Work) -> None:
        await handlers.hear_of_message(work, event)

    @subscriptions.on(MessageFailed)
    async def message_failed(event: MessageFailed, work: Work) -> None:
        await handlers.hear_of_message(work, event)

    @subscriptions.on(MessageBounced)
    async def message_bounced(event: MessageBounced, work: Work) -> None:
        await handlers.hear_of_message(work, event)


def _deciding(subscriptions: Subscriptions) -> None:
    @subscriptions.on(WaveOpeningDue)
    async def open_wave(event: WaveOpeningDue, work: Work) -> None:
        await waves.come_open(work, event.wave_id)

    @subscriptions.on(ActDue)
    async def do_act(event: ActDue, work: Work) -> None:
        await acts.come_due(work, event.act_id)

    @subscriptions.on(NewsDue)
    async def look_at_calendar(event: NewsDue, work: Work) -> None:
        await reminding.come_due(work, event.candidacy_id)

    @subscriptions.on(MatchProposed)
    async def keep_match(event: MatchProposed, work: Work) -> None:
        await board.hear_of_match(work, event)


def _erasures(subscriptions: Subscriptions) -> None:
    @subscriptions.on(scoring.ErasureDone)
    async def scoring_erased(event: scoring.ErasureDone, work: Work) -> None:
        await erasures.hear(work, event)

    @subscriptions.on(funding_watch.ErasureDone)
    async def watch_erased(event: funding_watch.ErasureDone, work: Work) -> None:
        await erasures.hear(work, event)

    @subscriptions.on(notifier.ErasureDone)
    async def notifier_erased(event: notifier.ErasureDone, work: Work) -> None:
        await erasures.hear(work, event)

    @subscriptions.on(RetentionDue)
    async def long_kept(event: RetentionDue, work: Work) -> None:
        await retention.come_due(work, event)


def _funding(subscriptions: Subscriptions) -> None:
    @subscriptions.on(MatchForwarded)
    async def call_forwarded(event: MatchForwarded, work: Work) -> None:
        await funding.hear(work, event)

    @subscriptions.on(MatchRecalled)
    async def call_recalled(event: MatchRecalled, work: Work) -> None:
        await funding.hear(work, event)

    @subscriptions.on(MatchAnswered)
    async def call_answered(event: MatchAnswered, work: Work) -> None:
        await funding.hear(work, event)

    async def calls_changed(events: list[Changed], work: Work) -> None:
        await funding.hear_of_calls(work, events)

    for told in CHANGES:
        subscriptions.on_many(told)(calls_changed)

    @subscriptions.on(MatchReminded)
    async def call_to_look_at(event: MatchReminded, work: Work) -> None:
        await funding.hear_reminder(work, event)

    @subscriptions.on(CallDecoded)
    async def call_decoded(event: CallDecoded, work: Work) -> None:
        await funding.hear_decoding(work, event)


def _exports(subscriptions: Subscriptions) -> None:
    @subscriptions.on(scoring.ExportDone)
    async def scoring_said(event: scoring.ExportDone, work: Work) -> None:
        await exports.hear(work, event)

    @subscriptions.on(funding_watch.ExportDone)
    async def watch_said(event: funding_watch.ExportDone, work: Work) -> None:
        await exports.hear(work, event)

    @subscriptions.on(notifier.ExportDone)
    async def notifier_said(event: notifier.ExportDone, work: Work) -> None:
        await exports.hear(work, event)
