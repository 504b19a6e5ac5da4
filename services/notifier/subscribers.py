"""What the notifier does about each event. Delivery, repetition and failure are the kernel's business."""

from collections.abc import Callable
from datetime import timedelta

from kernel.contracts.funding_watch import (
    CallAmended,
    CallClosed,
    CallClosing,
    CallDeadlineMoved,
    CallReopened,
    MatchLeft,
    MatchProposed,
    SourceCrawled,
    SourceDegraded,
)
from kernel.contracts.intake import (
    CandidacyNotRetained,
    CandidacyPreselected,
    CandidacySubmitted,
    CandidacyWithdrawn,
    ContactDeclared,
    PersonDeclared,
    SignInAsked,
)
from kernel.contracts.intake_life import (
    CandidacyEntrusted,
    CandidacyReceivedLate,
    CandidacyRevised,
    CorrectionAsked,
    ErasureOrdered,
    MessagePosted,
)
from kernel.contracts.intake_people import ErasureAnnounced, ErasureReported, ExportOrdered, RetentionReached
from kernel.contracts.notifier import AlertDue, DeliveryDue, DigestDue, ReminderDue
from kernel.contracts.scoring import DecisionTaken, JurorReminded
from kernel.contracts.triage import CallDecoded, MatchAnswered, MatchForwarded, MatchRecalled
from kernel.runtime import sessions
from kernel.runtime.database import Work
from kernel.runtime.subscriptions import Subscriptions
from notifier import handlers
from notifier.handlers import following, jurors, listening
from notifier.handlers.listening import CallChange

CALL_CHANGES: tuple[type[CallChange], ...] = (CallAmended, CallClosed, CallClosing, CallDeadlineMoved, CallReopened)


def declare(wake: Callable[[], None], alert_delay: timedelta) -> Subscriptions:
    """The effects of the notifier, one per event; `wake` rouses the sender."""
    subscriptions = Subscriptions("notifier")
    sessions.follow(subscriptions)
    _candidacies(subscriptions)
    _life(subscriptions)
    _people(subscriptions)
    _watch(subscriptions, alert_delay)
    _listeners(subscriptions, alert_delay)
    _following(subscriptions)

    @subscriptions.on(AlertDue)
    async def alert_due(event: AlertDue, work: Work) -> None:
        await handlers.tell_matches(work, event)

    @subscriptions.on_many(DeliveryDue)
    async def delivery_due(events: list[DeliveryDue], work: Work) -> None:
        wake()  # what is due was committed before this event left

    return subscriptions


def _candidacies(subscriptions: Subscriptions) -> None:
    @subscriptions.on(CandidacySubmitted)
    async def submitted(event: CandidacySubmitted, work: Work) -> None:
        await handlers.acknowledge_candidacy(work, event)

    @subscriptions.on(CandidacyPreselected)
    async def preselected(event: CandidacyPreselected, work: Work) -> None:
        await handlers.announce_preselection(work, event)

    @subscriptions.on(CandidacyNotRetained)
    async def not_retained(event: CandidacyNotRetained, work: Work) -> None:
        await handlers.announce_refusal(work, event)

    @subscriptions.on(DecisionTaken)
    async def decided(event: DecisionTaken, work: Work) -> None:
        await handlers.announce_decision(work, event)

    @subscriptions.on(CandidacyWithdrawn)
    async def withdrawn(event: CandidacyWithdrawn, work: Work) -> None:
        await handlers.stop_messages(work, event)

    @subscriptions.on(ContactDeclared)
    async def contact(event: ContactDeclared, work: Work) -> None:
        await handlers.learn_contact(work, event)

    @subscriptions.on(SignInAsked)
    async def sign_in_asked(event: SignInAsked, work: Work) -> None:
        await handlers.send_link(work, event)


def _life(subscriptions: Subscriptions) -> None:
    @subscriptions.on(CandidacyReceivedLate)
    async def received_late(event: CandidacyReceivedLate, work: Work) -> None:
        await handlers.acknowledge_late(work, event)

    @subscriptions.on(CorrectionAsked)
    async def correction_asked(event: CorrectionAsked, work: Work) -> None:
        await handlers.announce_correction(work, event)

    @subscriptions.on(MessagePosted)
    async def message_posted(event: MessagePosted, work: Work) -> None:
        await handlers.announce_message(work, event)


def _people(subscriptions: Subscriptions) -> None:
    @subscriptions.on(ErasureOrdered)
    async def erase(event: ErasureOrdered, work: Work) -> None:
        await handlers.forget(work, event)

    @subscriptions.on(ErasureAnnounced)
    async def announced(event: ErasureAnnounced, work: Work) -> None:
        await handlers.warn(work, event)

    @subscriptions.on(ErasureReported)
    async def reported(event: ErasureReported, work: Work) -> None:
        await handlers.report_erasure(work, event)

    @subscriptions.on(ExportOrdered)
    async def export(event: ExportOrdered, work: Work) -> None:
        await handlers.answer_export(work, event)

    @subscriptions.on(RetentionReached)
    async def long_kept(event: RetentionReached, work: Work) -> None:
        await handlers.forget_old(work, event)


def _watch(subscriptions: Subscriptions, alert_delay: timedelta) -> None:
    @subscriptions.on(MatchProposed)
    async def proposed(event: MatchProposed, work: Work) -> None:
        await handlers.gather_match(work, event, alert_delay)

    @subscriptions.on(MatchLeft)
    async def left(event: MatchLeft, work: Work) -> None:
        await handlers.let_go(work, event)

    @subscriptions.on(SourceCrawled)
    async def crawled(event: SourceCrawled, work: Work) -> None:
        await handlers.note_crawl(work, event)

    @subscriptions.on(SourceDegraded)
    async def degraded(event: SourceDegraded, work: Work) -> None:
        await handlers.report_degraded(work, event)


def _listeners(subscriptions: Subscriptions, alert_delay: timedelta) -> None:
    @subscriptions.on(PersonDeclared)
    async def declared(event: PersonDeclared, work: Work) -> None:
        await listening.learn_person(work, event)

    @subscriptions.on(JurorReminded)
    async def juror_reminded(event: JurorReminded, work: Work) -> None:
        await jurors.remind_juror(work, event)

    @subscriptions.on(CandidacyEntrusted)
    async def entrusted(event: CandidacyEntrusted, work: Work) -> None:
        await listening.follow_project(work, event)

    @subscriptions.on(CandidacyRevised)
    async def revised(event: CandidacyRevised, work: Work) -> None:
        await listening.revise_project(work, event)

    @subscriptions.on(DigestDue)
    async def digest_due(event: DigestDue, work: Work) -> None:
        await listening.tell_subscription(work, event)

    for change in CALL_CHANGES:

        @subscriptions.on(change)
        async def call_changed(event: CallChange, work: Work) -> None:
            await listening.hear_of_call(work, event, alert_delay)


def _following(subscriptions: Subscriptions) -> None:
    @subscriptions.on(MatchForwarded)
    async def forwarded(event: MatchForwarded, work: Work) -> None:
        await following.forward(work, event)

    @subscriptions.on(MatchRecalled)
    async def recalled(event: MatchRecalled, work: Work) -> None:
        await following.stop_following(work, event)

    @subscriptions.on(MatchAnswered)
    async def answered(event: MatchAnswered, work: Work) -> None:
        await following.stop_following(work, event)

    @subscriptions.on(CallDecoded)
    async def decoded(event: CallDecoded, work: Work) -> None:
        await following.learn_decoding(work, event)

    @subscriptions.on(ReminderDue)
    async def reminder_due(event: ReminderDue, work: Work) -> None:
        await following.remind(work, event)
